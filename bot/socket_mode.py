"""Socket Mode: the connection this process opens to Slack, so that Slack need not reach it.

docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import logging
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.arrivals import Arrivals
from bot.outbound import DIRECTLY, Outbound
from bot.redaction import NOTHING_KNOWN, Redaction
from bot.slack_calls import UNUSABLE, refused
from bot.slack_client import TOO_OFTEN, SlackClient, UnusableAnswer, json_object
from bot.slack_session import Hindered, open_session
from bot.work import Turns

log = structlog.get_logger(__name__)

# Between a handshake's request and its answer: one that hangs would otherwise keep the bot deaf for aiohttp's 300 s.
HANDSHAKE_SECONDS: Final = 10.0
LAST_ACKNOWLEDGEMENTS_SECONDS: Final = 1.0
CLOSING_SECONDS: Final = 2.0
FIRST_CONNECTION_SECONDS: Final = 10.0
# slack_sdk pings, looks after a broken connection and tries again in this rhythm.
PING_SECONDS: Final = 4.0
WATCH_SECONDS: Final = 2.0
ANSWERS_PER_TURN: Final = 20
# A connection that is being replaced is away for less time than lies between two looks.
LOOKS_BEFORE_ACTING: Final = 2

_OF_THE_LINE: Final = (aiohttp.ClientError, OSError, TimeoutError, SlackApiError, UnusableAnswer)
_ADDRESS: Final = re.compile(r"wss?://[^\s'\"]+")


class CannotConnect(Exception):  # noqa: N818 - the sentence an operator reads
    """Socket Mode cannot start; the text says why and what to do."""


class BadToken(CannotConnect):
    """Slack does not accept the app-level token."""


OF_THE_TOKEN: Final = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "missing_scope",
    "no_permission",
}


class SocketMode:
    """A connection to Slack that comes back by itself."""

    def __init__(self, client: "_Client", *, watch_every: float) -> None:
        self._client = client
        self._watch_every = watch_every
        self._tasks = (
            asyncio.create_task(client.connected(), name="first connection to Slack"),
            asyncio.create_task(self._watch(), name="watchdog of the connection to Slack"),
        )

    @property
    def is_connected(self) -> bool:
        """Tell whether Slack can reach us at this moment."""
        session = self._client.current_session
        return session is not None and not session.closed and not self._client.closed and not self._client.stale

    async def first_connection(self, patience: float) -> bool:
        """Wait up to `patience` seconds for Slack; False if it takes longer, and the attempts go on."""
        await asyncio.wait({self._tasks[0]}, timeout=patience)
        return self.is_connected

    async def stop(self) -> None:
        """Close the connection, and wait for the acknowledgements under way."""
        self._client.closed = True
        await _ended(self._tasks)
        await self._client.finish()

    async def _watch(self) -> None:
        """Make slack_sdk ask for a new address when it cannot connect.

        An address can be used once; after a handshake that failed, slack_sdk 3.47 tries it again for ever.
        """
        missing = 0
        while True:
            await asyncio.sleep(self._watch_every)
            missing = 0 if self.is_connected else missing + 1
            if missing >= LOOKS_BEFORE_ACTING and self._client.wss_uri is not None:
                log.warning("asking Slack for a new address")
                self._client.wss_uri = None


async def connect(
    app: AsyncApp,
    app_token: SecretStr,
    api_url: str,
    session: aiohttp.ClientSession,
    *,
    outbound: Outbound = DIRECTLY,
    hide: Redaction = NOTHING_KNOWN,
    watch_every: float = WATCH_SECONDS,
    ping_every: float = PING_SECONDS,
    patience: float = FIRST_CONNECTION_SECONDS,
    handshake: float = HANDSHAKE_SECONDS,
    is_alone: bool = False,
) -> SocketMode:
    """Connect to Slack, out as `outbound` says, and hand what arrives to Bolt; times are in seconds.

    `is_alone` says that no other process shares this one's data, so that another connection of the app is worth a
    warning. `handshake` limits each attempt to open the connection; after it another one is made, at a new address.
    Raises BadToken, or CannotConnect when Slack cannot be asked. When Slack accepts the token but the
    connection is not up within `patience`, the attempts go on in the background.
    """
    token = app_token.get_secret_value()
    web = SlackClient(None, api_url, session, hide=hide.knowing(token))
    address = await _address(web, token)
    client = _Client(token, web, ping_every, _Handshakes(open_session(outbound), handshake), is_alone=is_alone)
    client.wss_uri = address
    # slack_sdk types its listeners for the base class of its clients, Bolt for this one.
    client.socket_mode_request_listeners.append(_Handler(app).handle)  # type: ignore[arg-type]
    socket = SocketMode(client, watch_every=watch_every)
    if not await socket.first_connection(patience):
        log.warning("not connected to Slack yet")
    return socket


class _Handler:
    """Hands envelopes to whoever answers them, and acknowledges every one of them, understood or not."""

    def __init__(self, app: AsyncApp) -> None:
        self._arrivals = Arrivals(app)

    async def handle(self, client: "_Client", request: SocketModeRequest) -> None:
        """Answer one envelope; Slack sends again what is not acknowledged."""
        response = await self._arrivals.answer(request.payload, build_headers(request) or {})
        if response.status != HTTPStatus.OK:
            response = BoltResponse(status=HTTPStatus.OK, body="")
        await send_async_response(client, request, response, time.time())


class _Handshakes:
    """aiohttp's session as slack_sdk uses it, with a limit round the handshake."""

    def __init__(self, session: aiohttp.ClientSession, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    @property
    def closed(self) -> bool:
        return self._session.closed

    async def close(self) -> None:
        await self._session.close()

    async def ws_connect(self, address: str, **options: Any) -> Any:  # noqa: ANN401 - aiohttp's own
        async with asyncio.timeout(self._seconds):
            return await self._session.ws_connect(address, **options)


class _Client(SocketModeClient):
    """slack_sdk's client, which knows what it has under way and can therefore be closed without leftovers."""

    def __init__(
        self, token: str, web: SlackClient, ping_every: float, handshakes: _Handshakes, *, is_alone: bool
    ) -> None:
        super().__init__(app_token=token, logger=_sdk_log(), web_client=web, ping_interval=ping_every)
        # The session slack_sdk opens knows neither our proxies nor our authorities.
        self._unused = self.aiohttp_client_session
        self.aiohttp_client_session = handshakes  # type: ignore[assignment]
        self._under_way: set[asyncio.Task[Any]] = set()
        self._turns = Turns(ANSWERS_PER_TURN)
        self._looks_for_others = is_alone

    async def process_message(self) -> None:
        """Take one frame from the queue; one that is no JSON object is passed over with a line in the log."""
        frame = await self.message_queue.get()
        message = json_object(frame.encode(errors="replace"))
        if message is None:
            log.warning("not a frame of Slack's", characters=len(frame))
            return
        task = asyncio.create_task(self.run_message_listeners(message, frame))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        if message.get("type") == "hello" and self._looks_for_others:
            # Only at the first: a connection that is replaced may be counted for a while.
            self._looks_for_others = False
            _tell_of_others(message.get("num_connections"))
        await self._turns.mine()
        if "envelope_id" in message:
            # slack_sdk acknowledges nothing without a payload, and gives up on one of another kind.
            payload = message.get("payload")
            message = {"type": "", **message, "payload": payload if isinstance(payload, dict) else {}}
        await super().run_message_listeners(message, raw_message)

    async def connected(self) -> None:
        """Try to connect until it works."""
        await self.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it without types

    async def finish(self) -> None:
        """Let what is under way be acknowledged, then close."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_ACKNOWLEDGEMENTS_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.close()  # type: ignore[no-untyped-call]  # same
        own = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await _ended([*(task for task in own if task is not None), *self._under_way])
        await self._unused.close()
        await self.aiohttp_client_session.close()


def _tell_of_others(count: object) -> None:
    """Warn where Slack counts other connections of the app: each is given a part of what people ask."""
    if isinstance(count, int) and count > 1:
        log.warning(
            "another process is connected with this app's SLACK_APP_TOKEN, and gets a part of the commands and presses",
            connections=count,
            cure="stop the other one, or give both one PostgreSQL in DATABASE_URL",
        )


async def _ended(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _address(web: SlackClient, token: str) -> str | None:
    """Ask for the address of a connection, which also proves the token; None if Slack wants us to wait.

    docs.slack.dev/reference/methods/apps.connections.open
    """
    try:
        told = await web.apps_connections_open(app_token=token)
    except SlackApiError as error:
        code = refused("apps.connections.open", error).code
        if code == TOO_OFTEN:
            return None
        raise _refusal(code) from None
    except Hindered as hindered:
        raise CannotConnect(str(hindered)) from None
    except UnusableAnswer:
        raise _refusal(UNUSABLE) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise CannotConnect(
            f"Slack cannot be reached at SLACK_API_URL ({type(error).__name__}). Look at the network."
        ) from None
    return str(told["url"])


def _refusal(code: str) -> CannotConnect:
    if code in OF_THE_TOKEN:
        return BadToken(
            f"Slack does not accept SLACK_APP_TOKEN ({code}). It starts with xapp- and is made on the app's"
            " page “Basic Information”, under “App-Level Tokens”, with the scope connections:write."
        )
    if code == UNUSABLE:
        return CannotConnect("What answers at SLACK_API_URL is not Slack. Look at that setting, and at proxies.")
    return CannotConnect(
        f"Slack does not open a connection ({code}). Is it switched on, on the app's page “Socket Mode”?"
    )


def _sdk_log() -> logging.Logger:
    """Give slack_sdk a logger that shows no address and no payload: both let their reader act as the bot."""
    logger = logging.getLogger(f"{__name__}.sdk")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_without_address)
    return logger


def _without_address(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    said = record.getMessage()
    if isinstance(error, _OF_THE_LINE):
        # An attempt that failed is no defect; slack_sdk says of a time-out nothing but "error: ".
        record.exc_info = None
        said = said.replace("error: )", f"error: {type(error).__name__})")
    record.msg, record.args = _ADDRESS.sub("wss://…", said), None
    return True
