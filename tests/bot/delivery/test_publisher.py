"""The poster between a real database and a small Slack, over real sockets."""

from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import structlog

from bot.delivery.ledger import POSTING_LEASE, REPORT_AFTER, Ledger, retry_pause
from bot.delivery.model import DeliveryFailure, PostedAt, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.messages import Message, PostedMessage
from bot.messages.blocks import section
from bot.messages.text import mrkdwn
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKind, PostingTable
from tests.proofs.chaos.pretend_slack import SmallSlack, listening, reaching

CHANNEL = "C0DIGEST"
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
DIGEST = ScheduledPost(
    team="payments", kind=PostingKind.DIGEST, local_date=date(2026, 11, 24), window_ends=NINE + timedelta(hours=3)
)


class Hands:
    """Both clocks, and what the poster reported."""

    def __init__(self):
        self.seconds = 0.0
        self.reports = []
        self.slept = []

    def now(self):
        return NINE + timedelta(seconds=self.seconds)

    async def report(self, trouble):
        self.reports.append(trouble)

    async def sleep(self, seconds):
        self.slept.append(seconds)


class Told:
    """A poster that posts messages."""

    def __init__(self, publisher, target):
        self.publisher, self.target = publisher, target
        self.catch_up, self.unclaimed = publisher.catch_up, publisher.unclaimed

    async def deliver(self, post, channel, compose):
        return await self.publisher.deliver(post, channel, compose, target=self.target)


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
async def slack():
    async with listening(SmallSlack(honours_client_msg_id=False)) as small:
        yield small


@asynccontextmanager
async def posting(database, slack, hands, name="one", table=None):
    async with reaching(slack.url) as workspace:
        ledger = Ledger(table or PostingTable(database), owner=name, monotonic=lambda: hands.seconds, random=lambda: 0)
        yield Told(Publisher(ledger, hands.now, report=hands.report, sleep=hands.sleep), ChannelMessage(workspace))


async def message():
    return PostedMessage(Message.of(section(mrkdwn("Good morning"))))


async def ticks(publisher, hands, count, every=60):
    for _ in range(count):
        await publisher.catch_up()
        await publisher.deliver(DIGEST, CHANNEL, message)
        hands.seconds += every


def once(method, *faults):
    """The faults, one each call of a method; then none."""
    left = list(faults)
    return lambda called: left.pop(0) if called == method and left else None


async def test_deliver__again_and_again_by_two_replicas__posts_once(database, slack, hands):
    async with posting(database, slack, hands) as one, posting(database, slack, hands, "two") as two:
        await ticks(one, hands, 3)
        await ticks(two, hands, 3)
    assert slack.counted() == {("payments", "2026-11-24"): 1}
    assert slack.calls["conversations.history"] == 0


async def test_deliver__when_slack_refuses__tries_again_after_growing_pauses_and_tells(database, slack, hands):
    slack.faults = once("chat.postMessage", "error:ratelimited", "error:ratelimited", "error:ratelimited")
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 8, every=30)
    assert [trouble.attempts for trouble in hands.reports] == [1, 2, 3]
    assert "ratelimited" in hands.reports[0].why
    assert len(slack.messages) == 1
    assert slack.calls["conversations.history"] == 0


async def test_deliver__that_never_succeeds__is_reported_at_last_once(database, slack, hands):
    slack.faults = lambda _method: "error:is_archived"
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 2)
        hands.seconds = (DIGEST.window_ends + REPORT_AFTER - NINE).total_seconds() + 1
        for _ in range(3):
            await publisher.catch_up()
            hands.seconds += REPORT_AFTER.total_seconds()
    assert [trouble.is_final for trouble in hands.reports] == [False, False, True]
    assert "is_archived" in hands.reports[-1].why


@pytest.mark.parametrize("fault", ["cut", "cut-before"])
async def test_deliver__after_the_answer_was_cut_off__looks_before_it_posts_again(database, slack, hands, fault):
    slack.faults = once("chat.postMessage", "cut" if fault == "cut" else "broken")
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 3)
    assert len(slack.messages) == 1
    assert slack.calls["chat.postMessage"] == (1 if fault == "cut" else 2)
    assert slack.calls["conversations.history"] == (1 if fault == "cut" else 2)


async def test_deliver__looking_through_pages__finds_the_message_behind_others(database, slack, hands):
    cut, unseen = once("chat.postMessage", "cut"), once("conversations.history", "broken")
    slack.faults = lambda method: cut(method) or unseen(method)
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 1)
        for n in range(450):
            await slack.post({"client_msg_id": str(n), "metadata": {}, "text": "", "channel": CHANNEL}, None)
        await ticks(publisher, hands, 1)
    assert slack.calls["chat.postMessage"] == 1
    assert slack.calls["conversations.history"] == 1 + 3


async def test_deliver__while_looking_fails__waits(database, slack, hands):
    def faults(method):
        return "cut" if method == "chat.postMessage" else "broken"

    slack.faults = faults
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 5)
    assert len(slack.messages) == 1
    assert slack.calls["chat.postMessage"] == 1


async def test_deliver__without_leave_to_look__posts_rather_than_miss(database, slack, hands):
    cut = once("chat.postMessage", "cut")
    slack.faults = lambda method: "error:missing_scope" if method == "conversations.history" else cut(method)
    slack.honours_client_msg_id = True
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 3)
    assert slack.calls["chat.postMessage"] == 2
    assert len(slack.messages) == 1


async def test_deliver__when_nobody_listens__does_not_look(database, slack, hands):
    nowhere = SmallSlack()
    nowhere.url = "http://127.0.0.1:9/api/"
    async with posting(database, nowhere, hands) as publisher:
        await ticks(publisher, hands, 1)
    async with posting(database, slack, hands) as publisher:
        await ticks(publisher, hands, 1)
    assert slack.calls == {"chat.postMessage": 1}


async def test_deliver__of_something_that_cannot_be_made__is_tried_again(database, slack, hands):
    async def defect():
        raise LookupError("no such thing")

    async with posting(database, slack, hands) as publisher:
        with structlog.testing.capture_logs():
            await publisher.deliver(DIGEST, CHANNEL, defect)
        hands.seconds += retry_pause(1, 0)
        await publisher.deliver(DIGEST, CHANNEL, message)
    assert [trouble.code for trouble in hands.reports] == ["LookupError"]
    assert len(slack.messages) == 1


class Unnoting(PostingTable):
    """A database that cannot note that something was posted, so many times."""

    def __init__(self, database, times):
        super().__init__(database)
        self.times = times

    async def mark_done(self, *given, **where):
        self.times -= 1
        if self.times >= 0:
            raise DatabaseUnavailable("injected")
        await super().mark_done(*given, **where)


@pytest.mark.parametrize("times", [1, 3, 4])
async def test_deliver__when_it_cannot_be_noted__is_noted_later_and_not_posted_again(database, slack, hands, times):
    unnoting = Unnoting(database, times)
    async with (
        posting(database, slack, hands, table=unnoting) as one,
        posting(database, slack, hands, "two") as two,
    ):
        for _ in range(4):
            await ticks(one, hands, 1, every=30)
            await ticks(two, hands, 1, every=30)
    assert len(slack.messages) == 1
    assert await PostingTable(database).find_done(DIGEST.key)


async def test_deliver__by_a_replica_that_died_between_post_and_mark__is_found(database, slack, hands):
    async with posting(database, slack, hands, table=Unnoting(database, 99)) as dying:
        await dying.deliver(DIGEST, CHANNEL, message)
    async with posting(database, slack, hands, "two") as two:
        await ticks(two, hands, 4, every=POSTING_LEASE / 2)
    assert slack.calls["chat.postMessage"] == 1
    assert (await PostingTable(database).get_or_add(DIGEST.key, window_ends=DIGEST.window_ends)).ts == slack.messages[
        0
    ]["ts"]


async def test_deliver__whose_claim_fails__names_it_until_the_next_look(database, slack, hands):
    """A database that can be read and not written makes no claim; the admins hear of it."""

    class Down(PostingTable):
        is_down = True

        async def change(self, *given, **values):
            if self.is_down:
                raise DatabaseUnavailable("injected")
            return await super().change(*given, **values)

    down = Down(database)
    async with posting(database, slack, hands, table=down) as publisher:
        await ticks(publisher, hands, 1)
        assert publisher.unclaimed() == (DIGEST.key,)
        down.is_down = False
        await ticks(publisher, hands, 1)
        assert publisher.unclaimed() == ()
    assert len(slack.messages) == 1


async def test_deliver__returns_where_it_is_or_why_it_is_not(database, slack, hands):
    async def refused():
        raise SlackError("usergroups.list", "missing_scope")

    slack.faults = once("chat.postMessage", "error:ratelimited")
    async with posting(database, slack, hands) as publisher:
        not_composed = await publisher.deliver(DIGEST, CHANNEL, refused)
        too_early = await publisher.deliver(DIGEST, CHANNEL, message)
        hands.seconds += retry_pause(1, 0)
        not_sent = await publisher.deliver(DIGEST, CHANNEL, message)
        hands.seconds += retry_pause(2, 0)
        posted = await publisher.deliver(DIGEST, CHANNEL, message)
        again = await publisher.deliver(DIGEST, CHANNEL, message)
    assert isinstance(not_composed, DeliveryFailure)
    assert not_composed.not_composed.code == "missing_scope"
    assert too_early is None
    assert (not_sent.code, not_sent.not_composed) == ("ratelimited", None)
    assert posted == PostedAt(CHANNEL, slack.messages[0]["ts"])
    assert again is None
