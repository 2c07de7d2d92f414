"""How long it takes to answer a signed command, against the least that can be done."""

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import aiohttp

from tests.proofs.bench.processes import LOOPBACK, child, connected
from tests.proofs.bench.row import Row, ratio
from tests.proofs.bench.signed import Command, ask

ROUNDS: Final = 12
# Plain Bolt takes about 11 ms for each; fewer of them keep the rounds short.
COMMANDS: Final = {"raw": 100, "guarded": 100, "plain": 10}
GOAL: Final = 3.0
OK: Final = 200

Rounds = list[dict[str, float]]


@dataclass(frozen=True)
class Lines:
    """One connection of each client to one server, both open for the whole run."""

    bare: socket.socket
    session: aiohttp.ClientSession

    async def ask_as_an_app(self, command: Command) -> int:
        """Ask through aiohttp, as another Python program would."""
        async with self.session.post("/slack/events", data=command.body, headers=command.headers) as answer:
            await answer.read()
            return answer.status

    async def ask_barely(self, command: Command) -> int:
        """Ask with ready-made bytes over a blocking socket: next to nothing of the client is in the figure."""
        return ask(self.bare, command.request)


Client = Callable[[Lines, Command], Coroutine[Any, Any, int]]


def measure() -> list[Row]:
    """Ask three processes in turns, each over one connection that stays open; medians over rounds."""
    with ExitStack() as stack:
        ports = {way: stack.enter_context(_serving(way)) for way in COMMANDS}
        app, bare = asyncio.run(_with_both_clients(ports))
    how = (
        f"median over {ROUNDS} interleaved rounds of {COMMANDS['raw']}, one connection; raw on httptools without bounds"
    )
    return [
        ratio(
            "time to answer a signed command: guard + Bolt, over a 25-line raw ASGI verifier",
            f"{how}; the client is aiohttp in another process",
            _over_raw(app, "guarded"),
            GOAL,
            f"{_ms(app, 'guarded')} over {_ms(app, 'raw')}",
        ),
        Row("the same for Bolt's own ASGI adapter with default settings", "the same rounds", _compared(app, "plain")),
        Row(
            "the first two again, without the cost of a client",
            "ready-made bytes over a blocking socket",
            f"guard + Bolt {_compared(bare, 'guarded')}; plain Bolt {_compared(bare, 'plain')}",
        ),
    ]


@contextmanager
def _serving(way: str) -> Iterator[int]:
    with child("tests.proofs.bench.servers", way) as server:
        yield int(server.first_line())


async def _with_both_clients(ports: dict[str, int]) -> tuple[Rounds, Rounds]:
    sessions = {way: aiohttp.ClientSession(f"http://{LOOPBACK}:{port}") for way, port in ports.items()}
    lines = {way: Lines(connected(ports[way]), session) for way, session in sessions.items()}
    try:
        app = await _rounds(lines, Lines.ask_as_an_app)
        return app, await _rounds(lines, Lines.ask_barely)
    finally:
        for line in lines.values():
            line.bare.close()
            await line.session.close()


async def _rounds(lines: dict[str, Lines], client: Client) -> Rounds:
    warming_up_too = [
        {way: await _round(line, client, COMMANDS[way]) for way, line in lines.items()} for _ in range(ROUNDS + 1)
    ]
    return warming_up_too[1:]


async def _round(line: Lines, client: Client, times: int) -> float:
    took = []
    for command in [Command.new() for _ in range(times)]:
        began = time.perf_counter()
        status = await client(line, command)
        took.append(time.perf_counter() - began)
        if status != OK:
            raise RuntimeError(f"a command was answered {status}")
    return median(took)


def _over_raw(rounds: Rounds, way: str) -> float:
    return median(each[way] / each["raw"] for each in rounds)


def _compared(rounds: Rounds, way: str) -> str:
    return f"{_over_raw(rounds, way):.1f} × ({_ms(rounds, way)})"


def _ms(rounds: Rounds, way: str) -> str:
    return f"{median(each[way] for each in rounds) * 1000:.2f} ms"
