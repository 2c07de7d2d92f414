"""The HTTP session that all calls to Slack share, and its proxy."""

from typing import Final

import aiohttp
from aiohttp import ClientRequest, ClientResponse
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from bot.outbound.connection_failures import ConnectionFailure, explain_failure, proxy_failure, tls_failure
from bot.outbound.route import Outbound
from bot.slack.lanes import MAX_SLACK_CONNECTIONS

SLACK_SESSION_TIMEOUT: Final = 10.0


class SlackUnreachable(aiohttp.ClientConnectionError):
    """A proxy or TLS prevented the connection to Slack; nothing was sent. The text is for the operator."""

    def __init__(self, reason: ConnectionFailure, proxy_setting: str) -> None:
        self.reason = reason
        self.what, self.remedy = explain_failure(reason, "Slack", proxy_setting)
        super().__init__(f"{self.what}. {self.remedy}")


def open_session(outbound: Outbound, *, timeout: float = SLACK_SESSION_TIMEOUT) -> aiohttp.ClientSession:
    """Open a session that connects by the proxy and certificates of `outbound`; `timeout` limits each call, in seconds.

    slack_sdk reads proxies from the environment itself: those are not used.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=outbound.trust, limit=MAX_SLACK_CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=timeout),
        middlewares=(_ProxyMiddleware(outbound),),
    )


class _ProxyMiddleware:
    """Sends each request through its proxy, and raises SlackUnreachable where a proxy or TLS fails."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        proxy = self._outbound.proxy_for(request.url.scheme, request.url.host or "", request.url.port)
        headers = {"Proxy-Authorization": proxy.authorization} if proxy and proxy.authorization else None
        request.update_proxy(URL(proxy.address) if proxy else None, None, headers)
        try:
            return await handler(request)
        except aiohttp.ClientError as error:
            reason = _reason(error)
            if reason is None:
                raise
        raise SlackUnreachable(reason, self._outbound.proxy_setting)


def _reason(error: aiohttp.ClientError) -> ConnectionFailure | None:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return proxy_failure(error.status)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return ConnectionFailure.PROXY_DOWN
    return tls_failure(error) if isinstance(error, aiohttp.ClientSSLError) else None
