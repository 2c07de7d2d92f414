"""The pool of connections that all teams share, replaced when httpcore has leaked connections from it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx
import structlog

log = structlog.get_logger(__name__)

# Of 200: httpcore 1.0 never frees the connection of a call that is cancelled in the moment before it connects.
MAX_LEAKED_CONNECTIONS: Final = 10


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's transport with our httpcore pool: its own accepts no network backend and does not expose its pool."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    @property
    def in_use(self) -> int:
        """How many connections are neither idle nor closed."""
        return sum(not one.is_idle() and not one.is_closed() for one in self._pool.connections)


@dataclass(eq=False)
class _Generation:
    """A transport, and how many calls it has in progress."""

    transport: _Transport
    in_progress: int = 0

    @property
    def is_leaking(self) -> bool:
        return self.transport.in_use - self.in_progress >= MAX_LEAKED_CONNECTIONS


class RenewedPool(httpx.AsyncBaseTransport):
    """Send requests over a pool that is replaced when too many of its connections have leaked."""

    def __init__(self, open_pool: Callable[[], httpcore.AsyncConnectionPool]) -> None:
        self._open_pool = open_pool
        self._newest = _Generation(_Transport(open_pool()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its connection is free again when the response is closed."""
        generation = self._newest
        generation.in_progress += 1
        async with AsyncExitStack() as without_response:
            without_response.push_async_callback(self._ended, generation)
            response = await generation.transport.handle_async_request(request)
            without_response.pop_all()
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("httpx answers an asynchronous request with an asynchronous stream")
        response.stream = _CountedStream(response.stream, lambda: self._ended(generation))
        return response

    async def _ended(self, generation: _Generation) -> None:
        generation.in_progress -= 1
        if generation is self._newest and generation.is_leaking:
            log.warning("flashduty.connections_replaced", lost=generation.transport.in_use)
            self._newest = _Generation(_Transport(self._open_pool()))
        if generation is not self._newest and not generation.in_progress:
            await generation.transport.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._newest.transport.aclose()


class _CountedStream(httpx.AsyncByteStream):
    """The body of a response, which calls `ended` once when it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, ended: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._ended = ended
        self._is_open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Close the stream, and report the end of the call."""
        try:
            await self._stream.aclose()
        finally:
            if self._is_open:
                self._is_open = False
                await self._ended()
