"""Socket Mode: the bot opens the connection to Slack, so that Slack need not reach the bot.

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
from bot.runtime.redaction import NO_SECRETS, Redaction
from bot.slack.api import TOKEN_ERRORS, UNUSABLE_RESPONSE, CannotConnect, slack_error
from bot.slack.client import RATE_LIMITED, SlackClient, UnusableResponse
from bot.slack.incoming.payloads import OVERLOADED_STATUS, PayloadIntake
from bot.slack.incoming.socket_client import HandshakeSession, SocketClient, cancel_all
from bot.slack.session import SlackUnreachable, open_session

log = structlog.get_logger(__name__)

# A handshake that hangs would otherwise keep the bot disconnected for aiohttp's 300 s.
HANDSHAKE_TIMEOUT: Final = 10.0
FIRST_CONNECTION_TIMEOUT: Final = 10.0
# slack_sdk pings, detects a broken connection and reconnects at this interval.
PING_INTERVAL: Final = 4.0
WATCHDOG_INTERVAL: Final = 2.0
# A connection that is being replaced is missing for less time than lies between two checks.
MISSED_CHECKS_BEFORE_RENEWAL: Final = 2


class BadToken(CannotConnect):
    """Slack does not accept the app-level token."""


class SocketMode:
    """A connection to Slack that reconnects by itself."""

    def __init__(self, client: "SocketClient", *, watchdog_interval: float) -> None:
        self._client = client
        self._watchdog_interval = watchdog_interval
        self._tasks = (
            asyncio.create_task(client.connected(), name="first connection to Slack"),
            asyncio.create_task(self._watch(), name="watchdog of the connection to Slack"),
        )

    @property
    def is_connected(self) -> bool:
        """Whether Slack can reach the bot at this moment."""
        session = self._client.current_session
        return session is not None and not session.closed and not self._client.closed and not self._client.stale

    async def first_connection(self, max_seconds: float) -> bool:
        """Wait for the connection; False if it takes longer than `max_seconds`, and the attempts continue."""
        await asyncio.wait({self._tasks[0]}, timeout=max_seconds)
        return self.is_connected

    async def stop(self) -> None:
        """Close the connection after the pending acknowledgements."""
        self._client.closed = True
        await cancel_all(self._tasks)
        await self._client.finish()

    async def _watch(self) -> None:
        """Make slack_sdk request a new URL when it cannot connect.

        A URL can be used once; after a failed handshake slack_sdk 3.47 tries the same URL for ever.
        """
        missing = 0
        while True:
            await asyncio.sleep(self._watchdog_interval)
            missing = 0 if self.is_connected else missing + 1
            if missing >= MISSED_CHECKS_BEFORE_RENEWAL and self._client.wss_uri is not None:
                log.warning("slack.socket_mode.address_renewed")
                self._client.wss_uri = None


async def connect(
    intake: PayloadIntake,
    app_token: SecretStr,
    api_url: str,
    session: aiohttp.ClientSession,
    *,
    outbound: Outbound = DIRECT_ROUTE,
    redact: Redaction = NO_SECRETS,
    watchdog_interval: float = WATCHDOG_INTERVAL,
    ping_interval: float = PING_INTERVAL,
    connection_timeout: float = FIRST_CONNECTION_TIMEOUT,
    handshake_timeout: float = HANDSHAKE_TIMEOUT,
    is_alone: bool = False,
) -> SocketMode:
    """Connect to Slack by the proxy of `outbound`, and pass envelopes to `intake`; times are in seconds.

    `is_alone` is true when no other process shares this one's data: another connection of the app is then logged as a
    warning. `handshake_timeout` limits each attempt to open the connection; the next attempt uses a new URL. Raises
    BadToken, or CannotConnect when Slack is not reached. When Slack accepts the token but the connection is not open
    within `connection_timeout`, the attempts continue in the background.
    """
    token = app_token.get_secret_value()
    web = SlackClient(None, api_url, session, redact=redact.with_secret(token))
    url = await _connection_url(web, token)
    client = SocketClient(
        token,
        web,
        ping_interval,
        handshakes=HandshakeSession(open_session(outbound), handshake_timeout),
        is_alone=is_alone,
    )
    client.wss_uri = url
    # slack_sdk types its listeners for the base class of its clients, Bolt for this one.
    client.socket_mode_request_listeners.append(_EnvelopeHandler(intake).handle)  # type: ignore[arg-type]
    socket = SocketMode(client, watchdog_interval=watchdog_interval)
    if not await socket.first_connection(connection_timeout):
        log.warning("slack.socket_mode.not_connected")
    return socket


class _EnvelopeHandler:
    """Passes envelopes to the intake, and acknowledges all except those refused by overload, malformed ones too."""

    def __init__(self, intake: PayloadIntake) -> None:
        self._intake = intake

    async def handle(self, client: "SocketClient", request: SocketModeRequest) -> None:
        """Respond to one envelope; without it Slack sends an event again, and shows an error beside a press."""
        response = await self._intake.answer(request.payload, build_headers(request) or {})
        if response.status == OVERLOADED_STATUS:
            return
        if response.status != HTTPStatus.OK:
            response = BoltResponse(status=HTTPStatus.OK, body="")
        await send_async_response(client, request, response, time.time())


async def _connection_url(web: SlackClient, token: str) -> str | None:
    """Request the URL of a connection, which also verifies the token; None under a rate limit.

    docs.slack.dev/reference/methods/apps.connections.open
    """
    try:
        response = await web.apps_connections_open(app_token=token)
    except SlackApiError as error:
        code = slack_error("apps.connections.open", error).code
        if code == RATE_LIMITED:
            return None
        raise _connection_refused(code) from None
    except SlackUnreachable as error:
        raise CannotConnect(str(error)) from None
    except UnusableResponse:
        raise _connection_refused(UNUSABLE_RESPONSE) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise CannotConnect(
            f"Slack cannot be reached at SLACK_API_URL ({type(error).__name__}). Look at the network."
        ) from None
    return str(response["url"])


def _connection_refused(code: str) -> CannotConnect:
    if code in TOKEN_ERRORS:
        return BadToken(
            f"Slack does not accept SLACK_APP_TOKEN ({code}). It starts with xapp- and is made on the app's"
            " page “Basic Information”, under “App-Level Tokens”, with the scope connections:write."
        )
    if code == UNUSABLE_RESPONSE:
        return CannotConnect("What answers at SLACK_API_URL is not Slack. Look at that setting, and at proxies.")
    return CannotConnect(
        f"Slack does not open a connection ({code}). Is it switched on, on the app's page “Socket Mode”?"
    )
