"""Ends and beginnings: SIGTERM with work under way, with a Slack that hangs, and while the start waits for somebody."""

import asyncio
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from tests.bench.processes import LOOPBACK, free_port
from tests.chaos.line import Line
from tests.chaos.place import ALICE, PAYMENTS, Place, Transport, environment, place, start

COMMANDS: Final = 100
# Docker kills ten seconds after SIGTERM.
DOCKER_SECONDS: Final = 10.0
WAITS: Final = 3.0
TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")


async def lines() -> AsyncIterator[Line]:
    """End the bot in every awkward moment."""
    for transport in TRANSPORTS:
        async with place(transport) as here:
            yield await _with_work_under_way(here)
        async with place(transport) as here:
            yield await _while_slack_hangs(here)
    for waiting in (_a_locked_database, _a_server_that_says_nothing):
        yield await _while_it_starts(waiting)


async def _with_work_under_way(here: Place) -> Line:
    """Send SIGTERM a moment after many commands were acknowledged and before they are answered."""
    await here.warm()
    here.flashduty.fail("*", Fault.delay(1.0), times=None)
    seen = len(here.slack.seen_by(ALICE, PAYMENTS))
    deliveries = await asyncio.gather(
        *(here.slack.command(ALICE, PAYMENTS, "/flashduty incidents") for _ in range(COMMANDS))
    )
    here.bot.terminate()
    code = await here.bot.ended()
    acked = sum(delivery.acked for delivery in deliveries)
    told = len(here.slack.seen_by(ALICE, PAYMENTS)) - seen
    broken = [
        *([f"{acked - told} acknowledged commands were never answered"] if told < acked else []),
        *([f"it ended with {code}"] if code != 0 else []),
    ]
    counts = {"commands": COMMANDS, "acked": acked, "answered": told, "exit code": -1 if code is None else code}
    return Line("SIGTERM with commands under way", here.transport, counts, tuple(broken))


async def _while_slack_hangs(here: Place) -> Line:
    """Send SIGTERM while no call of Slack's is answered: the drain ends by itself before Docker kills."""
    await here.warm()
    here.slack.fail("*", Fault.hang(), times=None)
    deliveries = await asyncio.gather(*(here.slack.command(ALICE, PAYMENTS, "/flashduty help") for _ in range(40)))
    here.bot.terminate()
    code = await here.bot.ended(DOCKER_SECONDS)
    broken = [] if code == 0 else [f"it ended with {code}" if code is not None else "it had to be killed"]
    counts = {"commands": len(deliveries), "ended by itself": int(code is not None)}
    return Line("SIGTERM while Slack hangs", here.transport, counts, tuple(broken))


@contextmanager
def _a_locked_database(folder: Path) -> Iterator[dict[str, str]]:
    path = folder / "locked.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield {"DATABASE_URL": f"sqlite:///{path}"}
    finally:
        other.close()


@contextmanager
def _a_server_that_says_nothing(_folder: Path) -> Iterator[dict[str, str]]:
    with socket.create_server((LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        yield {"DATABASE_URL": f"postgresql://bot:made-up-password@{LOOPBACK}:{port}/bot"}


WAITED_FOR: Final = {
    _a_locked_database: "a locked SQLite file",
    _a_server_that_says_nothing: "a PostgreSQL that says nothing",
}


async def _while_it_starts(waiting: object) -> Line:
    """Send SIGTERM to a bot that waits for its database; it says what it waits for, and ends."""
    clock = Clock()
    slack = PretendSlack(clock=clock)
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(clock.now()))
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        async with slack, flashduty:
            with waiting(folder) as database:  # type: ignore[operator]
                given = environment(slack, flashduty, "socket", free_port()) | database
                bot = await start(given, folder / "bot.log")
                said = await _says(bot, "DATABASE_URL")
                bot.terminate()
                code = await bot.ended(DOCKER_SECONDS)
        tracebacks = bot.tracebacks
    broken = [
        *(["it did not say what it waits for"] if not said else []),
        *(["SIGTERM was ignored"] if code is None else []),
        *([f"{tracebacks} tracebacks"] if tracebacks else []),
    ]
    counts = {"said": int(said), "ended by itself": int(code is not None), "tracebacks": tracebacks}
    return Line(f"SIGTERM while starting waits for {WAITED_FOR[waiting]}", "start", counts, tuple(broken))  # type: ignore[index]


async def _says(bot: object, words: str) -> bool:
    for _ in range(200):
        if bot.count_logged(words):  # type: ignore[attr-defined]
            return True
        await asyncio.sleep(0.05)
    return False
