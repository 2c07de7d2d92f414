"""The shared pool of connections, and the only place where the APP Key is added to an address."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bot.flashduty.http import reading, tunnel
from bot.flashduty.http.connections import Connections
from bot.outbound.connection_failures import ConnectionFailure, tls_failure
from bot.outbound.route import DIRECT_ROUTE, Outbound
from bot.runtime.redaction import NOTHING_KNOWN, Redaction

APP_KEY: Final = "flashduty_app_key"
# Evenly paced calls of 3.5 s each are at most 172 at a time: none of them ever waits for a connection.
MOST_CONNECTIONS: Final = 200
# httpcore 1.0 closes an idle connection as soon as there are more than this, idle or not.
KEPT_CONNECTIONS: Final = MOST_CONNECTIONS
# Long enough for a person who reads a list and then presses a button.
KEPT_SECONDS: Final = 45.0


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds: for connecting, for each read, and for a whole call with its retries."""

    connect: float = 1.5
    read: float = 3.0
    operation: float = 3.5


class KeyTransport(httpx.AsyncBaseTransport):
    """Adds `app_key` to the request that leaves, and to no object that is ever printed.

    httpx logs, and puts into its exceptions, the request it was given: that one holds a SecretStr. What leaves has the
    same address; only its target, the bytes of the request line, has the key. A proxy does not see it: see `tunnel`.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with its key; raises TypeError for one without."""
        if not isinstance(request.extensions.get(APP_KEY), SecretStr):
            raise TypeError("every request to Flashduty carries a key, as a SecretStr")
        try:
            return await self._inner.handle_async_request(_with_key(request))
        except (httpx.HTTPError, OSError, asyncio.CancelledError) as error:
            hindrance = _hindrance(error)
            # The frames below and the errors they came from hold the target: nobody may find them from here.
            error.__cause__ = error.__context__ = None
            if isinstance(error, httpx.RequestError):
                error.request = request
            if hindrance is None:
                raise error.with_traceback(None)  # noqa: B904 - there must be no cause
        raise FlashdutyHindered(hindrance)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class FlashdutyHindered(httpx.ConnectError):
    """Nothing was reached, and the way there says why."""

    def __init__(self, hindrance: ConnectionFailure) -> None:
        super().__init__(hindrance.value)
        self.hindrance = hindrance


def _hindrance(error: BaseException) -> ConnectionFailure | None:
    """Look for what was in the way, while an error still has what it came from."""
    if not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return None
    told = getattr(error.__cause__, "hindrance", None)
    return told if isinstance(told, ConnectionFailure) else tls_failure(error)


def _with_key(request: httpx.Request) -> httpx.Request:
    extensions = dict(request.extensions)
    key: SecretStr = extensions.pop(APP_KEY)
    path = request.url.raw_path
    joint = b"&" if b"?" in path else b"?"
    extensions["target"] = b"%b%bapp_key=%b" % (
        path,
        joint,
        quote(key.get_secret_value(), safe="", errors="replace").encode(),
    )
    # Without `stream`, httpx would read the body to measure it; the headers already say how long it is.
    return httpx.Request(
        request.method, request.url, headers=request.headers, stream=request.stream, extensions=extensions
    )


class Pool(httpx.AsyncClient):
    """Takes requests straight to the transport: no redirects, which could carry a key away, no cookies, no log line.

    A cookie that was set for one team's key would be sent with another's. `through` is the setting of the proxy.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        through: str | None = None,
        hide: Redaction = NOTHING_KNOWN,
        **given: Any,  # noqa: ANN401 - httpx's own
    ) -> None:
        super().__init__(transport=transport, trust_env=False, **given)
        self._straight = transport
        self.through = through
        self.hide = hide

    async def send(self, request: httpx.Request, **_unused: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send a request; the answer is still to be read and closed."""
        response = await self._straight.handle_async_request(request)
        response.request = request
        return response


def open_pool(
    base_url: str,
    outbound: Outbound = DIRECT_ROUTE,
    *,
    hide: Redaction = NOTHING_KNOWN,
    timeouts: Timeouts | None = None,
) -> Pool:
    """Open the pool of connections that all teams share; close it with `async with` or `aclose`.

    `hide` is passed by whatever the other side says. Its time-outs are for connecting and for each read; those of a
    `Flashduty` bound the whole call.
    """
    limits = timeouts or Timeouts()
    open_connections = partial(
        tunnel.open_connections,
        outbound,
        httpx.URL(base_url).scheme,
        most=MOST_CONNECTIONS,
        kept=KEPT_CONNECTIONS,
        kept_seconds=KEPT_SECONDS,
    )
    return Pool(
        KeyTransport(Connections(open_connections)),
        through=outbound.proxy_setting if outbound.proxy_to(base_url) else None,
        hide=hide,
        base_url=base_url,
        timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=limits.operation),
        headers={
            "Accept": "application/json",
            "Accept-Encoding": reading.ACCEPTED,
            "Accept-Language": "en",
            "Content-Type": "application/json",
        },
    )
