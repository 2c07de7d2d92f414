"""Mentions beside living cards: those whom Flashduty has just assigned, where they or their team want it, once."""

from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, replica_of
from living import SETTING, cards, cards_at, looks, raised, the_card

MENTION = SETTING + "CARDS_MENTION"
XIAOMING = "U0XIAOMING"
IN_THREAD = {MENTION: "thread"}


def thread(place, title="Ledger is behind"):
    ts = the_card(place, title)["ts"]
    return [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts") == ts and one["ts"] != ts]


def mentions(place, title="Ledger is behind"):
    """Whom the thread of a card mentions, message by message."""
    return [one.partition(": ")[0] for one in thread(place, title) if one.startswith("📟")]


def directly(place, user):
    return [one["text"] for one in place.slack.seen_by(user, f"D{user[1:]}") if one["text"].startswith("📟")]


def beside(place):
    return [one for one in place.sees(BOB) if one.startswith("📟")]


async def chooses(place, user, label):
    """Press a button of one's Home tab."""
    await place.slack.open_home(user)
    await place.slack.settled()
    view = place.slack.home(user)
    (button,) = (
        one
        for block in view["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
        if one["text"]["text"] == label
    )
    await place.presses(view, button["action_id"], user)


async def test_a_new_incident__mentions_those_it_is_assigned_to__in_one_message_in_the_thread():
    async with cards_at(**IN_THREAD) as place:
        raised(place, severity="Warning")
        await looks(place)
        await looks(place)
        (said,) = thread(place)
        assert said.startswith("📟 Assigned to <@U0ALICE>, <@U0BOB>: 🔶 *Warning* <https://")
        assert said.endswith("Ledger is behind>")
        assert beside(place) == []
        assert directly(place, ALICE) == []


async def test_whoever_is_added__escalated_to__or_given_it__is_mentioned__and_nobody_for_their_own_doing():
    async with cards_at(**IN_THREAD) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.add_responders(incident, to=["王小明"], by="Alice Chen")
        await looks(place)
        place.clock.shift(timedelta(minutes=1))
        place.flashduty.console.reassign(incident, to=["Bob Müller", "Carol Diaz"], by="Bob Müller")
        await looks(place)
        place.flashduty.console.acknowledge(incident, by="Carol Diaz")
        await looks(place)
        assert mentions(place) == [
            "📟 Assigned to <@U0ALICE>, <@U0BOB>",
            "📟 Assigned to <@U0XIAOMING>",
            "📟 Assigned to <@U0CAROL>",
        ]


async def test_several_who_are_added_between_two_looks__are_mentioned_together():
    async with cards_at(**IN_THREAD) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.clock.shift(timedelta(seconds=5))
        place.flashduty.console.add_responders(incident, to=["王小明"])
        place.clock.shift(timedelta(seconds=5))
        place.flashduty.console.add_responders(incident, to=["Carol Diaz"])
        await looks(place)
        assert mentions(place)[1:] == ["📟 Assigned to <@U0XIAOMING>, <@U0CAROL>"]


async def test_more_than_two__are_all_mentioned_behind_the_incident__which_a_notification_shows_first():
    async with cards_at(**IN_THREAD) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.reassign(incident, to=["王小明", "Carol Diaz", "Bob Müller"], by="Alice Chen")
        await looks(place)
        said = thread(place)[-2:]
        (line,) = (one for one in said if one.startswith("📟"))
        first, who = line.split("\n")
        assert first.startswith("📟 Assigned to 3 people: 🔶 *Warning* <https://")
        assert sorted(who.split(", ")) == ["<@U0BOB>", "<@U0CAROL>", "<@U0XIAOMING>"]


async def test_whoever_acknowledged_before_the_bot_looked__is_not_mentioned():
    async with cards_at(**IN_THREAD) as place:
        incident = raised(place, severity="Warning")
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await looks(place)
        assert mentions(place) == ["📟 Assigned to <@U0ALICE>"]


async def test_in_the_channel__it_is_one_message_of_its_own_beside_the_card():
    async with cards_at(**{MENTION: "channel"}) as place:
        raised(place, severity="Warning")
        await looks(place)
        await looks(place)
        (said,) = beside(place)
        assert said.startswith("📟 Assigned to <@U0ALICE>, <@U0BOB>: 🔶 *Warning* ")
        assert thread(place) == []


async def test_somebody_who_is_not_in_the_channel__gets_a_direct_message_in_their_language__with_the_reason():
    async with cards_at(**IN_THREAD) as place:
        place.slack.workspace.channels[PAYMENTS].members.remove(XIAOMING)
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.add_responders(incident, to=["王小明", "Carol Diaz"])
        await looks(place)
        await looks(place)
        assert mentions(place)[1:] == ["📟 Assigned to <@U0CAROL>"]
        (said,) = directly(place, XIAOMING)
        assert said.startswith("📟 已分派给你：🔶 *警告* ")
        assert f"你不在 <#{PAYMENTS}> 中" in said
        assert directly(place, CAROL) == []


async def test_direct_messages__go_to_each__and_say_that_the_team_has_it_so():
    async with cards_at(**{MENTION: "dm"}) as place:
        raised(place, severity="Warning")
        await looks(place)
        await looks(place)
        assert thread(place) == []
        for user in (ALICE, BOB):
            (said,) = directly(place, user)
            assert said.startswith("📟 Assigned to you: 🔶 *Warning* ")
            assert "as your team has set it" in said


async def test_the_mention__is_in_the_language_of_the_channel():
    async with cards_at(**IN_THREAD, **{SETTING + "LANGUAGE": "zh"}) as place:
        raised(place, severity="Warning")
        await looks(place)
        replies = [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one["text"].startswith("📟")]
        assert [one.partition("：")[0] for one in replies] == ["📟 已分派给 <@U0ALICE>、<@U0BOB>"]


async def test_turned_off__nobody_is_mentioned():
    async with cards_at(**{MENTION: "off"}) as place:
        raised(place, severity="Warning")
        await looks(place)
        assert thread(place) == beside(place) == directly(place, ALICE) == []


async def test_what_was_open_before_cards__and_what_is_old__mentions_nobody():
    async with cards_at(**IN_THREAD) as place:
        assert not any("📟" in one["text"] for one in place.slack.seen_by(BOB, PAYMENTS))
        raised(place, severity="Warning")
        place.clock.shift(timedelta(minutes=20))
        await looks(place)
        assert thread(place) == []


async def test_in_a_storm__only_those_with_a_card_of_their_own_are_mentioned():
    async with cards_at(**IN_THREAD, **{SETTING + "CARDS_STORM": "2"}) as place:
        for number in range(6):
            raised(place, f"Ledger {number} is behind", severity="Warning")
        await looks(place)
        own = cards(place, r"Ledger \d")
        assert len(own) == 2
        said = [one for one in place.slack.seen_by(BOB, PAYMENTS) if one["text"].startswith("📟")]
        assert {one["thread_ts"] for one in said} == {one["ts"] for one in own}
        assert len(said) == 2


async def test_a_restart_and_a_second_replica__mention_nobody_twice():
    async with cards_at(**IN_THREAD) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        async with replica_of(place) as other:
            await place.bot.cards.stop()
            await looks(place, other)
            place.flashduty.console.add_responders(incident, to=["王小明"])
            await looks(place, other)
            await looks(place, other)
            assert mentions(place) == ["📟 Assigned to <@U0ALICE>, <@U0BOB>", "📟 Assigned to <@U0XIAOMING>"]
            await other.cards.stop()


@pytest.mark.parametrize(
    ("label", "in_thread", "in_person"),
    [("Direct message", ["📟 Assigned to <@U0ALICE>"], 1), ("Do not mention me", ["📟 Assigned to <@U0ALICE>"], 0)],
)
async def test_ones_own_choice__goes_before_the_teams(label, in_thread, in_person):
    async with cards_at(**IN_THREAD) as place:
        await chooses(place, BOB, label)
        raised(place, severity="Warning")
        await looks(place)
        assert mentions(place) == in_thread
        said = directly(place, BOB)
        assert len(said) == in_person
        assert all("as you chose in the Home tab" in one for one in said)


async def test_ones_own_choice__holds_where_the_team_mentions_nobody__and_can_be_withdrawn():
    async with cards_at(**{MENTION: "off"}) as place:
        await chooses(place, BOB, "In the thread")
        raised(place, severity="Warning")
        await looks(place)
        assert mentions(place) == ["📟 Assigned to <@U0BOB>"]
        await chooses(place, BOB, "As the team has set it")
        raised(place, "Ledger is wrong", severity="Warning")
        await looks(place)
        assert mentions(place, "Ledger is wrong") == []
