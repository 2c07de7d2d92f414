"""Whoever is on call may act, whatever the settings name; controls that act are drawn for whoever may press them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of
from test_who_may import DIRECT, XIAOMING, acts, place_of

from sandbox.faults import Fault

# On call for payments at half past eight on that Tuesday, and until nine: Alice and Bob; then Bob, Carol the day after.
ONLY_ALICE = {"FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS": ALICE}
REMINDERS = {
    "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "dm",
    "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun",
    **ONLY_ALICE,
}
A_DAY_LATER = timedelta(days=1)


def actions_of(message):
    return [
        element["action_id"]
        for block in message["blocks"]
        for element in (*block.get("elements", []), block.get("accessory") or {})
        if element.get("action_id")
    ]


def entries_of(message):
    menus = (block.get("accessory") or {} for block in message["blocks"])
    return [entry["text"]["text"] for menu in menus for entry in menu.get("options", [])]


def acting(message):
    routes = ("acknowledge:", "undo_acknowledge", "take_over:", "open:post")
    return [action for action in actions_of(message) if action.startswith(routes)]


@pytest.mark.parametrize("where", [PAYMENTS, DIRECT])
async def test_whoever_is_on_call_may_act__and_nobody_else(where):
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        who = await on_call_people(place)
        for user in (BOB, CAROL, XIAOMING):
            assert await acts(place, user, where, "payments") is (user in who), user


async def on_call_people(place):
    """Who is on call now or within the hour, as the bot itself tells it in Slack."""
    text = (await place.types("/flashduty oncall"))["text"]
    later = (await place.types("/flashduty oncall at:+1h"))["text"]
    now = [line for line in f"{text}\n{later}".split("\n") if "📟" in line]
    return {user for user in (BOB, CAROL, XIAOMING) if any(f"<@{user}>" in line for line in now)}


async def test_whoever_takes_over_within_the_lead_may_act__and_not_before():
    # Carol takes the backup over at nine, a day later.
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        place.clock.shift(A_DAY_LATER - timedelta(minutes=31))
        assert not await acts(place, CAROL, PAYMENTS, "payments")
        assert "and people on call" in place.sees(CAROL)[-1]
        place.clock.shift(timedelta(minutes=2))
        assert await acts(place, CAROL, PAYMENTS, "payments")
        place.clock.shift(timedelta(days=1, hours=1))
        assert not await acts(place, CAROL, PAYMENTS, "payments")


async def test_the_buttons_of_a_reminder_work_for_whoever_gets_it():
    """A reminder with buttons that are refused to the person who got it is worse than none."""
    async with harbor_at(**REMINDERS) as place:
        # In no channel and no group: all she has is her shift.
        place.slack.workspace.channels[PAYMENTS].members.remove(CAROL)
        place.slack.workspace.channels["C0SHARED"].members.remove(CAROL)
        place.clock.shift(A_DAY_LATER)
        await place.bot.tick()
        (reminder,) = place.slack.seen_by(CAROL, "D0CAROL")
        action = acting(reminder)[0]
        number = action.partition(":")[2]
        await place.presses(reminder, "again:refresh", CAROL)
        await place.presses(reminder, action, CAROL)
        assert place.flashduty.account.incidents[number]["progress"] == "Processing"
        confirmation = next(m for m in place.slack.seen_by(CAROL, "D0CAROL") if "You acknowledged" in m["text"])
        await place.presses(confirmation, "undo_acknowledge", CAROL)
        assert place.flashduty.account.incidents[number]["progress"] == "Triggered"
        (again,) = [m for m in place.slack.seen_by(CAROL, "D0CAROL") if m["ts"] == reminder["ts"]]
        await place.presses(again, "open:me", CAROL)
        assert "Payments backup" in place.slack.seen_by(CAROL, "D0CAROL")[-1]["text"]


async def test_in_a_direct_message__whoever_is_on_call_needs_to_name_no_team():
    async with harbor_at(**REMINDERS) as place:
        # In no channel of the teams and in no group: all she has is her shift.
        for channel in place.slack.workspace.channels.values():
            if not channel.is_im:
                channel.members = [member for member in channel.members if member != CAROL]
        assert "You belong to no team of the bot" in (await place.types("/flashduty me", CAROL, "D0CAROL"))["text"]
        place.clock.shift(A_DAY_LATER)
        assert "Team *payments*" in (await place.types("/flashduty me", CAROL, "D0CAROL"))["text"]
        place.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
        place.clock.shift(timedelta(minutes=16))
        assert (
            "could not be checked whether you are on call"
            in (await place.types("/flashduty me", CAROL, "D0CAROL"))["text"]
        )


async def test_where_it_is_switched_off__a_reminder_has_no_button_that_would_be_refused():
    async with harbor_at(**REMINDERS, FLASHDUTY_TEAMS__PAYMENTS__ONCALL_MAY_ACT="false") as place:
        place.clock.shift(A_DAY_LATER)
        await place.bot.tick()
        (reminder,) = place.slack.seen_by(CAROL, "D0CAROL")
        assert acting(reminder) == []
        await place.presses(reminder, "again:refresh", CAROL)
        (again,) = place.slack.seen_by(CAROL, "D0CAROL")
        assert acting(again) == []
        assert "Show incident" in entries_of(again)


async def test_where_it_is_switched_off__being_on_call_lets_nobody_act():
    async with harbor_at(socket_mode=False, **ONLY_ALICE, FLASHDUTY_TEAMS__PAYMENTS__ONCALL_MAY_ACT="false") as place:
        assert not await acts(place, BOB, PAYMENTS, "payments")
        assert "Only its responders can change incidents" in place.sees(BOB)[-1]
        assert place.called("/schedule/list") == []


async def test_an_address_that_slack_has_not_confirmed_matches_nobody():
    """An address that is not confirmed may be somebody else's."""
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        place.slack.workspace.people[BOB].email = ""
        assert not await acts(place, BOB, PAYMENTS, "payments")


async def test_where_the_schedules_cannot_be_read__the_refusal_says_so():
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        place.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
        assert not await acts(place, BOB, PAYMENTS, "payments")
        assert "could not be checked whether you are on call for team *payments*" in place.sees(BOB)[-1]
        # Whom the settings name is not kept waiting for it.
        assert await acts(place, ALICE, PAYMENTS, "payments")


async def test_schedules_that_do_not_come_hold_nobody_up():
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        place.flashduty.fail("/schedule/list", Fault.delay(2), times=1)
        assert not await acts(place, BOB, PAYMENTS, "payments")
        assert "could not be checked whether you are on call" in place.sees(BOB)[-1]
        # The read went on, and serves whoever presses next.
        assert await acts(place, BOB, PAYMENTS, "payments")
        assert len(place.called("/schedule/list")) == 1


@pytest.mark.parametrize(("minutes", "may_act"), [(14, True), (16, False)])
async def test_schedules_of_a_quarter_of_an_hour_are_good_enough__and_none_older(minutes, may_act):
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        assert await acts(place, BOB, PAYMENTS, "payments")
        place.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
        place.clock.shift(timedelta(minutes=minutes))
        assert await acts(place, BOB, PAYMENTS, "payments") is may_act
        assert may_act or "could not be checked whether you are on call" in place.sees(BOB)[-1]


async def test_a_team_is_asked_for_its_schedules_once__however_many_press():
    async with harbor_at(socket_mode=False, **ONLY_ALICE) as place:
        for user in (CAROL, XIAOMING, CAROL, XIAOMING):
            await acts(place, user, PAYMENTS, "payments")
        assert len(place.called("/schedule/list")) == 1


async def test_a_private_list_has_acknowledge_for_whoever_may_press_it__and_a_shared_one_for_all(quay):
    of_alice = await quay.types("/flashduty incidents", ALICE)
    of_carol = await quay.types("/flashduty incidents", CAROL)
    assert acting(of_alice)
    assert acting(of_carol) == []
    assert entries_of(of_carol).count("Show incident") == 10
    assert "Acknowledge" not in entries_of(of_carol)
    await quay.presses(of_carol, "share", CAROL)
    (shared,) = [message for message in quay.shown(CAROL) if not message["ephemeral"]]
    assert acting(shared)


@pytest.mark.parametrize("words", ["incidents", "incident D0D0D0", "digest", "me"])
async def test_no_private_answer_has_a_button_that_would_be_refused(words):
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS="U0NOBODY1") as place:
        # Nobody is on call and nobody is named, so nobody may press anything.
        schedules = place.flashduty.account.schedules
        schedules.update({number: replace(rota, is_disabled=True) for number, rota in schedules.items()})
        for user in (ALICE, CAROL):
            for where in (PAYMENTS, DIRECT):
                if where is DIRECT:
                    await place.slack.say(user, place_of(user, where), f"{words} team:payments")
                    await place.slack.settled()
                    answer = place.slack.seen_by(user, place_of(user, where))[-1]
                else:
                    answer = await place.types(f"/flashduty {words}", user, where)
                assert actions_of(answer), words
                assert acting(answer) == [], (user, where)


async def test_in_a_private_digest__a_shift_can_be_taken_by_whoever_it_belongs_to():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS="U0NOBODY1") as place:
        place.clock.shift(timedelta(hours=14))
        # Carol takes the backup over at nine in the morning; it is half past ten in the evening.
        digest = await place.types("/flashduty digest", CAROL)
        assert [action for action in acting(digest) if action.startswith("take_over:")]
        assert not [action for action in acting(digest) if action.startswith("acknowledge:")]
        assert acting(await place.types("/flashduty digest", ALICE)) == []


TOLD = {"ADMINS": ALICE, "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "channel"}


async def told_to_alice(place, minutes=0):
    place.clock.shift(timedelta(minutes=minutes))
    await place.bot.tick()
    await place.slack.settled()
    return [message["text"] for message in place.slack.seen_by(ALICE, "D0ALICE")]


def another_address(slack):
    slack.workspace.people[BOB].email = "robert@harbor.example"


def a_guest(slack):
    slack.workspace.people[BOB].kind = "guest"


@pytest.mark.parametrize("strange", [another_address, a_guest])
async def test_somebody_on_call_whom_slack_does_not_know__is_told_to_admins_once(strange):
    async with harbor_at(prepare=strange, **TOLD) as place:
        (told,) = await told_to_alice(place)
        assert "Bob Müller is on call for team payments and cannot act in Slack" in told
        assert "No full member of this Slack" in told
        assert len(await told_to_alice(place, 1)) == 1
        assert len(await told_to_alice(place, 16)) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": ""}, "profile has no e-mail address"),
        ({"email_verified": False}, "have not verified their e-mail address"),
    ],
)
async def test_somebody_on_call_whose_address_is_not_confirmed__is_told_to_admins_once(changed, said):
    async with harbor_at(**TOLD) as place:
        place.flashduty.account.persons[7002].update(changed)
        (told,) = await told_to_alice(place, 16)
        assert "Bob Müller is on call for team payments and cannot act in Slack" in told
        assert said in told
        assert len(await told_to_alice(place, 16)) == 1


async def test_that_they_can_act_again__is_told_as_well():
    """The end of a problem is reported where its beginning was."""
    async with harbor_at(**TOLD) as place:
        place.flashduty.account.persons[7002].update(email_verified=False)
        assert len(await told_to_alice(place, 16)) == 1
        place.flashduty.account.persons[7002].update(email_verified=True)
        told = await told_to_alice(place, 16)
        assert "Bob Müller of team payments can act in Slack now" in told[-1]
        assert len(told) == 2


SWITCHED_OFF = {"FLASHDUTY_TEAMS__PAYMENTS__ONCALL_MAY_ACT": "false"}
A_GROUP = {**SWITCHED_OFF, "FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS": f"{ALICE},S0RESPOND"}


def out_of_the_group(slack):
    slack.workspace.groups["S0RESPOND"].users.remove(BOB)


async def test_where_it_is_switched_off__admins_hear_of_whoever_is_on_call_and_no_responder():
    async with harbor_at(prepare=out_of_the_group, **TOLD, **A_GROUP) as place:
        (told,) = await told_to_alice(place)
        assert "Bob Müller is on call for team payments and cannot act in Slack" in told
        assert "not among the team's responders" in told
        assert "`ONCALL_MAY_ACT`" in told
        assert len(await told_to_alice(place, 16)) == 1
        place.slack.workspace.groups["S0RESPOND"].users.append(BOB)
        # Another process has nothing of the group in its memory.
        async with replica_of(place) as other:
            await other.tick()
            told = await told_to_alice(place)
        assert "Bob Müller of team payments can act in Slack now" in told[-1]
        assert len(told) == 2


async def test_where_it_is_switched_off__a_reminder_that_came_does_not_make_a_responder():
    """That somebody can be written to does not say that they may act."""
    both = {**TOLD, "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "both", **SWITCHED_OFF, **ONLY_ALICE}
    async with harbor_at(**both) as place:
        place.clock.shift(A_DAY_LATER - timedelta(hours=1))
        told = await told_to_alice(place, 35)
        assert len([text for text in told if "Carol Diaz" in text]) == 1
        # Carol is reminded an hour before her shift, in the same round or the next.
        told = await told_to_alice(place, 2)
        assert place.slack.seen_by(CAROL, "D0CAROL")
        assert not [text for text in told if "can act in Slack now" in text]


async def test_where_it_is_switched_off__a_group_that_is_not_told_is_no_reason_to_tell_anybody():
    def silent(slack):
        slack.fail("usergroups.users.list", Fault.error("fetch_failed"), times=None)

    async with harbor_at(prepare=silent, **TOLD, **A_GROUP) as place:
        assert await told_to_alice(place, 16) == []


async def test_whoever_takes_over_within_the_lead_and_could_not_act__is_told_before_the_shift():
    """The lead is that of `check`."""

    def carol_elsewhere(slack):
        slack.workspace.people[CAROL].email = "c.diaz@harbor.example"

    async with harbor_at(prepare=carol_elsewhere, **TOLD, FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS="sun") as place:
        place.clock.shift(A_DAY_LATER - timedelta(hours=1))
        assert await told_to_alice(place, 29) == []
        (told,) = await told_to_alice(place, 2)
        assert "Carol Diaz is soon on call for team payments and cannot act in Slack" in told
        assert len(await told_to_alice(place, 40)) == 1


@pytest.mark.parametrize(
    ("strange", "more", "said"),
    [
        (another_address, {}, "No full member of this Slack"),
        (out_of_the_group, A_GROUP, "not among the team's responders"),
    ],
)
async def test_a_team_with_nothing_but_a_digest__has_its_people_looked_at_when_that_comes(strange, more, said):
    """The schedules are those that the digest reads, so that it costs no call to Flashduty."""
    async with harbor_at(prepare=strange, ADMINS=ALICE, **more) as place:
        (told,) = await told_to_alice(place, 31)
        assert "Bob Müller is on call for team payments and cannot act in Slack" in told
        assert said in told
        assert len(place.called("/schedule/list")) == 1
        assert len(place.called("/person/infos")) == 1
        assert len([text for text in await told_to_alice(place, 60 * 24) if "Bob Müller" in text]) == 1


async def test_admins_hear_nothing_of_strangers__where_being_on_call_lets_nobody_act():
    """A responder may have another address in Slack."""
    async with harbor_at(prepare=another_address, **TOLD, **SWITCHED_OFF) as place:
        assert await told_to_alice(place, 16) == []
