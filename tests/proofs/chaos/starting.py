"""Beginnings: signals while the start waits for somebody, and Socket Mode handshakes that are never answered."""

import asyncio
import signal
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from tests.proofs.bench.processes import LOOPBACK, free_port
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import Place, Process, environment, place, start
from tests.proofs.chaos.together import together

# Docker kills ten seconds after SIGTERM.
DOCKER_SECONDS: Final = 10.0
# A handshake that hangs is given up after 10 s; in 0.1 the bot was deaf for 305.
DEAF_SECONDS: Final = 40.0
COMMANDS: Final = 3
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
Waiting = Callable[[Path, PretendSlack], AbstractContextManager[Mapping[str, str]]]


async def lines() -> AsyncIterator[Line]:
    """Let the start wait for each of its partners, and send it both signals; then let handshakes hang."""
    makings = [_while_it_starts(what, number) for what in WAITED_FOR for number in SIGNALS]
    async for line in together([*makings, _handshakes_that_hang(1), _handshakes_that_hang(2)]):
        yield line


@contextmanager
def _a_locked_database(folder: Path, _slack: PretendSlack) -> Iterator[Mapping[str, str]]:
    path = folder / "locked.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield {"DATABASE_URL": f"sqlite:///{path}"}
    finally:
        other.close()


@contextmanager
def _a_server_that_says_nothing(_folder: Path, _slack: PretendSlack) -> Iterator[Mapping[str, str]]:
    with socket.create_server((LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        yield {"DATABASE_URL": f"postgresql://bot:made-up-password@{LOOPBACK}:{port}/bot"}


def _a_slack_that_hangs(method: str) -> Waiting:
    @contextmanager
    def hanging(folder: Path, slack: PretendSlack) -> Iterator[Mapping[str, str]]:
        slack.fail(method, Fault.hang(), times=None)
        yield {"DATABASE_URL": f"sqlite:///{folder}/bot.db"}

    return hanging


# What is waited for, and the word of the line that says so.
WAITED_FOR: Final[Mapping[str, tuple[Waiting, str]]] = {
    "a locked SQLite file": (_a_locked_database, "DATABASE_URL"),
    "a PostgreSQL that says nothing": (_a_server_that_says_nothing, "DATABASE_URL"),
    "a Slack whose auth.test hangs": (_a_slack_that_hangs("auth.test"), "SLACK_API_URL"),
    "a Slack whose apps.connections.open hangs": (_a_slack_that_hangs("apps.connections.open"), "SLACK_API_URL"),
}


async def _while_it_starts(what: str, number: signal.Signals) -> Line:
    """Send a signal to a bot that waits; it says once what it waits for, and ends."""
    waiting, word = WAITED_FOR[what]
    clock = Clock()
    slack = PretendSlack(clock=clock, calls_a_minute={})
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(clock.now()))
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        async with slack, flashduty:
            with waiting(folder, slack) as database:
                given = {**environment(slack, flashduty, "socket", free_port()), **database}
                bot = await start(given, folder / "bot.log")
                said = await _says(bot, word)
                bot.process.send_signal(number)
                code = await bot.ended(DOCKER_SECONDS)
        times, tracebacks = _said(bot, word), bot.tracebacks
    broken = [
        *(["it did not say what it waits for"] if not said else []),
        *([f"it said {times} times that it waits"] if times > 1 else []),
        *([f"{number.name} was ignored"] if code is None else []),
        *([f"it ended with {code}"] if code else []),
        *([f"{tracebacks} tracebacks"] if tracebacks else []),
    ]
    counts = {"said": times, "ended by itself": int(code is not None), "tracebacks": tracebacks}
    return Line(f"{number.name} while starting waits for {what}", "start", counts, tuple(broken))


async def _says(bot: Process, word: str) -> bool:
    """Wait for the line; a busy machine may have one of a partner that is only slow before it."""
    for _ in range(400):
        if _said(bot, word) or not bot.is_running:
            break
        await asyncio.sleep(0.05)
    return _said(bot, word) > 0


def _said(bot: Process, word: str) -> int:
    return sum("process.waiting" in str(line) and word in str(line) for line in bot.logged())


async def _handshakes_that_hang(times: int) -> Line:
    """Cut the connection, and answer none of the next handshakes."""
    async with place("socket") as here:
        await here.warm()
        here.slack.hang_handshakes(times)
        here.slack.drop_sockets()
        away = await _is_away(here)
        back = await here.comes(lambda: here.slack.connections > 0, DEAF_SECONDS * times)
        answered = await here.answered(COMMANDS)
        tracebacks = here.bot.tracebacks
    broken = [
        *([] if away else ["/readyz said nothing of a bot without a connection"]),
        *([] if back else ["it stayed without a connection"]),
        *([f"{COMMANDS - answered} commands were not answered"] if answered < COMMANDS else []),
        *([f"{tracebacks} tracebacks"] if tracebacks else []),
    ]
    counts = {"handshakes": times, "connected again": int(back), "commands": COMMANDS, "answered": answered}
    return Line("handshakes that are never answered", "socket", counts, tuple(broken))


async def _is_away(here: Place) -> bool:
    for _ in range(100):
        if (await here.bot.readiness())[0] == 503:
            return True
        await asyncio.sleep(0.05)
    return False
