"""The HTTP server: requests of Slack, and health. Plain ASGI under uvicorn."""

import asyncio
import errno
import json
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

import uvicorn
from slack_bolt.response import BoltResponse

from bot.app.http_connections import ConnectionLimiter, ConnectionLimits, limited_protocol
from bot.app.wrong_paths import WrongPaths
from bot.cards.webhooks.address import WEBHOOK_PATH
from bot.cards.webhooks.receiver import WebhookReceiver
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
HTTP_REQUESTS_PER_ITERATION: Final = 20
# Slack keeps connections open between requests; a proxy in front usually waits 60 s.
KEEP_ALIVE_TIMEOUT: Final = 75
LAST_RESPONSES_TIMEOUT: Final = 2

TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
AS_JSON: Final = (b"content-type", b"application/json")
PATH_IN_HTTP_MODE: Final = "POST /slack/events is the one for Slack: the Request URL of the app ends in it"
PATH_OF_WEBHOOKS: Final = "POST /flashduty/webhook/<team> is the one for Flashduty, the team in lower case; "
PATH_IN_SOCKET_MODE: Final = "GET /healthz and /readyz: with SLACK_APP_TOKEN set, Slack is not expected here"
NO_STORE: Final = (b"cache-control", b"no-store")
# Passed on besides the body: the number of the delivery, and the signature, by which a replay is recognised.
FORWARDED_HEADERS: Final = frozenset({b"x-slack-retry-num", b"x-slack-retry-reason", b"x-slack-signature"})


@dataclass(frozen=True, slots=True)
class AsgiResponse:
    """A complete HTTP response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = (TEXT,)

    async def send(self, send: Send) -> None:
        """Send it through the ASGI server."""
        length = (b"content-length", str(len(self.body)).encode())
        headers = [*self.headers, length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


Endpoint = Callable[[Scope, Receive], Awaitable[AsgiResponse]]
Methods = Mapping[str, Endpoint]
Routes = Mapping[str, Methods]
"""Endpoints by path and method; a path that ends with a slash is for all below it."""

EMPTY: Final = AsgiResponse(200)
NOT_FOUND: Final = AsgiResponse(404, b"There is nothing here.")
ALIVE: Final = AsgiResponse(200, b'{"alive": true}', (AS_JSON, NO_STORE))


class _Refusals:
    """Logs refused requests, counted by sentence, of which there are few."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._tallies: dict[str, Tally] = {}

    def response(self, refusal: RequestRejected) -> AsgiResponse:
        tally = Tally(self._event, status=refusal.status, why=refusal.sentence)
        self._tallies.setdefault(refusal.sentence, tally).count("requests")
        return AsgiResponse(refusal.status, refusal.sentence.encode())


class WebhookEndpoint:
    """The endpoint of Flashduty's webhooks, one path for each team."""

    def __init__(self, receiver: WebhookReceiver) -> None:
        self._receiver = receiver
        self._refusals = _Refusals("webhook.refused")

    async def answer(self, scope: Scope, receive: Receive) -> AsgiResponse:
        """Answer a delivery; raises ClientDisconnected."""
        team = scope["path"].removeprefix(WEBHOOK_PATH)
        try:
            return AsgiResponse(200, (await self._receiver.answer(team, scope["headers"], receive)).encode())
        except RequestRejected as refusal:
            return self._refusals.response(refusal)


class SlackEndpoint:
    """The Request URL: passes verified requests to Bolt."""

    def __init__(self, verifier: RequestVerifier, intake: PayloadIntake) -> None:
        self._verifier = verifier
        self._intake = intake
        self._throttle = LoopThrottle(HTTP_REQUESTS_PER_ITERATION)
        self._refusals = _Refusals("http.refused")

    async def answer(self, scope: Scope, receive: Receive) -> AsgiResponse:
        """Answer a request on the Request URL; raises ClientDisconnected."""
        try:
            body = await self._verifier.admit(scope["headers"], receive)
            return EMPTY if body is None else await self._dispatch(body, scope)
        except RequestRejected as refusal:
            return self._refusals.response(refusal)

    async def _dispatch(self, body: dict[str, Any], scope: Scope) -> AsgiResponse:
        headers = {
            name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in FORWARDED_HEADERS
        }
        await self._throttle.wait()
        response = await self._intake.answer(body, headers)
        if response.status == OVERLOADED_STATUS:
            # Slack retries at once with the same bytes, perhaps signed in the same second: no replay.
            self._verifier.forget(scope["headers"])
        return _http_response(response)


def _http_response(response: BoltResponse) -> AsgiResponse:
    headers = tuple(
        (name.encode(), value.encode())
        for name, values in response.headers.items()
        for value in values
        if name != "content-length"
    )
    return AsgiResponse(response.status, response.body.encode(), headers)


def asgi_app(*, slack: SlackEndpoint | None, health: Health, webhooks: WebhookReceiver | None = None) -> AsgiApp:
    """Build the ASGI application; without `slack` (Socket Mode) it serves health and, if there are any, webhooks."""

    async def alive(_scope: Scope, _receive: Receive) -> AsgiResponse:
        return ALIVE

    async def ready(_scope: Scope, _receive: Receive) -> AsgiResponse:
        is_ready, details = health.readiness()
        body = json.dumps(details, ensure_ascii=False).encode()
        return AsgiResponse(200 if is_ready else 503, body, (AS_JSON, NO_STORE))

    routes: dict[str, dict[str, Endpoint]] = {
        "/healthz": {"GET": alive, "HEAD": alive},
        "/readyz": {"GET": ready, "HEAD": ready},
    }
    if slack is not None:
        routes["/slack/events"] = {"POST": slack.answer}
    if webhooks is not None:
        routes[WEBHOOK_PATH] = {"POST": WebhookEndpoint(webhooks).answer}
    right = PATH_IN_SOCKET_MODE if slack is None else PATH_IN_HTTP_MODE
    return _routed(routes, WrongPaths(f"{PATH_OF_WEBHOOKS if webhooks else ''}{right}"))


def _routed(routes: Routes, wrong_paths: WrongPaths) -> AsgiApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"uvicorn is configured for HTTP only, and passed {scope['type']}")
        try:
            response = await _respond(routes, wrong_paths, scope, receive=receive)
        except ClientDisconnected:
            return
        await response.send(send)

    return app


async def _respond(routes: Routes, wrong_paths: WrongPaths, scope: Scope, receive: Receive) -> AsgiResponse:
    methods = _methods(routes, scope["path"])
    if methods is None:
        wrong_paths.note(scope["method"], scope["path"], scope["headers"])
        return NOT_FOUND
    endpoint = methods.get(scope["method"])
    if endpoint is None:
        allowed = ", ".join(methods)
        return AsgiResponse(405, f"Only {allowed} here.".encode(), (TEXT, (b"allow", allowed.encode())))
    return await endpoint(scope, receive)


def _methods(routes: Routes, path: str) -> Methods | None:
    found = routes.get(path)
    return found or next((one for prefix, one in routes.items() if prefix[-1] == "/" and path.startswith(prefix)), None)


class CannotListen(OSError):  # noqa: N818 - its text is a sentence for the operator
    """Listening on the address failed; the text has the reason and the remedy."""


@dataclass(frozen=True)
class Server:
    """A listening web server."""

    host: str
    port: int
    _uvicorn: uvicorn.Server = field(repr=False)
    _connections: ConnectionLimiter = field(repr=False)
    _socket: socket.socket = field(repr=False)
    _running: asyncio.Task[None] = field(repr=False)

    @property
    def url(self) -> str:
        """The base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def stop(self) -> None:
        """Stop listening, and wait up to 2 s for responses in progress."""
        self._uvicorn.should_exit = True
        await self._running
        await self._uvicorn.shutdown([self._socket])
        self._connections.closed.close()


async def serve(app: AsgiApp, host: str, port: int, limits: ConnectionLimits | None = None) -> Server:
    """Start listening on an address; port 0 takes a free one. Raises CannotListen."""
    listening = _listen(host, port)
    limiter = ConnectionLimiter(limits or ConnectionLimits())
    config = _config(app, limiter)
    config.load()
    server = uvicorn.Server(config)
    # The parts of `Server.serve()` without its signal handlers: the process handles SIGTERM.
    server.lifespan = config.lifespan_class(config)
    await server.startup([listening])
    running = asyncio.create_task(server.main_loop(), name="web server")
    return Server(host, listening.getsockname()[1], server, _connections=limiter, _socket=listening, _running=running)


def _config(app: AsgiApp, limiter: ConnectionLimiter) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=limited_protocol(limiter),
        ws="none",
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_TIMEOUT,
        timeout_graceful_shutdown=LAST_RESPONSES_TIMEOUT,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        raise CannotListen(_reason(error, host, port)) from None


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is taken by another process. Stop that one, or set PORT to another number."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}. Set PORT to a number from 1024 on."
    return f"Cannot listen on {host}:{port} ({error.strerror}). Look at HOST and PORT."
