"""Connect through a proxy: CONNECT has host and port alone, and is sent before anything that holds a key."""

import ssl
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any, Final

import httpcore

from bot.outbound.connection_failures import ConnectionFailure, proxy_failure
from bot.outbound.route import Outbound, Proxy

_OK: Final = range(200, 300)


class ProxyUnreachable(httpcore.ConnectError):
    """The proxy cannot be reached, or does not answer."""

    failure = ConnectionFailure.PROXY_DOWN


class ProxyRefused(httpcore.ProxyError):
    """The proxy refuses to open the tunnel."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the proxy answered {status}")
        self.failure = proxy_failure(status)


class ProxyBackend(httpcore.AsyncNetworkBackend):
    """Connect directly, or through a tunnel of a proxy, as `outbound` decides for each host.

    httpcore's own proxies repeat the target of a request, which has the key in it, in the CONNECT line. Here the tunnel
    is opened before there is a request; what goes through the tunnel is encrypted.
    """

    def __init__(self, outbound: Outbound, scheme: str) -> None:
        self._outbound = outbound
        self._scheme = scheme
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection to a host; raises httpcore's errors, ProxyDown and ProxyRefused among them."""
        proxy = self._outbound.proxy_for(self._scheme, host, port)
        if proxy is None:
            return await self._backend.connect_tcp(
                host, port, timeout, local_address=local_address, socket_options=socket_options
            )
        try:
            stream = await self._backend.connect_tcp(
                proxy.host, proxy.port, timeout, local_address=local_address, socket_options=socket_options
            )
            response = await _request_tunnel(stream, proxy, host, port=port, seconds=timeout)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise ProxyUnreachable(str(error)) from error
        if response.status in _OK:
            tunnel: httpcore.AsyncNetworkStream = response.extensions["network_stream"]
            return tunnel
        await stream.aclose()
        raise ProxyRefused(response.status)

    async def sleep(self, seconds: float) -> None:
        """Wait between httpcore's own attempts."""
        await self._backend.sleep(seconds)


async def _request_tunnel(
    stream: httpcore.AsyncNetworkStream, proxy: Proxy, host: str, port: int, seconds: float | None
) -> httpcore.Response:
    target = f"{f'[{host}]' if ':' in host else host}:{port}".encode("ascii")
    headers = [(b"Host", target), (b"Accept", b"*/*")]
    if proxy.authorization is not None:
        headers.append((b"Proxy-Authorization", proxy.authorization.encode("ascii")))
    address = httpcore.URL(scheme=b"http", host=proxy.host.encode("ascii"), port=proxy.port, target=target)
    limits = {"connect": seconds, "read": seconds, "write": seconds}
    request = httpcore.Request(b"CONNECT", address, headers=headers, extensions={"timeout": limits})
    connection = httpcore.AsyncHTTP11Connection(address.origin, stream)
    async with AsyncExitStack() as without_response:
        without_response.push_async_callback(stream.aclose)
        response = await connection.handle_async_request(request)
        without_response.pop_all()
    return response


def open_connection_pool(
    outbound: Outbound, scheme: str, *, max_connections: int, max_idle_connections: int, keepalive_seconds: float
) -> httpcore.AsyncConnectionPool:
    """Open a pool of connections to addresses of one scheme, through the proxy of `outbound` if there is one."""
    trust: ssl.SSLContext = outbound.trust
    return httpcore.AsyncConnectionPool(
        ssl_context=trust,
        max_connections=max_connections,
        max_keepalive_connections=max_idle_connections,
        keepalive_expiry=keepalive_seconds,
        network_backend=ProxyBackend(outbound, scheme),
    )
