"""Mentions between a real database, the pretend Slack and the pretend Flashduty: once each, whatever fails."""

from datetime import timedelta

import pytest

from bot.cards.mentions.model import MENTION_WINDOW
from bot.delivery.ledger import FIRST_RETRY_PAUSE, REPORT_AFTER
from sandbox.faults import Fault
from tests.bot.cards.desk import CHANNEL, EndsBeforeItIsStored, desk_at

BOTH = "📟 Assigned to <@U0ALICE>, <@U0BOB>: "
BOB, CAROL, XIAOMING = "Bob Müller", "Carol Diaz", "王小明"


@pytest.fixture
async def desk(database):
    async with desk_at(database, cards_channel=CHANNEL) as place:
        yield await place.begins(severity="Warning")


def mentions(place):
    return [one.partition("🔶")[0] for one in place.thread() if one.startswith("📟")]


def directly(place, user):
    return [one["text"] for one in place.slack.seen_by(user, f"D{user[1:]}")]


async def test_those_just_assigned__are_mentioned_once(desk):
    threads = desk.replica()
    assert await desk.tells(threads)
    assert await desk.tells(threads)
    assert mentions(desk) == [BOTH]


async def test_a_replica_that_ends_behind_a_mention__leaves_nobody_twice_and_none_out(desk):
    assert not await desk.tells(desk.replica(cards=EndsBeforeItIsStored))
    desk.slack.clock.shift(timedelta(seconds=5))
    desk.flashduty.console.add_responders(desk.id, to=[XIAOMING])
    assert await desk.tells(desk.replica("two"))
    assert mentions(desk) == [BOTH, "📟 Assigned to <@U0XIAOMING>: "]


async def test_when_the_last_of_those_mentioned_acknowledges__before_it_is_stored__the_others_are_not_told_twice(desk):
    desk.slack.clock.shift(timedelta(seconds=5))
    desk.flashduty.console.add_responders(desk.id, to=[XIAOMING])
    assert not await desk.tells(desk.replica(cards=EndsBeforeItIsStored))
    (said,) = mentions(desk)
    desk.flashduty.console.acknowledge(desk.id, by=XIAOMING)
    assert await desk.tells(desk.replica("two"))
    assert mentions(desk) == [said]


async def test_a_mention_whose_answer_was_lost__is_found_in_the_thread(desk):
    desk.slack.fail("chat.postMessage", Fault.lost_answer())
    assert await desk.tells(desk.replica())
    assert mentions(desk) == [BOTH]


async def test_a_mention_that_could_not_be_searched_for__until_it_is_too_late__is_found_before_operators_are_alerted(
    desk,
):
    """The channel's own messages have no replies: the last look is into the thread."""
    desk.slack.fail("chat.postMessage", Fault.lost_answer())
    desk.slack.fail("conversations.replies", Fault.error("internal_error"))
    assert not await desk.tells(desk.replica())
    publisher = desk.publisher
    desk.slack.clock.shift(MENTION_WINDOW + REPORT_AFTER + timedelta(minutes=1))
    for _ in range(2):
        desk.alerts.clear()
        await publisher.catch_up()
        desk.monotonic += REPORT_AFTER.total_seconds() + 1
    assert mentions(desk) == [BOTH]
    assert desk.alerts == []
    assert [call.method for call in desk.slack.calls][-1] == "conversations.replies"


async def test_a_mention_that_could_not_be_searched_for__is_found_by_the_next_replica(desk):
    desk.slack.fail("chat.postMessage", Fault.lost_answer())
    desk.slack.fail("conversations.replies", Fault.error("internal_error"))
    assert not await desk.tells(desk.replica())
    desk.flashduty.console.add_responders(desk.id, to=[XIAOMING])
    two = desk.replica("two")
    assert not await desk.tells(two)
    desk.slack.clock.shift(timedelta(minutes=2))
    desk.monotonic += FIRST_RETRY_PAUSE
    assert await desk.tells(two)
    assert mentions(desk) == [BOTH, "📟 Assigned to <@U0XIAOMING>: "]


async def test_while_slack_does_not_take_it__the_rest_of_the_story_is_told__and_the_mention_follows(desk):
    await desk.does("acknowledge")
    desk.slack.fail("chat.postMessage", Fault.error("ratelimited"))
    threads = desk.replica()
    assert not await desk.tells(threads)
    assert desk.thread() == ["👤 Dana Okoye acknowledged."]
    desk.slack.clock.shift(timedelta(minutes=1))
    assert await desk.tells(threads)
    assert mentions(desk) == [BOTH]
    assert len(desk.thread()) == 2


async def test_a_mention_that_comes_too_late__is_left_out_and_holds_up_nothing(desk):
    threads = desk.replica()
    desk.slack.fail("chat.postMessage", Fault.error("channel_not_found"), times=None)
    assert not await desk.tells(threads)
    desk.slack.clock.shift(MENTION_WINDOW + timedelta(seconds=1))
    desk.slack.mend()
    assert await desk.tells(threads)
    assert desk.thread() == []


async def test_whose_profile_is_not_known_yet__is_waited_for__and_not_for_ever(desk):
    desk.slack.fail("users.lookupByEmail", Fault.error("internal_error"), times=None)
    threads = desk.replica()
    assert not await desk.tells(threads)
    assert desk.thread() == []
    desk.slack.clock.shift(timedelta(minutes=2, seconds=1))
    assert await desk.tells(threads)
    assert desk.thread() == []


async def test_while_the_members_cannot_be_read__a_mention_waits__and_then_nobody_is_left_out(desk):
    desk.slack.fail("conversations.members", Fault.error("internal_error"), times=None)
    threads = desk.replica()
    assert not await desk.tells(threads)
    desk.slack.clock.shift(timedelta(minutes=2, seconds=1))
    assert await desk.tells(threads)
    assert mentions(desk) == [BOTH]


async def test_a_replica_that_ends_behind_a_direct_message__sends_it_once(database):
    async with desk_at(database, cards_channel=CHANNEL, cards_mention="dm") as place:
        await place.begins(severity="Warning")
        assert not await place.tells(place.replica(cards=EndsBeforeItIsStored))
        place.slack.clock.shift(timedelta(seconds=5))
        place.flashduty.console.add_responders(place.id, to=[BOB, CAROL])
        assert await place.tells(place.replica("two"))
        assert mentions(place) == []
        for user in ("U0ALICE", "U0BOB", "U0CAROL"):
            (said,) = directly(place, user)
            assert said.startswith("📟 Assigned to you: 🔶 *Warning* ")


async def test_without_the_permission_to_open_conversations__a_direct_message_comes_all_the_same(database):
    async with desk_at(database, cards_channel=CHANNEL, cards_mention="dm") as place:
        await place.begins(severity="Warning")
        place.slack.fail("conversations.open", Fault.error("missing_scope"), times=None)
        threads = place.replica()
        assert await place.tells(threads)
        assert await place.tells(threads)
        assert len(directly(place, "U0ALICE")) == len(directly(place, "U0BOB")) == 1


async def test_a_person_whose_address_is_not_confirmed__is_not_mentioned(desk):
    desk.flashduty.account.persons[7002].update(email_verified=False)
    assert await desk.tells(desk.replica())
    assert mentions(desk) == ["📟 Assigned to <@U0ALICE>: "]


@pytest.mark.parametrize("status", [{"kind": "guest"}, {"kind": "stranger", "team_id": "T0OTHER"}])
async def test_somebody_who_is_no_full_member__is_not_mentioned(desk, status):
    vars(desk.slack.workspace.people["U0BOB"]).update(status)
    assert await desk.tells(desk.replica())
    assert mentions(desk) == ["📟 Assigned to <@U0ALICE>: "]


async def test_somebody_without_an_account_in_slack__holds_up_nobody(desk):
    desk.slack.workspace.people["U0BOB"].email = "robert@harbor.example"
    assert await desk.tells(desk.replica())
    assert mentions(desk) == ["📟 Assigned to <@U0ALICE>: "]
