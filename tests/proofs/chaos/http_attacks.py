"""What strangers can do to a port that speaks HTTP: each an async function, bounded in bytes and in seconds.

`ATTACKS` has them by name: `await ATTACKS["tiny headers"](host, port, scale)` comes back when it is over, with what was
sent and what came of it. `asking` sends signed commands meanwhile, as Slack does.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

from tests.proofs.bench.signed import Command

MIB: Final = 1024 * 1024
PIECE: Final = 64 * 1024
HEAD: Final = b"POST /slack/events HTTP/1.1\r\nhost: bot\r\n"
CLAIM: Final = (
    b"content-type: application/x-www-form-urlencoded\r\nx-slack-request-timestamp: %d\r\nx-slack-signature: v0=%s\r\n"
)
BETWEEN_BYTES: Final = 0.2
BETWEEN_COMMANDS: Final = 0.05
COMMAND_SECONDS: Final = 3.0
DIALS_AT_ONCE: Final = 100
FULL_BODIES: Final = 300


@dataclass(frozen=True)
class Scale:
    """How hard: floods send `size` bytes on each of `floods` connections, the slow and silent hold `crowd` of them."""

    size: int = 50 * MIB
    floods: int = 8
    crowd: int = 1100
    seconds: float = 12.0


@dataclass
class Outcome:
    """What was sent, how many connections the other side closed, and the status lines it answered with."""

    sent: int = 0
    closed: int = 0
    statuses: Counter = field(default_factory=Counter)


Attack = Callable[[str, int, Scale], Awaitable[Outcome]]


@dataclass(frozen=True)
class Target:
    """Whom, how hard, and what comes of it."""

    host: str
    port: int
    scale: Scale
    outcome: Outcome = field(default_factory=Outcome)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DIALS_AT_ONCE))

    async def connect(self):
        async with self.gate:
            return await asyncio.open_connection(self.host, self.port)


async def _hang_up(writer):
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


async def _read(reader, outcome):
    """Take whatever is answered, and note statuses, until the other side closes."""
    with suppress(OSError):
        while line := await reader.readline():
            if line.startswith(b"HTTP/1.1 "):
                outcome.statuses[int(line.split()[1])] += 1
    outcome.closed += 1


async def _flood(target, begin, unit, *, reads):
    """Send a beginning and then the same again and again; whoever hangs up is dialled again."""
    piece = unit * max(1, PIECE // len(unit))
    left = target.scale.size
    with suppress(TimeoutError):
        async with asyncio.timeout(target.scale.seconds):
            while left > 0:
                left -= await _flood_once(target, begin, piece, left, reads=reads)


async def _flood_once(target, begin, piece, size, *, reads):
    try:
        reader, writer = await target.connect()
    except OSError:
        return len(begin)
    reading = asyncio.create_task(_read(reader, target.outcome)) if reads else None
    sent = len(begin)
    try:
        writer.write(begin)
        while sent < size and not (reading and reading.done()):
            writer.write(piece)
            await writer.drain()
            sent += len(piece)
        if reading is not None:
            await reading
    except OSError:
        pass
    finally:
        target.outcome.sent += sent
        if reading is not None:
            reading.cancel()
            await asyncio.wait({reading})
        await _hang_up(writer)
    return sent


def _flooding(begin, unit, *, reads=True) -> Attack:
    async def attack(host, port, scale):
        target = Target(host, port, scale)
        await asyncio.gather(*(_flood(target, begin, unit, reads=reads) for _ in range(scale.floods)))
        return target.outcome

    return attack


async def _hold(target, begin, drip):
    """Open a connection, begin something, and go on a byte at a time; with nothing to drip, be silent."""
    outcome = target.outcome
    try:
        reader, writer = await target.connect()
    except OSError:
        outcome.closed += 1
        return
    reading = asyncio.create_task(_read(reader, outcome))
    try:
        async with asyncio.timeout(target.scale.seconds):
            writer.write(begin)
            while not reading.done():
                writer.write(drip)
                outcome.sent += len(drip)
                await asyncio.wait({reading}, timeout=BETWEEN_BYTES if drip else None)
    except (OSError, TimeoutError):
        pass
    finally:
        reading.cancel()
        await asyncio.wait({reading})
        await _hang_up(writer)


def _holding(begin, drip) -> Attack:
    async def attack(host, port, scale):
        target = Target(host, port, scale)
        await asyncio.gather(*(_hold(target, begin, drip) for _ in range(scale.crowd)))
        return target.outcome

    return attack


def _streaming(begin, unit):
    """Flood with a chunked body, after a head of which only the signature is wrong."""

    async def attack(host, port, scale):
        head = HEAD + _claim() + b"transfer-encoding: chunked\r\n\r\n"
        return await _flooding(head + begin, unit)(host, port, scale)

    return attack


async def _bodies(host, port, scale):
    """Send long bodies with a signature that might be right until the last byte is there."""
    begin = HEAD + _claim() + b"content-length: %d\r\n\r\n" % scale.size
    return await _flooding(begin, b"x" * PIECE)(host, port, scale)


async def _full_bodies(host, port, scale):
    """Hold many bodies that are nearly as long as they may be."""
    begin = HEAD + _claim() + b"content-length: %d\r\n\r\n" % MIB + b"x" * (MIB - PIECE)
    # More of them would be too much work for whoever sends them, commands included.
    return await _holding(begin, b"x")(host, port, replace(scale, crowd=min(scale.crowd, FULL_BODIES)))


async def _middling_bodies(host, port, scale):
    """Hold many bodies that are as long as a press in a message full of buttons."""
    size = 60 * 1024
    begin = HEAD + _claim() + b"content-length: %d\r\n\r\n" % size + b"x" * (size - 1024)
    return await _holding(begin, b"x")(host, port, scale)


async def _slow_bodies(host, port, scale):
    return await _holding(HEAD + _claim() + b"content-length: 3000\r\n\r\n", b"x")(host, port, scale)


def _claim():
    command = Command.new()
    timestamp = int(command.headers["X-Slack-Request-Timestamp"])
    return CLAIM % (timestamp, b"0" * 64)


ATTACKS: Final[dict[str, Attack]] = {
    "tiny headers": _flooding(HEAD, b"a:b\r\n"),
    "tiny headers without carriage returns": _flooding(HEAD, b"a:b\n"),
    "one long header": _flooding(HEAD + b"a: ", b"x"),
    "one folded header": _flooding(HEAD + b"a: x\r\n", b" x\r\n"),
    "many headers": _flooding(HEAD, b"x-header-of-usual-length: with a usual value\r\n"),
    "a long address": _flooding(b"GET /", b"x"),
    "no line at all": _flooding(b"", b"x"),
    "empty lines": _flooding(b"", b"\r\n"),
    "trailers": _streaming(b"0\r\n", b"a:b\r\n"),
    "a long chunk extension": _streaming(b"1;", b"x"),
    "tiny chunks": _streaming(b"", b"1\r\nx\r\n"),
    "bodies": _bodies,
    "streamed bodies": _streaming(b"", b"2000\r\n%b\r\n" % (b"x" * 8192)),
    "full bodies": _full_bodies,
    "middling bodies": _middling_bodies,
    "pipelined requests": _flooding(b"", b"GET /healthz HTTP/1.1\r\nhost: bot\r\n\r\n"),
    "pipelined requests, answers not read": _flooding(b"", b"GET /healthz HTTP/1.1\r\nhost: b\r\n\r\n", reads=False),
    "pipelined bodies": _flooding(b"", HEAD + b"content-length: 100\r\n\r\n" + b"x" * 100),
    "silent connections": _holding(b"", b""),
    "slow heads": _holding(HEAD, b"x"),
    "slow bodies": _slow_bodies,
}


async def ask(host, port):
    """Send one signed command on a connection of its own; its status, or what came instead of an answer."""
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(Command.new().request)
                line = await reader.readline()
                return int(line.split()[1]) if line else "closed"
            finally:
                await _hang_up(writer)
    except (OSError, TimeoutError) as error:
        return type(error).__name__


@asynccontextmanager
async def asking(host, port) -> AsyncIterator[Counter]:
    """Send signed commands, twenty a second, until the block ends; gives the answers as they are counted."""
    answers: Counter = Counter()
    over = asyncio.Event()

    async def go_on():
        async with asyncio.TaskGroup() as group:
            while not over.is_set():
                group.create_task(count())
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), BETWEEN_COMMANDS)

    async def count():
        answers[await ask(host, port)] += 1

    task = asyncio.create_task(go_on())
    try:
        yield answers
    finally:
        over.set()
        await task
