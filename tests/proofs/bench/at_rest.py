"""What the bot asks of its database in an hour in which nothing is due and nobody asks: statements, counted."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.app.process import Bot, running
from bot.config.settings import Settings
from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack
from tests.proofs.bench.processes import database
from tests.proofs.bench.row import Row
from tests.proofs.bench.twenty_teams import NINE, TEAMS, account, environ, workspace

HOUR: Final = timedelta(hours=1)
# Of the night: no digest is due, no shift ends.
BEGINS: Final = NINE - timedelta(hours=6)
COUNTS: Final = (1, len(TEAMS))
# Slack sets six topics at once and one in five seconds after that; nobody needs to wait for the others here.
TOPICS: Final = 5
LEASES: Final = "leases"
# Three a minute for the replica, whatever the number of teams (`bot.storage.replicas`), and four for each topic.
MOST_WRITES: Final = 185
MOST_WRITES_PER_TOPIC: Final = 5
MOST_STATEMENTS: Final = 2000
MOST_STATEMENTS_PER_TEAM: Final = 200
WRITES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")


@dataclass
class Statements:
    """All statements, and by table the rows that were written."""

    every: int = 0
    written: Counter[str] = field(default_factory=Counter)


_counted: ContextVar[Statements | None] = ContextVar("counted", default=None)


def measure() -> list[Row]:
    """Count for one team and for twenty."""
    return [row for teams in COUNTS for row in asyncio.run(_measured(teams))]


async def _measured(teams: int) -> list[Row]:
    clock = Clock(BEGINS, frozen=True)
    slack = PretendSlack(clock=clock, workspace=workspace(), calls_a_minute={})
    flashduty = PretendFlashduty(clock=clock, account=account())
    async with slack, flashduty:
        settings = Settings.load(_environ(slack, flashduty.url, teams), None, None)
        async with running(settings, clock=clock.now) as bot:
            slack.busy_while(lambda: bot.work.in_progress > 0)
            await bot.tick()
            with _counting() as statements:
                await _an_hour(bot, clock)
    return _rows(teams, statements)


async def _an_hour(bot: Bot, clock: Clock) -> None:
    """Let every job run as often as it does in an hour, in the order of time."""
    begins = clock.now()
    due = sorted((n * interval, interval) for interval in bot.rounds for n in range(1, HOUR // interval + 1))
    for passed, interval in due:
        clock.move_to(begins + passed)
        await bot.rounds[interval]()


def _environ(slack: PretendSlack, url: str, teams: int) -> Mapping[str, str]:
    whole = environ(slack, url) | {"DATABASE_URL": database()}
    left_out = tuple(f"FLASHDUTY_TEAMS__T{team:02}__" for team in TEAMS if team > teams)
    notices = {f"FLASHDUTY_TEAMS__T{team:02}__SHIFT_NOTICES": "channel" for team in TEAMS}
    topics = {f"FLASHDUTY_TEAMS__T{team:02}__TOPIC": "true" for team in TEAMS if team <= TOPICS}
    return {name: value for name, value in (whole | notices | topics).items() if not name.startswith(left_out)}


@contextmanager
def _counting() -> Iterator[Statements]:
    """Count the statements of what is awaited in the block, and not those of the bot's own scheduler beside it."""
    statements = Statements()
    token = _counted.set(statements)
    event.listen(Engine, "after_cursor_execute", _count)
    try:
        yield statements
    finally:
        event.remove(Engine, "after_cursor_execute", _count)
        _counted.reset(token)


def _count(_connection: object, cursor: Any, statement: str, *_more: object) -> None:
    statements = _counted.get()
    if statements is None:
        return
    statements.every += 1
    if (written := WRITES.match(statement)) and cursor.rowcount:
        statements.written[written[1]] += 1


def _rows(teams: int, statements: Statements) -> list[Row]:
    who = "one team" if teams == 1 else f"{teams} teams"
    elsewhere = {table: count for table, count in statements.written.items() if table != LEASES}
    leases = statements.written[LEASES]
    most_writes = MOST_WRITES + MOST_WRITES_PER_TOPIC * min(teams, TOPICS)
    most_statements = MOST_STATEMENTS + MOST_STATEMENTS_PER_TEAM * teams
    return [
        Row(
            f"rows written in an hour at rest, {who}",
            "statements of SQLAlchemy that changed a row, in an hour of the night; shift notices are on, and topics for"
            f" {min(teams, TOPICS)}",
            f"{leases} renewals of leases" + "".join(f", {count} in {table}" for table, count in elsewhere.items()),
            f"≤ {most_writes}, leases only",
            leases <= most_writes and not elsewhere,
        ),
        Row(
            f"statements in an hour at rest, {who}",
            "all of them, reads included, without BEGIN and COMMIT",
            str(statements.every),
            f"≤ {most_statements}",
            statements.every <= most_statements,
        ),
    ]
