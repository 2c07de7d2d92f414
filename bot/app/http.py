"""The HTTP surface: requests of Slack, and health. Bare ASGI under uvicorn."""

import asyncio
import errno
import json
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

import uvicorn
from slack_bolt.response import BoltResponse

from bot.app.http_connections import Bounds, Door, bounded
from bot.app.wrong_paths import WrongPaths
from bot.runtime.health import Health
from bot.runtime.tally import Tally
from bot.runtime.tasks import LoopThrottle
from bot.slack.incoming.http_bodies import ClientDisconnected, Receive, RequestRejected
from bot.slack.incoming.payloads import OVERLOADED_STATUS, PayloadIntake
from bot.slack.incoming.request_verifier import RequestVerifier

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

BACKLOG: Final = 2048
HTTP_ANSWERS_PER_TURN: Final = 20
# Slack keeps connections open between requests; a proxy in front usually waits 60 s.
KEEP_ALIVE_SECONDS: Final = 75
LAST_ANSWERS_SECONDS: Final = 2

TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
AS_JSON: Final = (b"content-type", b"application/json")
OVER_HTTP: Final = "POST /slack/events is the one for Slack: the Request URL of the app ends in it"
NOT_OVER_HTTP: Final = "GET /healthz and /readyz: with SLACK_APP_TOKEN set, Slack is not expected here"
NO_STORE: Final = (b"cache-control", b"no-store")
# Told of a request besides its body: which delivery of it this is, and the signature, by which a replay is recognised.
PASSED_ON: Final = frozenset({b"x-slack-retry-num", b"x-slack-retry-reason", b"x-slack-signature"})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole HTTP answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = (TEXT,)

    async def send(self, send: Send) -> None:
        """Hand it to the server."""
        length = (b"content-length", str(len(self.body)).encode())
        headers = [*self.headers, length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


Endpoint = Callable[[Scope, Receive], Awaitable[HttpAnswer]]
Routes = Mapping[str, Mapping[str, Endpoint]]

EMPTY: Final = HttpAnswer(200)
NOT_FOUND: Final = HttpAnswer(404, b"There is nothing here.")
ALIVE: Final = HttpAnswer(200, b'{"alive": true}', (AS_JSON, NO_STORE))


class SlackEndpoint:
    """The Request URL: what the verifier admits goes to Bolt."""

    def __init__(self, verifier: RequestVerifier, intake: PayloadIntake) -> None:
        self._verifier = verifier
        self._intake = intake
        self._throttle = LoopThrottle(HTTP_ANSWERS_PER_TURN)
        # By sentence: the verifier has a handful of them.
        self._refusals: dict[str, Tally] = {}

    async def answer(self, scope: Scope, receive: Receive) -> HttpAnswer:
        """Answer a request on the Request URL; raises ClientDisconnected."""
        try:
            body = await self._verifier.admit(scope["headers"], receive)
            return EMPTY if body is None else await self._dispatch(body, scope)
        except RequestRejected as refusal:
            tally = Tally("http.refused", status=refusal.status, why=refusal.sentence)
            self._refusals.setdefault(refusal.sentence, tally).count("requests")
            return HttpAnswer(refusal.status, refusal.sentence.encode())

    async def _dispatch(self, body: dict[str, Any], scope: Scope) -> HttpAnswer:
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in PASSED_ON}
        await self._throttle.wait()
        response = await self._intake.answer(body, headers)
        if response.status == OVERLOADED_STATUS:
            # Slack sends it again at once: the same bytes, perhaps signed in the same second.
            self._verifier.forget(scope["headers"])
        return _answer_of(response)


def _answer_of(response: BoltResponse) -> HttpAnswer:
    headers = tuple(
        (name.encode(), value.encode())
        for name, values in response.headers.items()
        for value in values
        if name != "content-length"
    )
    return HttpAnswer(response.status, response.body.encode(), headers)


def surface(*, slack: SlackEndpoint | None, health: Health) -> AsgiApp:
    """Build the ASGI application; without `slack` (Socket Mode) it answers about health only."""

    async def alive(_scope: Scope, _receive: Receive) -> HttpAnswer:
        return ALIVE

    async def ready(_scope: Scope, _receive: Receive) -> HttpAnswer:
        is_ready, details = health.readiness()
        body = json.dumps(details, ensure_ascii=False).encode()
        return HttpAnswer(200 if is_ready else 503, body, (AS_JSON, NO_STORE))

    routes: dict[str, dict[str, Endpoint]] = {
        "/healthz": {"GET": alive, "HEAD": alive},
        "/readyz": {"GET": ready, "HEAD": ready},
    }
    if slack is not None:
        routes["/slack/events"] = {"POST": slack.answer}
    return _routed(routes, WrongPaths(NOT_OVER_HTTP if slack is None else OVER_HTTP))


def _routed(routes: Routes, wrong: WrongPaths) -> AsgiApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"uvicorn was told to bring HTTP only, and brought {scope['type']}")
        try:
            answer = await _answered(routes, wrong, scope, receive=receive)
        except ClientDisconnected:
            return
        await answer.send(send)

    return app


async def _answered(routes: Routes, wrong: WrongPaths, scope: Scope, receive: Receive) -> HttpAnswer:
    methods = routes.get(scope["path"])
    if methods is None:
        wrong.note(scope["method"], scope["path"], scope["headers"])
        return NOT_FOUND
    endpoint = methods.get(scope["method"])
    if endpoint is None:
        allowed = ", ".join(methods)
        return HttpAnswer(405, f"Only {allowed} here.".encode(), (TEXT, (b"allow", allowed.encode())))
    return await endpoint(scope, receive)


class CannotListen(OSError):  # noqa: N818 - the sentence an operator reads
    """The address cannot be listened on; the text says why and what to do."""


@dataclass(frozen=True)
class Server:
    """A listening web server."""

    host: str
    port: int
    _uvicorn: uvicorn.Server = field(repr=False)
    _door: Door = field(repr=False)
    _socket: socket.socket = field(repr=False)
    _running: asyncio.Task[None] = field(repr=False)

    @property
    def url(self) -> str:
        """Where it listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def stop(self) -> None:
        """Listen no more, and wait up to 2 s for answers under way."""
        self._uvicorn.should_exit = True
        await self._running
        await self._uvicorn.shutdown([self._socket])
        self._door.closed.close()


async def serve(app: AsgiApp, host: str, port: int, bounds: Bounds | None = None) -> Server:
    """Listen on an address until stopped; port 0 takes a free one. Raises CannotListen."""
    listening = _listen(host, port)
    door = Door(bounds or Bounds())
    config = _config(app, door)
    config.load()
    server = uvicorn.Server(config)
    # The parts of `Server.serve()` without its signal handlers: SIGTERM belongs to the whole process.
    server.lifespan = config.lifespan_class(config)
    await server.startup([listening])
    running = asyncio.create_task(server.main_loop(), name="web server")
    return Server(host, listening.getsockname()[1], server, _door=door, _socket=listening, _running=running)


def _config(app: AsgiApp, door: Door) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded(door),
        ws="none",
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        raise CannotListen(_why(error, host, port)) from None


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is taken by another process. Stop that one, or set PORT to another number."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}. Set PORT to a number from 1024 on."
    return f"Cannot listen on {host}:{port} ({error.strerror}). Look at HOST and PORT."
