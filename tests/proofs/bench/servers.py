"""The three ways to answer a command that are compared, each a process of its own.

Ours is served as the bot serves it, with bounds; the others by uvicorn at its fastest, with none.
"""

import asyncio
import hashlib
import hmac
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, cast

import uvicorn
import uvloop
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.http import AsgiApp, SlackEndpoint, asgi_app, serve
from bot.runtime import logs
from bot.runtime.health import Health
from bot.runtime.tasks import BackgroundTasks
from bot.slack.incoming.payloads import PayloadIntake
from bot.slack.incoming.request_verifier import RequestVerifier
from tests.proofs.bench.signed import SECRET


async def raw(scope: Any, receive: Any, send: Any) -> None:
    """Verify a signature and say 200: the least that any bot has to do."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    headers = dict(scope["headers"])
    timestamp = headers.get(b"x-slack-request-timestamp", b"")
    given = headers.get(b"x-slack-signature", b"")
    status = 401
    if timestamp.isdigit() and abs(time.time() - int(timestamp)) <= 300:
        signed = b"v0:" + timestamp + b":" + body
        expected = b"v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest().encode()
        if hmac.compare_digest(expected, given):
            status = 200
    head = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b""})


def guarded() -> AsgiApp:
    """Build our way: the guard, Bolt told to wait for its listener, and a registry that takes the work."""
    app = AsyncApp(
        client=AsyncWebClient(),
        authorize=_authorize,
        signing_secret="",
        request_verification_enabled=False,
        process_before_response=True,
    )
    work = BackgroundTasks()
    _register(app, work)
    guard = RequestVerifier(SECRET, now=lambda: datetime.now(UTC))
    return asgi_app(slack=SlackEndpoint(guard, PayloadIntake(app, work)), health=Health())


def plain() -> AsgiApp:
    """Build Bolt's own way: its ASGI adapter, every setting as it comes."""
    app = AsyncApp(client=AsyncWebClient(), authorize=_authorize, signing_secret=SECRET)
    _register(app, BackgroundTasks())
    return cast("AsgiApp", AsyncSlackRequestHandler(app))


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0HARBOR", bot_id="B0FLASHBOT", bot_user_id="U0FLASHBOT")


def _register(app: AsyncApp, work: BackgroundTasks) -> None:
    async def on_command(ack: AsyncAck) -> None:
        await ack()
        work.start(asyncio.sleep(0), name="work")

    app.command("/flashduty")(on_command)


WAYS: Final[dict[str, Callable[[], AsgiApp]]] = {"raw": lambda: raw, "plain": plain}


async def main(way: str) -> None:
    """Serve until SIGTERM; the first line printed is the port."""
    # Nobody reads on after the port.
    logs.configure("error", "json", stream=sys.stderr)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with _bounded(guarded()) if way == "guarded" else _fastest(WAYS[way]()) as port:
        print(port, flush=True)  # noqa: T201 - read by the benchmark
        await stop.wait()


@asynccontextmanager
async def _bounded(app: AsgiApp) -> AsyncIterator[int]:
    server = await serve(app, "127.0.0.1", 0)
    yield server.port
    await server.stop()


@asynccontextmanager
async def _fastest(app: AsgiApp) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app, http="httptools", ws="none", interface="asgi3", lifespan="off", access_log=False, log_config=None
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await server.startup([listening])
        running = asyncio.create_task(server.main_loop())
        yield listening.getsockname()[1]
        server.should_exit = True
        await running
        await server.shutdown([listening])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1]))
