"""Socket Mode: the connection this process opens to Slack, so that Slack need not reach it.

docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import time
from http import HTTPStatus
from typing import Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.outbound.route import DIRECT_ROUTE, Outbound
from bot.runtime.redaction import NOTHING_KNOWN, Redaction
from bot.slack.api import TOKEN_ERRORS, UNUSABLE, CannotConnect, slack_error
from bot.slack.client import TOO_OFTEN, SlackClient, UnusableAnswer
from bot.slack.incoming.payloads import TOO_MUCH, PayloadIntake
from bot.slack.incoming.socket_client import Client, Handshakes, ended
from bot.slack.session import SlackHindered, open_session

log = structlog.get_logger(__name__)

# Between a handshake's request and its answer: one that hangs would otherwise keep the bot deaf for aiohttp's 300 s.
HANDSHAKE_SECONDS: Final = 10.0
FIRST_CONNECTION_SECONDS: Final = 10.0
# slack_sdk pings, looks after a broken connection and tries again in this rhythm.
PING_SECONDS: Final = 4.0
WATCH_SECONDS: Final = 2.0
# A connection that is being replaced is away for less time than lies between two looks.
LOOKS_BEFORE_ACTING: Final = 2


class BadToken(CannotConnect):
    """Slack does not accept the app-level token."""


class SocketMode:
    """A connection to Slack that comes back by itself."""

    def __init__(self, client: "Client", *, watch_every: float) -> None:
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
        await ended(self._tasks)
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
                log.warning("slack.socket_mode.address_renewed")
                self._client.wss_uri = None


async def connect(
    arrivals: PayloadIntake,
    app_token: SecretStr,
    api_url: str,
    session: aiohttp.ClientSession,
    *,
    outbound: Outbound = DIRECT_ROUTE,
    hide: Redaction = NOTHING_KNOWN,
    watch_every: float = WATCH_SECONDS,
    ping_every: float = PING_SECONDS,
    patience: float = FIRST_CONNECTION_SECONDS,
    handshake: float = HANDSHAKE_SECONDS,
    is_alone: bool = False,
) -> SocketMode:
    """Connect to Slack, out as `outbound` says, and hand over what arrives; times are in seconds.

    `is_alone` says that no other process shares this one's data, so that another connection of the app is worth a
    warning. `handshake` limits each attempt to open the connection; after it another one is made, at a new address.
    Raises BadToken, or CannotConnect when Slack cannot be asked. When Slack accepts the token but the
    connection is not up within `patience`, the attempts go on in the background.
    """
    token = app_token.get_secret_value()
    web = SlackClient(None, api_url, session, hide=hide.knowing(token))
    address = await _address(web, token)
    client = Client(token, web, ping_every, handshakes=Handshakes(open_session(outbound), handshake), is_alone=is_alone)
    client.wss_uri = address
    # slack_sdk types its listeners for the base class of its clients, Bolt for this one.
    client.socket_mode_request_listeners.append(_Handler(arrivals).handle)  # type: ignore[arg-type]
    socket = SocketMode(client, watch_every=watch_every)
    if not await socket.first_connection(patience):
        log.warning("slack.socket_mode.not_connected")
    return socket


class _Handler:
    """Hands envelopes to whoever answers them, and acknowledges all there is room for, understood or not."""

    def __init__(self, arrivals: PayloadIntake) -> None:
        self._arrivals = arrivals

    async def handle(self, client: "Client", request: SocketModeRequest) -> None:
        """Answer one envelope; Slack sends an event again that is not acknowledged, and shows a sign beside a press."""
        response = await self._arrivals.answer(request.payload, build_headers(request) or {})
        if response.status == TOO_MUCH:
            return
        if response.status != HTTPStatus.OK:
            response = BoltResponse(status=HTTPStatus.OK, body="")
        await send_async_response(client, request, response, time.time())


async def _address(web: SlackClient, token: str) -> str | None:
    """Ask for the address of a connection, which also proves the token; None if Slack wants us to wait.

    docs.slack.dev/reference/methods/apps.connections.open
    """
    try:
        told = await web.apps_connections_open(app_token=token)
    except SlackApiError as error:
        code = slack_error("apps.connections.open", error).code
        if code == TOO_OFTEN:
            return None
        raise _refusal(code) from None
    except SlackHindered as hindered:
        raise CannotConnect(str(hindered)) from None
    except UnusableAnswer:
        raise _refusal(UNUSABLE) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise CannotConnect(
            f"Slack cannot be reached at SLACK_API_URL ({type(error).__name__}). Look at the network."
        ) from None
    return str(told["url"])


def _refusal(code: str) -> CannotConnect:
    if code in TOKEN_ERRORS:
        return BadToken(
            f"Slack does not accept SLACK_APP_TOKEN ({code}). It starts with xapp- and is made on the app's"
            " page “Basic Information”, under “App-Level Tokens”, with the scope connections:write."
        )
    if code == UNUSABLE:
        return CannotConnect("What answers at SLACK_API_URL is not Slack. Look at that setting, and at proxies.")
    return CannotConnect(
        f"Slack does not open a connection ({code}). Is it switched on, on the app's page “Socket Mode”?"
    )
