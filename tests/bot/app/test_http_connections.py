"""What strangers may cost the server: bounds on heads, on what is sent ahead, on slowness and on connections."""

import asyncio
import logging
import socket
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from bot.app.http import EMPTY, asgi_app, serve
from bot.app.http_connections import ConnectionLimits
from bot.runtime.health import Health

GET = b"GET /healthz HTTP/1.1\r\nhost: bot\r\n"
AT_ONCE = 0.05
# Longer than any test takes.
NEVER = 600.0
PATIENT = ConnectionLimits(head_seconds=NEVER, linger_seconds=NEVER, log_seconds=NEVER)


class Line:
    """One connection of a stranger."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    async def send(self, data):
        self._writer.write(data)
        await self._writer.drain()

    async def status(self):
        """Read one answer and give its status; None if the connection is closed instead."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return int(head.split()[1])

    async def begins(self):
        """Wait for the beginning of an answer, or for the end of the connection."""
        with suppress(ConnectionError):
            await self._reader.readline()

    async def is_closed(self):
        """Wait for the end of the connection; whatever is answered before is thrown away."""
        try:
            async with asyncio.timeout(10):
                while await self._reader.read(65536):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def hang_up(self):
        self._writer.transport.abort()


class Harness:
    def __init__(self):
        self.lines = []
        self.server = None

    async def listen(self, bounds):
        self.server = await serve(asgi_app(slack=None, health=Health()), "127.0.0.1", 0, bounds)

    async def connect(self, data=b""):
        line = Line(*await asyncio.open_connection("127.0.0.1", self.server.port))
        self.lines.append(line)
        await line.send(data)
        return line

    async def stop(self):
        for line in self.lines:
            line.hang_up()
        await self.server.stop()


@pytest.fixture
async def harness():
    made = Harness()
    yield made
    await made.stop()


async def test_a_head__under_the_bounds__is_answered(harness):
    await harness.listen(PATIENT)
    long = await harness.connect(GET + b"cookie: " + b"x" * 30_000 + b"\r\n\r\n")
    many = await harness.connect(GET + b"a: b\r\n" * 90 + b"\r\n")
    assert [await long.status(), await many.status()] == [200, 200]


@pytest.mark.parametrize(
    "data",
    [
        GET + b"cookie: " + b"x" * 33_000 + b"\r\n\r\n",
        GET + b"cookie: " + b"x" * 33_000,
        b"GET /" + b"x" * 33_000,
        b"x" * 33_000,
        GET + b"a: b\r\n" * 200 + b"\r\n",
        GET + b"a:b\n" * 200,
    ],
    ids=["long", "long without end", "long address", "no words", "many lines", "many lines without end"],
)
async def test_a_head__over_the_bounds__closes_the_connection(harness, data):
    """50 MiB of header lines once took 9.6 GiB of memory."""
    await harness.listen(PATIENT)
    line = await harness.connect(data)
    assert await line.is_closed()


@pytest.mark.parametrize("data", [b"", b"G", GET, GET + b"x: "])
async def test_a_head__that_is_not_complete_in_time__closes_the_connection(harness, data):
    """1,100 such connections once made the bot deaf."""
    await harness.listen(ConnectionLimits(head_seconds=AT_ONCE))
    line = await harness.connect(data)
    assert await line.is_closed()


async def test_the_second_head__that_is_not_complete_in_time__closes_the_connection(harness):
    await harness.listen(ConnectionLimits(head_seconds=AT_ONCE))
    line = await harness.connect(GET + b"\r\n")
    assert await line.status() == 200
    await line.send(b"GET /healthz HTTP/1.1\r\n")
    assert await line.is_closed()


async def test_a_second_head__begun_while_the_first_is_answered__has_its_time_as_well(harness):
    await harness.listen(ConnectionLimits(head_seconds=AT_ONCE))
    line = await harness.connect(GET + b"\r\n" + b"GET /healthz HTTP/1.1\r\n")
    assert await line.status() == 200
    assert await line.is_closed()


async def test_a_head__sent_byte_by_byte__is_read(harness):
    await harness.listen(PATIENT)
    line = await harness.connect()
    for byte in GET + b"\r\n":
        await line.send(bytes([byte]))
    assert await line.status() == 200


async def test_requests_sent_ahead__a_few__are_all_answered(harness):
    await harness.listen(PATIENT)
    line = await harness.connect((GET + b"\r\n") * 20)
    assert [await line.status() for _ in range(20)] == [200] * 20


async def test_requests_sent_ahead__without_end__close_the_connection(harness):
    """Pipelined requests once took 6.4 GiB of memory."""
    await harness.listen(PATIENT)
    line = await harness.connect((GET + b"\r\n") * 10_000)
    assert await line.is_closed()


async def test_answers__nobody_reads__are_waited_for_no_longer_than_a_head():
    ended = asyncio.Event()

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(2):
            await send({"type": "http.response.body", "body": bytes(32 * 1024 * 1024), "more_body": True})
        ended.set()

    server = await serve(app, "127.0.0.1", 0, ConnectionLimits(head_seconds=AT_ONCE))
    with socket.create_connection(("127.0.0.1", server.port)) as line, capture_logs() as lines:
        line.sendall((GET + b"\r\n") * 2)
        await asyncio.wait_for(ended.wait(), 10)
    assert [told["answers_not_read"] for told in lines if told["event"] == "http.connections_closed"] == [1]
    await server.stop()


async def test_a_newcomer__when_there_are_as_many_as_there_may_be__takes_the_place_of_the_oldest_silent_one(harness):
    """Silent connections once made the bot deaf."""
    await harness.listen(ConnectionLimits(head_seconds=NEVER, connections=3))
    oldest, *others = [await harness.connect() for _ in range(3)]
    newcomer = await harness.connect(GET + b"\r\n")
    assert await newcomer.status() == 200
    assert await oldest.is_closed()
    for other in others:
        await other.send(GET + b"\r\n")
        assert await other.status() == 200


async def test_a_newcomer__takes_the_place_of_the_connection_idle_for_longest(harness):
    await harness.listen(ConnectionLimits(head_seconds=NEVER, connections=2))
    first, second = [await harness.connect(GET + b"\r\n") for _ in range(2)]
    assert [await first.status(), await second.status()] == [200, 200]
    await first.send(GET + b"\r\n")
    assert await first.status() == 200
    newcomer = await harness.connect(GET + b"\r\n")
    assert await newcomer.status() == 200
    assert await second.is_closed()
    await first.send(GET + b"\r\n")
    assert await first.status() == 200


async def test_connections__closed_again_and_again__are_told_in_two_lines(harness):
    await harness.listen(PATIENT)
    with capture_logs() as lines:
        for _ in range(20):
            line = await harness.connect(b"x" * 40_000)
            assert await line.is_closed()
        await harness.stop()
    told = [each for each in lines if each["event"] == "http.connections_closed"]
    assert [(each["head_too_large"], each["log_level"]) for each in told] == [(1, "warning"), (19, "warning")]


@pytest.mark.parametrize(
    "data",
    [
        b"POST /healthz HTTP/1.1\r\nhost: bot\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: bot\r\ntransfer-encoding: chunked\r\n\r\n1\r\nxyz",
        b"GET /healthz HTTP/1.1\r\nhost: bot\r\ncontent-length: 1\r\n\r\n\x00\x00\x00",
        b"GET /healthz HTTP/1.1\r\nhost: bot\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x00\x00\x00",
        b"CONNECT /healthz HTTP/1.1\r\nhost: bot\r\n\r\n\x00\x00\x00",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_what_is_malformed__in_whatever_state__leaves_no_traceback_and_disturbs_nobody(harness, caplog, data):
    await harness.listen(PATIENT)
    with caplog.at_level(logging.DEBUG):
        line = await harness.connect(data)
        await line.begins()
        line.hang_up()
        other = await harness.connect(GET + b"\r\n")
        assert await other.status() == 200
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_what_is_malformed__when_there_are_many_connections__leaves_no_traceback_either(harness, caplog):
    await harness.listen(ConnectionLimits(head_seconds=NEVER, kept_alive=0))
    line = await harness.connect(b"\x16\x03\x01\r\n\r\n")
    assert await line.is_closed()
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_many_connections__are_told_not_to_be_kept_alive(harness):
    await harness.listen(ConnectionLimits(head_seconds=NEVER, kept_alive=1))
    first = await harness.connect(GET + b"\r\n")
    assert await first.status() == 200
    second = await harness.connect(GET + b"\r\n")
    assert await second.status() == 200
    assert await second.is_closed()
    await first.send(GET + b"\r\n")
    assert await first.status() == 200


async def test_a_body__answered_before_its_end__is_thrown_away_and_the_connection_closed(harness):
    await harness.listen(ConnectionLimits(linger_seconds=AT_ONCE))
    line = await harness.connect(GET + b"content-length: 1000000\r\n\r\n" + b"x" * 1000)
    assert await line.status() == 200
    assert await line.is_closed()


async def test_a_body__in_more_chunks_than_there_may_be__is_refused():
    async def app(_scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        await EMPTY.send(send)

    server = await serve(app, "127.0.0.1", 0, ConnectionLimits(chunks=10))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = b"POST / HTTP/1.1\r\nhost: bot\r\ntransfer-encoding: chunked\r\n\r\n"
    writer.write(head + b"1\r\nx\r\n" * 10 + b"0\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"200"
    await reader.readuntil(b"\r\n\r\n")
    writer.write(head + b"1\r\nx\r\n" * 11 + b"0\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"400"
    writer.transport.abort()
    await server.stop()


async def test_requests_under_way__are_not_given_up_for_a_newcomer():
    held, let_go = asyncio.Semaphore(0), asyncio.Event()

    async def app(_scope, _receive, send):
        held.release()
        await let_go.wait()
        await EMPTY.send(send)

    server = await serve(app, "127.0.0.1", 0, ConnectionLimits(connections=2, head_seconds=NEVER))
    dialled = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
    for _, writer in dialled:
        writer.write(GET + b"\r\n")
        await held.acquire()
    newcomer, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert await newcomer.read() == b""
    writer.close()
    let_go.set()
    for reader, writer in dialled:
        assert (await reader.readline()).split()[1] == b"200"
        writer.transport.abort()
    await server.stop()
