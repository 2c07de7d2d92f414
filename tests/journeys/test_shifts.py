"""Hand-overs as they happen: the notice to the channel, and the reminder to whoever takes over."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from harbor import ALICE, BOB, CAROL, NOW, PAYMENTS, acknowledge_buttons, harbor_at, replica_of

from bot.messages.buttons import encode
from bot.messages.views import Reminder, ViewValue
from sandbox.faults import Fault

NOTICES = "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES"
# The digest comes at the time of the hand-over, and is not what is looked at here.
NO_DIGEST = {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}


async def minutes_later(place, minutes):
    place.clock.shift(timedelta(minutes=minutes))
    await place.bot.tick()


def direct(place, user):
    return [message["text"] for message in place.slack.seen_by(user, f"D{user[1:]}")]


def everybodys_direct(place):
    people = [person for person in place.slack.workspace.people if place.slack.workspace.im_with(person)]
    return {person: told for person in people if (told := direct(place, person))}


async def test_the_channel_hears_of_a_hand_over_when_it_happens__once():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "channel"}) as place:
        await place.bot.tick()
        assert place.sees(CAROL) == []
        await minutes_later(place, 30)
        await minutes_later(place, 1)
        (notice,) = place.shown(CAROL)
        assert "→" in notice["text"]
        assert notice["text"].startswith("📟 Payments backup: ")
        assert notice["mentions"] == []
        assert everybodys_direct(place) == {}


async def test_two_replicas_tell_it_once():
    async with (
        harbor_at(**NO_DIGEST, **{NOTICES: "both"}) as place,
        replica_of(place) as other,
    ):
        await asyncio.gather(place.bot.tick(), other.tick())
        place.clock.shift(timedelta(minutes=30))
        await asyncio.gather(place.bot.tick(), other.tick())
        assert len(place.sees(CAROL)) == 1
        assert [len(told) for told in everybodys_direct(place).values()] == [1]


async def test_whoever_takes_over_is_reminded_before__with_what_is_open_and_once():
    async with harbor_at(NOW - timedelta(minutes=31), **NO_DIGEST, **{NOTICES: "dm"}) as place:
        await place.bot.tick()
        assert everybodys_direct(place) == {}
        await minutes_later(place, 2)
        await minutes_later(place, 1)
        ((person, (reminder,)),) = everybodys_direct(place).items()
        assert "Your Payments backup shift starts" in reminder
        assert "open incidents (last 31 days)" in reminder
        assert "Alice Chen" in reminder
        assert "Person 70" not in reminder
        await minutes_later(place, 58)
        assert place.sees(CAROL) == []
        assert len(direct(place, person)) == 1


async def test_a_reminder_can_be_acted_on_and_is_drawn_again():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "dm"}) as place:
        await place.bot.tick()
        ((person, _),) = everybodys_direct(place).items()
        channel = f"D{person[1:]}"
        (reminder,) = place.slack.seen_by(person, channel)
        button = acknowledge_buttons(reminder)[0]
        place.slack.workspace.groups["S0RESPOND"].users.append(person)
        await place.presses(reminder, button, person)
        (after,) = [m for m in place.slack.seen_by(person, channel) if m["ts"] == reminder["ts"]]
        assert "Your Payments backup shift starts" in after["text"]
        assert button not in str(after["blocks"])


async def test_a_reminder_of_somebody_who_is_no_responder__can_be_drawn_again_and_leads_to_their_shifts():
    # Carol takes the backup over a day later.
    async with harbor_at(**NO_DIGEST, **{NOTICES: "dm"}) as place:
        place.clock.shift(timedelta(days=1))
        await place.bot.tick()
        (reminder,) = place.slack.seen_by(CAROL, "D0CAROL")
        place.clock.shift(timedelta(minutes=31))
        await place.presses(reminder, "again:refresh", CAROL)
        (again,) = place.slack.seen_by(CAROL, "D0CAROL")
        assert "Your Payments backup shift started" in again["text"]
        await place.presses(again, "open:me", CAROL)
        assert "You are on call* for Payments backup" in place.slack.seen_by(CAROL, "D0CAROL")[-1]["text"]


async def test_who_pressed_acknowledge__has_it_in_a_reminder_too():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "dm", "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_REMINDER": "10m"}) as place:
        # Open for more than a day, and nobody's yet.
        card = await place.types("/flashduty incident D0D0D0", ALICE)
        (action,) = (
            element["action_id"]
            for block in card["blocks"]
            for element in block.get("elements", [])
            if element.get("action_id", "").startswith("acknowledge:")
        )
        await place.presses(card, action, ALICE)
        await minutes_later(place, 21)
        ((_, (reminder,)),) = everybodys_direct(place).items()
        assert "Acknowledged* by Alice Chen" in reminder
        assert "Acknowledged* by Dana Okoye" not in reminder


async def test_the_lead_is_the_teams():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "dm", "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_REMINDER": "10m"}) as place:
        await place.bot.tick()
        assert everybodys_direct(place) == {}
        await minutes_later(place, 21)
        assert len(everybodys_direct(place)) == 1


async def test_off_is_the_default(quay):
    await minutes_later(quay, 29)
    await minutes_later(quay, 61)
    assert everybodys_direct(quay) == {}
    assert not any(text.startswith("📟 Payments backup: ") for text in quay.sees(CAROL)[1:])


async def test_a_hand_over_while_nobody_looked_is_told_within_the_hour__and_not_after():
    for late, told in ((50, 1), (70, 0)):
        async with harbor_at(**NO_DIGEST, **{NOTICES: "channel"}) as place:
            await minutes_later(place, 30 + late)
            assert len(place.sees(CAROL)) == told


async def test_a_hand_over_while_flashduty_is_down__is_told_from_what_was_read_before():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "channel"}) as place:
        await minutes_later(place, 28)
        place.flashduty.fail("*", Fault.reset(), times=None)
        await minutes_later(place, 3)
        assert len(place.sees(CAROL)) == 1


async def test_schedules_are_read_every_five_minutes_and_at_the_hand_over():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "channel"}) as place:
        for _ in range(27):
            await minutes_later(place, 1)
        assert len(place.called("/schedule/list")) == 6
        for _ in range(3):
            await minutes_later(place, 1)
        assert len(place.called("/schedule/list")) == 7
        assert place.called("/schedule/list")[-1].at == place.clock.now().timestamp()


async def test_i_have_it_in_a_notice__is_told_in_its_thread():
    async with harbor_at(**NO_DIGEST, **{NOTICES: "channel"}) as place:
        await minutes_later(place, 30)
        (notice,) = place.shown(BOB)
        action = next(
            block["accessory"]["action_id"]
            for block in notice["blocks"]
            if block.get("accessory", {}).get("action_id", "").startswith("take_over:")
        )
        await place.presses(notice, action, BOB)
        (said,) = [m for m in place.slack.seen_by(CAROL, PAYMENTS) if m.get("thread_ts") == notice["ts"] != m["ts"]]
        assert "covers Payments backup" in said["text"]


@pytest.mark.parametrize(("year", "person_id"), [(2001, 7001), (2026, 0), (2099, 2**63 - 1)])
async def test_a_made_up_reminder__is_answered_in_words(year, person_id):
    async with harbor_at(socket_mode=False) as place:
        view = Reminder(at=datetime(year, 11, 24, 8, tzinfo=UTC), person_id=person_id)
        await place.forges(ALICE, PAYMENTS, "open:again", encode(ViewValue(team="payments", view=view)))
        (told,) = place.sees()
        assert "That shift is no longer yours" in told


async def test_a_reminder__is_no_command(quay):
    message = await quay.types("/flashduty reminder 1795507200 7001", ALICE)
    assert "There is no command “reminder”" in message["text"]
