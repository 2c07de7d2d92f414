"""The shared pool of connections, and the only place where the APP Key is added to an address."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bot.flashduty.http import reading, tunnel
from bot.flashduty.http.connections import RenewedPool
from bot.outbound.connection_failures import ConnectionFailure, tls_failure
from bot.outbound.route import DIRECT_ROUTE, Outbound
from bot.runtime.redaction import NO_SECRETS, Redaction

APP_KEY_EXTENSION: Final = "flashduty_app_key"
# Evenly paced calls of 3.5 s each are at most 172 at a time: none of them waits for a connection.
MAX_CONNECTIONS: Final = 200
# httpcore 1.0 closes an idle connection as soon as there are more than this, idle or not.
MAX_IDLE_CONNECTIONS: Final = MAX_CONNECTIONS
# Long enough for a person to read a list and press a button.
KEEPALIVE_SECONDS: Final = 45.0


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds: for connecting, for each read, and for a whole call with its retries."""

    connect: float = 1.5
    read: float = 3.0
    operation: float = 3.5


class KeyTransport(httpx.AsyncBaseTransport):
    """Add `app_key` to the request that is sent, and to no object that is printed.

    httpx logs, and puts into its exceptions, the request it was given: that one holds a SecretStr. The request that is
    sent has the same address; only its target, the bytes of the request line, has the key. A proxy does not see it: see
    `tunnel`.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with its key; raises TypeError for one without."""
        if not isinstance(request.extensions.get(APP_KEY_EXTENSION), SecretStr):
            raise TypeError("every request to Flashduty carries a key, as a SecretStr")
        try:
            return await self._inner.handle_async_request(_with_key(request))
        except (httpx.HTTPError, OSError, asyncio.CancelledError) as error:
            failure = _connection_failure(error)
            # The frames below and the causes of the error hold the target: they must not be reachable from it.
            error.__cause__ = error.__context__ = None
            if isinstance(error, httpx.RequestError):
                error.request = request
            if failure is None:
                raise error.with_traceback(None)  # noqa: B904 - there must be no cause
        raise FlashdutyConnectError(failure)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class FlashdutyConnectError(httpx.ConnectError):
    """No connection came about, and the cause is known."""

    def __init__(self, failure: ConnectionFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def _connection_failure(error: BaseException) -> ConnectionFailure | None:
    """Return the failure of the proxy or of TLS, while the error still has its cause."""
    if not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return None
    failure = getattr(error.__cause__, "failure", None)
    return failure if isinstance(failure, ConnectionFailure) else tls_failure(error)


def _with_key(request: httpx.Request) -> httpx.Request:
    extensions = dict(request.extensions)
    key: SecretStr = extensions.pop(APP_KEY_EXTENSION)
    path = request.url.raw_path
    separator = b"&" if b"?" in path else b"?"
    extensions["target"] = b"%b%bapp_key=%b" % (
        path,
        separator,
        quote(key.get_secret_value(), safe="", errors="replace").encode(),
    )
    # Without `stream`, httpx would read the body to measure it; the headers already have its length.
    return httpx.Request(
        request.method, request.url, headers=request.headers, stream=request.stream, extensions=extensions
    )


class Pool(httpx.AsyncClient):
    """Pass requests straight to the transport: no redirects, which could disclose a key, no cookies, no log line.

    A cookie that was set for one team's key would be sent with another's. `proxy_setting` is the name of the setting of
    the proxy, if there is one.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        proxy_setting: str | None = None,
        redaction: Redaction = NO_SECRETS,
        **options: Any,  # noqa: ANN401 - httpx's own
    ) -> None:
        super().__init__(transport=transport, trust_env=False, **options)
        self._key_transport = transport
        self.proxy_setting = proxy_setting
        self.redaction = redaction

    async def send(self, request: httpx.Request, **_unused: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send a request; the caller reads and closes the response."""
        response = await self._key_transport.handle_async_request(request)
        response.request = request
        return response


def open_pool(
    base_url: str,
    outbound: Outbound = DIRECT_ROUTE,
    *,
    redaction: Redaction = NO_SECRETS,
    timeouts: Timeouts | None = None,
) -> Pool:
    """Open the pool of connections that all teams share; close it with `async with` or `aclose`.

    `redaction` is applied to every text of the server. The time-outs are for connecting and for each read; those of a
    `Flashduty` limit the whole call.
    """
    limits = timeouts or Timeouts()
    open_connection_pool = partial(
        tunnel.open_connection_pool,
        outbound,
        httpx.URL(base_url).scheme,
        max_connections=MAX_CONNECTIONS,
        max_idle_connections=MAX_IDLE_CONNECTIONS,
        keepalive_seconds=KEEPALIVE_SECONDS,
    )
    return Pool(
        KeyTransport(RenewedPool(open_connection_pool)),
        proxy_setting=outbound.proxy_setting if outbound.proxy_to(base_url) else None,
        redaction=redaction,
        base_url=base_url,
        timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=limits.operation),
        headers={
            "Accept": "application/json",
            "Accept-Encoding": reading.ACCEPTED_ENCODINGS,
            "Content-Type": "application/json",
        },
    )
