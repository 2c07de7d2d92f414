"""The threads of cards between a real database, the pretend Slack and the pretend Flashduty, over real sockets."""

from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from pydantic import SecretStr

from bot.cards.timeline.thread import CardThreads
from bot.config.team_settings import TeamSettings
from bot.delivery.ledger import POSTING_LEASE, Ledger
from bot.delivery.publisher import Publisher
from bot.flashduty import Account, Flashduty, open_pool
from bot.incidents.attribution import Attributions
from bot.messages import Message
from bot.messages.blocks import section
from bot.messages.text import mrkdwn
from bot.slack.api import SlackApi
from bot.slack.client import SlackClient
from bot.slack.workspace import Installation, Workspace
from bot.storage.acknowledgements import AcknowledgementTable
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingTable
from bot.storage.rate_limits import RateLimitTable, SharedRateLimiter
from bot.teams.team import Team
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from tests.bot.recorded import NOW
from tests.bot.samples import EVERYBODY

CHANNEL, ALICE = "C0PAYMENTS", "U0ALICE"
APP = Installation("T0HARBOR", None, "U0FLASHBOT", "B0FLASHBOT")


class Readers:
    """Everybody in the channel, in English."""

    async def of_channel(self, _team):
        return EVERYBODY


class EndsBeforeItIsStored(CardTable):
    """A process that ends between a reply and the note of how far the story was told."""

    async def told(self, *_given, **_more):
        raise DatabaseUnavailable("the process has ended")


class Desk:
    """A card in the channel, its incident, and a replica that tells its thread."""

    def __init__(self, slack, flashduty, *, workspace, pool, database):
        self.slack, self.flashduty, self.workspace, self.database = slack, flashduty, workspace, database
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr(str(flashduty.keys["payments"])))
        self.team = Team("payments", client, TeamSettings(app_key="never-asked-for-here"))
        self.monotonic = 0.0
        self.slept = []

    async def sleep(self, seconds):
        self.slept.append(seconds)

    async def begins(self, **given):
        self.id = self.flashduty.raise_incident(title="Disk full on db-01", **given)["incident_id"]
        ts = await self.workspace.post(CHANNEL, Message.of(section(mrkdwn("The card"))), once="card")
        self.card = StoredCard(
            team="payments",
            incident_id=self.id,
            channel=CHANNEL,
            ts=ts,
            started_at=self.slack.clock.now(),
            posted_at=self.slack.clock.now(),
            kept_until=self.slack.clock.now() + timedelta(days=90),
        )
        await CardTable(self.database).put(self.card)
        return self

    def replica(self, name="one", cards=CardTable):
        now = self.slack.clock.now
        ledger = Ledger(PostingTable(self.database), owner=name, monotonic=lambda: self.monotonic, random=lambda: 0.0)
        return CardThreads(
            publisher=Publisher(ledger, now),
            workspace=self.workspace,
            cards=cards(self.database),
            attributions=Attributions(AcknowledgementTable(self.database), now),
            audiences=Readers(),
            rate_limiter=SharedRateLimiter(RateLimitTable(self.database), now, sleep=self.sleep),
            now=now,
        )

    async def does(self, what, **more):
        """Act in Flashduty as the owner of the key, a second later."""
        self.slack.clock.shift(timedelta(seconds=1))
        client = self.team.flashduty
        if what == "comment":
            await client.comment(self.id, more["text"])
        else:
            await getattr(client, what)(self.id)

    async def tells(self, threads):
        self.card = (await CardTable(self.database).get("payments", [self.id]))[self.id]
        return await threads.tell(self.team, self.card, await self.team.flashduty.incident(self.id))

    def thread(self):
        messages = self.slack.seen_by(ALICE, CHANNEL)
        return [one["text"] for one in messages if one.get("thread_ts") == self.card.ts and one["ts"] != self.card.ts]

    def in_channel(self):
        return [one["text"] for one in self.slack.seen_by(ALICE, CHANNEL) if one.get("thread_ts") in {None, one["ts"]}]


@asynccontextmanager
async def desk_at(database):
    clock = Clock(NOW, frozen=True)
    async with (
        PretendSlack(clock=clock) as slack,
        PretendFlashduty(clock=clock, account=harbor_account(NOW)) as flashduty,
        open_pool(flashduty.url) as pool,
        aiohttp.ClientSession() as session,
    ):
        workspace = Workspace(SlackApi(SlackClient(slack.bot_token, slack.api_url, session), session), APP)
        yield Desk(slack, flashduty, workspace=workspace, pool=pool, database=database)


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
    await desk.does("comment", text="Bob Müller in Slack: restarting it")
    assert await desk.tells(desk.replica())
    assert desk.thread() == []


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
    desk.monotonic += POSTING_LEASE + 1
    assert await desk.tells(two)
    assert desk.thread()[0] == "👤 Dana Okoye acknowledged."
    assert len(desk.thread()) == 2


async def test_while_flashduty_does_not_answer__the_story_waits(desk):
    await desk.begins(severity="Warning")
    await desk.does("acknowledge")
    incident = await desk.team.flashduty.incident(desk.id)
    threads = desk.replica()
    desk.flashduty.fail("/incident/feed", Fault.code("InternalError"), times=10)
    assert not await threads.tell(desk.team, desk.card, incident)
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
    assert await desk.replica().tell(desk.team, placed, await desk.team.flashduty.incident(desk.id))
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
