"""The HTTP session all calls to Slack share, and its way out."""

from typing import Final

import aiohttp
from aiohttp import ClientRequest, ClientResponse
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from bot.outbound.connection_failures import ConnectionFailure, explain_failure, proxy_failure, tls_failure
from bot.outbound.route import Outbound
from bot.slack.lanes import CONNECTIONS

CONNECT_TIMEOUT_SECONDS: Final = 10.0


class SlackHindered(aiohttp.ClientConnectionError):
    """Slack was not reached, and the way there says why; nothing has left. The text is for the operator."""

    def __init__(self, hindrance: ConnectionFailure, proxy_setting: str) -> None:
        self.hindrance = hindrance
        self.what, self.cure = explain_failure(hindrance, "Slack", proxy_setting)
        super().__init__(f"{self.what}. {self.cure}")


def open_session(outbound: Outbound, *, seconds: float = CONNECT_TIMEOUT_SECONDS) -> aiohttp.ClientSession:
    """Open a session that goes out as `outbound` says; each call is over within `seconds`.

    slack_sdk names proxies of its own, read from the environment: what it names is not used.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=outbound.trust, limit=CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=seconds),
        middlewares=(_WayOut(outbound),),
    )


class _WayOut:
    """Sends each request through the proxy that is for it, and says what was in the way."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        proxy = self._outbound.proxy_for(request.url.scheme, request.url.host or "", request.url.port)
        told = {"Proxy-Authorization": proxy.authorization} if proxy and proxy.authorization else None
        request.update_proxy(URL(proxy.address) if proxy else None, None, told)
        try:
            return await handler(request)
        except aiohttp.ClientError as error:
            hindrance = _hindrance(error)
            if hindrance is None:
                raise
        raise SlackHindered(hindrance, self._outbound.proxy_setting)


def _hindrance(error: aiohttp.ClientError) -> ConnectionFailure | None:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return proxy_failure(error.status)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return ConnectionFailure.PROXY_DOWN
    return tls_failure(error) if isinstance(error, aiohttp.ClientSSLError) else None
