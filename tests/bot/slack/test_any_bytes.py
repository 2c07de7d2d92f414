"""Whatever bytes arrive, in whatever order and pace: no traceback, nothing left over, and the next is answered."""

import asyncio
import logging
import os
import random
from contextlib import suppress

from bot.app.http import asgi_app, serve
from bot.app.http_connections import ConnectionLimits
from bot.runtime.health import Health

STREAMS = 2000 if os.environ.get("FULL_PROOF") == "1" else 240
AT_A_TIME = 30
GET = b"GET /healthz HTTP/1.1\r\nhost: bot\r\n\r\n"
PIECES = [
    b"GET /healthz HTTP/1.1\r\n",
    b"HEAD /readyz HTTP/1.1\r\nhost: bot\r\n\r\n",
    b"POST /slack/events HTTP/1.1\r\n",
    b"GET http://bot/healthz HTTP/1.1\r\nhost: bot\r\n\r\n",
    b"GET /%ff%zz HTTP/1.1\r\nhost: bot\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nhost: bot\r\n\r\n",
    b"CONNECT bot:1 HTTP/1.1\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"host: bot\r\n",
    b"content-length: 10\r\n",
    b"content-length: -1\r\n",
    b"transfer-encoding: chunked\r\n",
    b"transfer-encoding: gzip\r\n",
    b"connection: close\r\n",
    b"connection: upgrade\r\nupgrade: websocket\r\n",
    b"expect: 100-continue\r\n",
    b"a:b\n" * 60,
    b"x" * 20_000,
    b"x" * 10,
    b"5\r\nhello\r\n",
    b"zz\r\n",
    b"0\r\n\r\n",
    b"0\r\na: b\r\n\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"\x00\x16",
    GET,
]


async def stranger(port, chance):
    """Send a few handfuls of pieces, whole or cut off, and go in one of the ways there are."""
    with suppress(OSError, TimeoutError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for _ in range(chance.randint(1, 4)):
                data = b"".join(chance.choice(PIECES) for _ in range(chance.randint(1, 12)))
                writer.write(data[: chance.randint(0, len(data))] if chance.random() < 0.2 else data)
                await asyncio.sleep(0)
            if chance.random() < 0.5:
                async with asyncio.timeout(1):
                    while await reader.read(65_536):
                        pass
        finally:
            writer.transport.abort()


async def test_any_bytes__leave_nothing_behind_and_nobody_unanswered(seed, caplog):
    chance = random.Random(seed)
    wrong = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: wrong.append(context))
    bounds = ConnectionLimits(head_seconds=0.3, linger_seconds=0.1, connections=20, kept_alive=10, log_seconds=600)
    server = await serve(asgi_app(slack=None, health=Health()), "127.0.0.1", 0, bounds)
    for _ in range(STREAMS // AT_A_TIME):
        await asyncio.gather(*(stranger(server.port, chance) for _ in range(AT_A_TIME)))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(GET)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.transport.abort()
    await server.stop()
    assert wrong == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
