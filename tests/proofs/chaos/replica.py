"""One replica: the real database, ledger, poster and way to Slack; the clock, the errors and the digest are made up."""

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.delivery.due import due_now
from bot.delivery.ledger import Ledger
from bot.delivery.model import ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.messages import Message, PostedMessage
from bot.messages.blocks import section
from bot.messages.text import mrkdwn
from bot.storage.database import open_database
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKind, PostingTable
from tests.proofs.chaos.pretend_slack import reaching
from tests.proofs.chaos.story import TEAMS, Story, plan

TICK = 0.1
DATABASE_ERRORS = 0.03
DEFECTS = 0.02


@dataclass(frozen=True)
class Orders:
    name: str
    database: str
    slack: str
    story: Story
    log: str


class Unsteady:
    """A database that fails now and then: before a transaction, or after it was committed."""

    def __init__(self, database, chance):
        self._database, self._chance = database, chance
        self.state = database.state

    async def carry_out(self, work):
        if self._chance.random() < DATABASE_ERRORS:
            raise DatabaseUnavailable("injected, nothing was done")
        outcome = await self._database.carry_out(work)
        if self._chance.random() < DATABASE_ERRORS:
            raise DatabaseUnavailable("injected, it was done")
        return outcome


class Replica:
    def __init__(self, orders, database, workspace):
        self._chance = random.Random(orders.name)
        self._story, self._name = orders.story, orders.name
        ledger = Ledger(
            PostingTable(Unsteady(database, self._chance)),
            owner=orders.name,
            monotonic=lambda: time.monotonic() * orders.story.speed,
            random=self._chance.random,
            lease=orders.story.lease * orders.story.speed,
        )
        self._poster = Publisher(ledger, self._now, sleep=self._short_sleep)
        self._way = ChannelMessage(workspace)

    def _now(self):
        return self._story.wrong_now(time.monotonic(), self._name)

    async def _short_sleep(self, seconds):
        await asyncio.sleep(seconds / 20)

    async def _message(self):
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        if self._chance.random() < DEFECTS:
            raise LookupError("injected")
        return PostedMessage(Message.of(section(mrkdwn("Good morning"))))

    async def tick(self):
        now = self._now()
        await self._poster.catch_up()
        due = [(team, each) for team in TEAMS for each in due_now(plan(team), now)]
        await asyncio.gather(*(self._deliver(team, each) for team, each in due))

    async def _deliver(self, team, due):
        wanted = plan(team)
        post = ScheduledPost(
            team=team, kind=PostingKind.DIGEST, local_date=due.on, window_ends=due.at + wanted.catch_up
        )
        await self._poster.deliver(post, wanted.channel, self._message, target=self._way)


async def _live(orders):
    async with open_database(orders.database) as database, reaching(orders.slack, orders.name) as workspace:
        replica = Replica(orders, database, workspace)
        while time.monotonic() < orders.story.end:
            await replica.tick()
            await asyncio.sleep(TICK)


def live(orders):
    """Run until the story ends or somebody kills the process; 1 when the database cannot be opened."""
    with Path(orders.log).open("a", buffering=1) as log:
        _write_to(log, orders)
        try:
            asyncio.run(_live(orders))
        except DatabaseUnavailable:
            raise SystemExit(1) from None


def _write_to(log, orders):
    def stamped(_logger, _method, event):
        return event | {"replica": orders.name, "at": round(time.monotonic() - orders.story.begin, 3)}

    structlog.configure(
        processors=[stamped, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(log),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
