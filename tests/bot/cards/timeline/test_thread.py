"""The threads of cards between a real database, the pretend Slack and the pretend Flashduty, over real sockets."""

from datetime import timedelta

import pytest

from bot.cards.posting import CARD_CALL_TIMEOUT
from bot.cards.timeline.thread import REPLY_WINDOW
from bot.delivery.ledger import FIRST_RETRY_PAUSE, REPORT_AFTER
from bot.storage.cards.cards import StoredCard
from sandbox.faults import Fault
from tests.bot.cards.desk import EndsBeforeItIsStored, desk_at


@pytest.fixture
async def desk(database):
    async with desk_at(database) as place:
        yield place


async def test_the_thread__is_told_what_happened_once_and_nothing_goes_to_the_channel(desk):
    await desk.begins(severity="Warning")
    threads = desk.replica()
    await desk.does("acknowledge")
    await desk.does("comment", text="restarting it")
    assert await desk.tells(threads)
    assert await desk.tells(threads)
    assert desk.thread() == ["👤 Dana Okoye acknowledged.\n💬 Dana Okoye commented:\nrestarting it"]
    await desk.does("unacknowledge")
    assert await desk.tells(threads)
    assert desk.thread()[1:] == ["↩️ Dana Okoye unacknowledged."]
    assert desk.in_channel()[-1] == "The card"


async def test_nothing_that_is_news__is_no_reply_and_is_not_read_again(desk):
    await desk.begins(severity="Warning")
    threads = desk.replica()
    assert await desk.tells(threads)
    assert await desk.tells(threads)
    assert desk.thread() == []
    assert desk.card.story_until > 0


async def test_a_comment_from_slack__is_not_told_again(desk):
    await desk.begins(severity="Warning")
    text = "Bob Müller in Slack: restarting it"
    await desk.own_comments.note("payments", desk.id, text)
    await desk.does("comment", text=text)
    assert await desk.tells(desk.replica())
    assert desk.thread() == []


async def test_a_comment_that_looks_as_if_it_came_from_slack__is_told_with_whoever_wrote_it(desk):
    await desk.begins(severity="Warning")
    await desk.own_comments.note("payments", "another incident", "Bob Müller in Slack: I have it")
    desk.flashduty.console.comment(desk.id, by="Carol Diaz", text="Bob Müller in Slack: I have it")
    assert await desk.tells(desk.replica())
    assert desk.thread() == ["💬 Carol Diaz commented:\nBob Müller in Slack: I have it"]


async def test_who_did_something_in_slack__is_not_told_again_where_the_bot_wrote_it_and_is_where_somebody_else_did(
    desk,
):
    await desk.begins(severity="Warning")
    text = "Acknowledged from Slack by Bob Müller"
    await desk.own_comments.note("payments", desk.id, text)
    await desk.does("comment", text=text)
    desk.flashduty.console.comment(desk.id, by="Carol Diaz", text="Closed from Slack by Bob Müller")
    assert await desk.tells(desk.replica())
    assert desk.thread() == ["💬 Carol Diaz commented:\nClosed from Slack by Bob Müller"]


async def test_a_replica_that_ends_behind_a_reply__leaves_no_entry_twice_and_none_out(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    assert not await desk.tells(desk.replica(cards=EndsBeforeItIsStored))
    await desk.does("comment", text="restarting it")
    assert await desk.tells(desk.replica("two"))
    assert desk.thread() == ["👤 Dana Okoye acknowledged.", "💬 Dana Okoye commented:\nrestarting it"]


async def test_a_reply_whose_answer_was_lost__is_found_in_the_thread(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    desk.slack.fail("chat.postMessage", Fault.lost_answer())
    assert await desk.tells(desk.replica())
    assert desk.thread() == ["👤 Dana Okoye acknowledged."]


async def test_a_reply_that_could_not_be_searched_for__is_found_by_the_next_replica(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    desk.slack.fail("chat.postMessage", Fault.lost_answer())
    desk.slack.fail("conversations.replies", Fault.error("internal_error"))
    assert not await desk.tells(desk.replica())
    await desk.does("comment", text="restarting it")
    two = desk.replica("two")
    assert not await desk.tells(two)
    desk.slack.clock.shift(timedelta(minutes=2))
    desk.monotonic += FIRST_RETRY_PAUSE
    assert await desk.tells(two)
    assert desk.thread()[0] == "👤 Dana Okoye acknowledged."
    assert len(desk.thread()) == 2


async def test_while_flashduty_does_not_answer__the_story_waits(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    incident = await desk.team.flashduty.incident(desk.id)
    threads = desk.replica()
    desk.flashduty.fail("/incident/feed", Fault.code("InternalError"), times=10)
    assert not await threads.tell(desk.team, desk.card, incident, lease=desk.lease)
    desk.flashduty.mend()
    assert await desk.tells(threads)
    assert desk.thread() == ["👤 Dana Okoye acknowledged."]


async def test_a_critical_incident__begins_with_the_closest_past_one_and_its_resolution(desk):
    past = desk.flashduty.raise_incident(title="Disk full on db-02")["incident_id"]
    await desk.begins(severity="Critical")
    record = desk.flashduty.account.incidents[past]
    record.update(progress="Closed", close_time=record["start_time"] + 600, resolution="deleted old logs")
    await desk.does("acknowledge")
    threads = desk.replica()
    assert await desk.tells(threads)
    assert await desk.tells(threads)
    first, second = desk.thread()
    assert "Most similar past incident" in first
    assert "deleted old logs" in first
    assert second == "👤 Dana Okoye acknowledged."
    assert len([one for one in desk.flashduty.calls if one.path == "/incident/past/list"]) == 1


async def test_past_incidents_that_cannot_be_read__hold_up_nothing(desk):
    await desk.begins(severity="Critical")
    await desk.does("acknowledge")
    desk.flashduty.fail("/incident/past/list", Fault.code("NoLicense"))
    assert await desk.tells(desk.replica())
    assert desk.thread() == ["👤 Dana Okoye acknowledged."]


async def test_the_place_in_a_storm__has_no_thread(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    placed = StoredCard(**{**vars(desk.card), "ts": None, "storm": desk.card.posted_at})
    incident = await desk.team.flashduty.incident(desk.id)
    assert await desk.replica().tell(desk.team, placed, incident, lease=desk.lease)
    assert desk.thread() == []


async def test_names_that_flashduty_does_not_give__are_waited_for_and_not_for_ever(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    desk.flashduty.fail("/person/infos", Fault.code("InternalError"), times=None)
    threads = desk.replica()
    # The incident itself names its responders: the comment of somebody else needs a name.
    desk.flashduty.console.comment(desk.id, by=7008, text="rolling back")
    assert not await desk.tells(threads)
    assert desk.thread() == []
    desk.slack.clock.shift(timedelta(minutes=3))
    assert await desk.tells(threads)
    (reply,) = desk.thread()
    assert "💬 Person 7008 commented" in reply
    assert "“Person” and a number stands for somebody" in reply


async def test_many_replies_in_one_channel__keep_to_its_rate(desk):
    await desk.begins(severity="Warning")
    threads = desk.replica()
    for _ in range(12):
        await desk.does("comment", text="and again")
        desk.slack.clock.shift(-timedelta(seconds=1))
        assert await desk.tells(threads)
    assert len(desk.slept) == 2
    assert all(0 < seconds <= 2 for seconds in desk.slept)


async def test_a_replica_whose_lease_ends_before_a_call_would__posts_nothing_and_leaves_no_pause(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    desk.lease.seconds = CARD_CALL_TIMEOUT
    assert not await desk.tells(desk.replica())
    assert desk.thread() == []
    desk.lease.seconds = CARD_CALL_TIMEOUT + 1
    assert await desk.tells(desk.replica("two"))
    assert desk.thread() == ["👤 Dana Okoye acknowledged."]


async def test_a_lease_that_ends_while_a_reply_is_composed__lets_nothing_be_sent(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    asked = []

    def covers(seconds):
        asked.append(seconds)
        return len(asked) == 1

    desk.lease.covers = covers
    assert not await desk.tells(desk.replica())
    assert asked == [CARD_CALL_TIMEOUT] * 2
    assert desk.thread() == []


async def test_a_reply_that_failed_and_was_told_with_a_later_one__alerts_nobody(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    desk.slack.fail("chat.postMessage", Fault.rate_limited(1), 2)
    threads = desk.replica()
    assert not await desk.tells(threads)
    desk.slack.mend()
    await desk.does("comment", text="restarting it")
    assert await desk.tells(threads)
    assert desk.thread() == ["👤 Dana Okoye acknowledged.\n💬 Dana Okoye commented:\nrestarting it"]
    desk.alerts.clear()
    await gives_up(desk)
    assert desk.alerts == []


async def test_a_reply_that_failed_and_was_never_told__alerts_the_operators(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    desk.slack.fail("chat.postMessage", Fault.rate_limited(1), 2)
    assert not await desk.tells(desk.replica())
    desk.alerts.clear()
    await gives_up(desk)
    (alert,) = desk.alerts
    assert alert.is_final


async def gives_up(desk):
    """Have the time of every reply pass."""
    desk.slack.clock.shift(REPLY_WINDOW + REPORT_AFTER + timedelta(minutes=1))
    for _ in range(2):
        await desk.publisher.catch_up()
        desk.monotonic += REPORT_AFTER.total_seconds() + 1
