"""A card in a real channel, its incident, and replicas that tell its thread and mention people."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import aiohttp
from pydantic import SecretStr

from bot.audit.closers import Closers
from bot.cards.last_look import LastLook
from bot.cards.mentions.gather import MentionedPeople
from bot.cards.mentions.mentions import CardMentions
from bot.cards.timeline.presses import ActionPresses
from bot.cards.timeline.thread import CardThreads
from bot.config.team_settings import TeamSettings
from bot.delivery.ledger import Ledger
from bot.delivery.publisher import Publisher
from bot.flashduty import Account, Flashduty, open_pool
from bot.incidents.attribution import Attributions
from bot.incidents.commenting.own_comments import OwnComments
from bot.messages import Message
from bot.messages.blocks import section
from bot.messages.text import mrkdwn
from bot.people.mention_choices import MentionChoices
from bot.people.slack_profiles import SlackProfiles
from bot.slack.api import SlackApi
from bot.slack.client import SlackClient
from bot.slack.workspace import Installation, Workspace
from bot.storage.account.learnt_actions import LearntActionTable
from bot.storage.acknowledgements import AcknowledgementTable
from bot.storage.audit.audit_trail import AuditTable
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.people.preferences import PreferenceTable
from bot.storage.people.slack_profiles import SlackProfileTable
from bot.storage.postings import PostingTable
from bot.storage.rate_limits import RateLimitTable, SharedRateLimiter
from bot.storage.requests.written_comments import WrittenComments
from bot.teams.learnt_actions import LearntActions
from bot.teams.responders import Verdict
from bot.teams.team import Team
from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from tests.bot.recorded import NOW
from tests.bot.samples import ALONE, EVERYBODY

CHANNEL, ALICE = "C0PAYMENTS", "U0ALICE"
APP = Installation("T0HARBOR", None, "U0FLASHBOT", "B0FLASHBOT")


class Readers:
    """Everybody in the channel, in English."""

    async def of_channel(self, _team):
        return EVERYBODY

    async def of_person(self, _person, _team, *, may_act):
        return replace(ALONE, may_act=may_act)


async def may_act(_team, _person):
    return Verdict.YES


class HeldLease:
    """The lease of the cards, held for so many seconds."""

    def __init__(self, seconds=60.0):
        self.seconds = seconds
        self.term = 1

    @property
    def is_held(self):
        return self.covers(0.0)

    def covers(self, seconds):
        return self.seconds > seconds


class EndsBeforeItIsStored(CardTable):
    """A process that ends between a reply and the note of how far the story was told."""

    async def told(self, *_given, **_more):
        raise DatabaseUnavailable("the process has ended")


class Desk:
    """A card in the channel, its incident, and a replica that tells its thread."""

    def __init__(self, slack, flashduty, *, workspace, pool, database, **settings):
        self.slack, self.flashduty, self.workspace, self.database = slack, flashduty, workspace, database
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr(str(flashduty.keys["payments"])))
        self.team = Team("payments", client, TeamSettings(app_key="never-asked-for-here", **settings))
        self.monotonic = 0.0
        self.lease = HeldLease()
        self.slept = []
        self.alerts = []
        self.own_comments = OwnComments(WrittenComments(database), slack.clock.now, retention=timedelta(days=90))

    async def sleep(self, seconds):
        self.slept.append(seconds)

    async def report(self, failure):
        self.alerts.append(failure)

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
        ledger = Ledger(
            PostingTable(self.database), owner=name, monotonic=lambda: self.monotonic, random=lambda: 0.0, lease=0.0
        )
        look = LastLook(self.workspace, CardTable(self.database))
        self.publisher = publisher = Publisher(
            ledger, now, report=self.report, find_message=look.find, is_superseded=look.is_superseded
        )
        rate_limiter = SharedRateLimiter(RateLimitTable(self.database), now, sleep=self.sleep)
        profiles = SlackProfiles(workspace=self.workspace, table=SlackProfileTable(self.database), now=now)
        choices = MentionChoices(PreferenceTable(self.database))
        mentions = CardMentions(
            people=MentionedPeople(workspace=self.workspace, profiles=profiles, choices=choices),
            publisher=publisher,
            workspace=self.workspace,
            may_act=may_act,
            audiences=Readers(),
            rate_limiter=rate_limiter,
            now=now,
        )
        return CardThreads(
            publisher=publisher,
            workspace=self.workspace,
            cards=cards(self.database),
            attributions=Attributions(
                AcknowledgementTable(self.database), Closers(AuditTable(self.database), now), now
            ),
            own_comments=self.own_comments,
            learnt_actions=LearntActions(LearntActionTable(self.database), now, retention=timedelta(days=90)),
            presses=ActionPresses(AuditTable(self.database), self.slack.clock.now),
            mentions=mentions,
            audiences=Readers(),
            rate_limiter=rate_limiter,
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
        incident = await self.team.flashduty.incident(self.id)
        return await threads.tell(self.team, self.card, incident, lease=self.lease)

    def thread(self):
        messages = self.slack.seen_by(ALICE, CHANNEL)
        return [one["text"] for one in messages if one.get("thread_ts") == self.card.ts and one["ts"] != self.card.ts]

    def in_channel(self):
        return [one["text"] for one in self.slack.seen_by(ALICE, CHANNEL) if one.get("thread_ts") in {None, one["ts"]}]


@asynccontextmanager
async def desk_at(database, **settings):
    clock = Clock(NOW, frozen=True)
    async with (
        PretendSlack(clock=clock) as slack,
        PretendFlashduty(clock=clock, account=harbor_account(NOW)) as flashduty,
        open_pool(flashduty.url) as pool,
        aiohttp.ClientSession() as session,
    ):
        workspace = Workspace(SlackApi(SlackClient(slack.bot_token, slack.api_url, session), session), APP)
        yield Desk(slack, flashduty, workspace=workspace, pool=pool, database=database, **settings)
