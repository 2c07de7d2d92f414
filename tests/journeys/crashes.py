"""A process that ends before it has told anybody, and the one that comes after it."""

import sqlite3
from contextlib import asynccontextmanager, closing

from harbor import ALICE, PAYMENTS, replica_of

from bot.runtime.tasks import BackgroundTasks
from sandbox.faults import Fault


@asynccontextmanager
async def dying(place):
    """Let a process take what Slack delivers, and die with the block: what is under way is cut off."""
    work = BackgroundTasks()
    async with replica_of(place, work=work) as bot:
        place.slack.deliver_to(f"{bot.url}/slack/events")
        yield bot
        await work.drain(0)
    place.slack.mend()
    place.flashduty.mend()


@asynccontextmanager
async def next_one(place, settings=None):
    """Let the next process look after what is open."""
    async with replica_of(place, settings) as bot:
        place.slack.deliver_to(f"{bot.url}/slack/events")
        await bot.tick()
        await place.slack.settled(30)
        yield bot


def told(place, words, user=ALICE, channel=PAYMENTS):
    return [text for text in place.sees(user, channel) if words in text]


def open_actions(place):
    with closing(sqlite3.connect(place.database)) as connection:
        return connection.execute("SELECT action, response_url FROM pending_actions").fetchall()


def silence(place):
    """Let Slack take no word to anybody; whom it asks about, it tells."""
    for way in ("chat.postMessage", "chat.postEphemeral", "response_url", "conversations.replies", "views.update"):
        place.slack.fail(way, Fault.hang(), times=None)
