"""What the cards of a team cost while nothing happens: calls to Flashduty, and rows and statements of the database."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.app.process import Bot, running
from bot.config.settings import Settings
from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from tests.proofs.bench.fast_loop import FastTime
from tests.proofs.bench.living_place import FLASHDUTY_CHANNEL, environ_of
from tests.proofs.bench.row import Row

SPEED: Final = 10.0
# The pause between two polls grows meanwhile.
BEFORE: Final = 180.0
COUNTED: Final = 300.0
PATIENCE: Final = 60.0
HOUR: Final = 3600.0
# How many incidents are open, and the most calls an hour: a poll a minute; or one every 20 s with a timeline each.
MOST_CALLS: Final = {0: 66, 50: 400}
# A lease that is renewed every five seconds, and at each poll when the incidents were read last.
MOST_WRITES: Final = {"leases": 740, "sync_states": 190}
MOST_STATEMENTS: Final = 3600 + 720 * 5 + 1500
_TABLES: Final = re.compile(r"\b(cards|card_storms|incident_hints|leases|sync_states)\b")
_WRITES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")


@dataclass
class Counts:
    """Calls to Flashduty, statements about cards, and the rows they have written, by table."""

    calls: Counter[str] = field(default_factory=Counter)
    statements: int = 0
    written: Counter[str] = field(default_factory=Counter)


def measure() -> list[Row]:
    """Count with nothing open, and with fifty open incidents that do not change."""
    return [row for open_ones in MOST_CALLS for row in rows(open_ones, counted(open_ones, BEFORE, COUNTED), COUNTED)]


def counted(open_ones: int, before: float, seconds: float) -> Counts:
    """Count for so many seconds, after so many."""
    fast = FastTime()
    with asyncio.Runner(loop_factory=lambda: fast.loop) as runner:
        return runner.run(_counted(open_ones, before, seconds, fast=fast))


async def _counted(open_ones: int, before: float, seconds: float, *, fast: FastTime) -> Counts:
    clock = Clock()
    slack = PretendSlack(clock=clock, calls_a_minute={})
    account = harbor_account(clock.now())
    account.incidents.clear()
    flashduty = PretendFlashduty(clock=clock, account=account)
    flashduty.rate_limit.is_on = False
    async with slack, flashduty:
        settings = Settings.load(environ_of(slack, flashduty, 0), None, None)
        async with running(settings, monotonic=fast.now) as bot:
            await bot.cards.look()
            await _raise(bot, flashduty, open_ones)
            fast.speed = SPEED
            await asyncio.sleep(before)
            counts, known = Counts(), len(flashduty.calls)
            with _counting(counts):
                await asyncio.sleep(seconds)
            counts.calls.update(call.path for call in flashduty.calls[known:])
            fast.speed = 1.0
    return counts


async def _raise(bot: Bot, flashduty: PretendFlashduty, count: int) -> None:
    """Raise incidents, and wait until the thread of each was told."""
    for number in range(count):
        flashduty.raise_incident(
            title=f"Host {number} is gone", severity="Warning", flashduty_channel=FLASHDUTY_CHANNEL
        )
    await bot.cards.look()
    async with asyncio.timeout(PATIENCE):
        while True:
            read = sum(call.path == "/incident/feed" for call in flashduty.calls)
            if read >= count and not bot.work.in_progress:
                return
            await asyncio.sleep(0.1)


@contextmanager
def _counting(counts: Counts) -> Iterator[None]:
    def count(_connection: object, cursor: Any, statement: str, parameters: object, *_more: object) -> None:
        found = _TABLES.search(statement)
        # Of what others have as well only the rows of the cards: the others are counted elsewhere.
        if found is None or (found[1] in MOST_WRITES and "cards " not in str(parameters)):
            return
        counts.statements += 1
        if (written := _WRITES.match(statement)) and cursor.rowcount > 0:
            counts.written[written[1]] += 1

    event.listen(Engine, "after_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", count)


def rows(open_ones: int, counts: Counts, seconds: float) -> list[Row]:
    """Make the rows of what was counted."""
    share = HOUR / seconds
    who = f"one team with cards, {open_ones} open incidents" if open_ones else "one team with cards, nothing open"
    how = f"the real bot on a clock that is {SPEED:.0f} times as fast; {seconds / 60:.0f} minutes, as an hour"
    calls = round(sum(counts.calls.values()) * share)
    each = ", ".join(f"{round(count * share)} of {path}" for path, count in counts.calls.most_common())
    written = {table: round(count * share) for table, count in counts.written.items()}
    statements = round(counts.statements * share)
    return [
        Row(
            f"calls to Flashduty in an hour in which nothing happens, {who}",
            f"{how}; a plain poll every 20 s makes 180",
            f"{calls / 180:.2f} × ({calls}: {each})",
            f"≤ {MOST_CALLS[open_ones]} calls",
            calls <= MOST_CALLS[open_ones],
        ),
        Row(
            f"rows that cards write in that hour, {who}",
            "statements of SQLAlchemy that changed a row",
            ", ".join(f"{count} in {table}" for table, count in sorted(written.items())),
            ", ".join(f"≤ {most} in {table}" for table, most in MOST_WRITES.items()) + ", no others",
            all(count <= MOST_WRITES.get(table, 0) for table, count in written.items()),
        ),
        Row(
            f"statements of cards in that hour, {who}",
            "reads included, without BEGIN and COMMIT",
            str(statements),
            f"≤ {MOST_STATEMENTS}",
            statements <= MOST_STATEMENTS,
        ),
    ]
