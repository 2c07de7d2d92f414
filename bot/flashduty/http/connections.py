"""The connections all teams share: opened as the way out says, and opened anew when httpcore has lost count of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx
import structlog

log = structlog.get_logger(__name__)

# Of 200: httpcore 1.0 keeps the place of a call that is cancelled in the moment before it connects, for good.
MOST_LOST: Final = 10


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's transport around a pool of ours: its own takes no way of connecting, and does not tell what it holds."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    @property
    def in_use(self) -> int:
        """How many connections are neither free nor closed."""
        return sum(not one.is_idle() and not one.is_closed() for one in self._pool.connections)


@dataclass(eq=False)
class _Generation:
    """A transport, and how many calls it has under way."""

    transport: _Transport
    under_way: int = 0

    @property
    def has_lost_count(self) -> bool:
        return self.transport.in_use - self.under_way >= MOST_LOST


class Connections(httpx.AsyncBaseTransport):
    """Sends requests over a pool that is replaced when too many of its places are taken by nobody."""

    def __init__(self, open_pool: Callable[[], httpcore.AsyncConnectionPool]) -> None:
        self._open_pool = open_pool
        self._newest = _Generation(_Transport(open_pool()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its connection is free again when the answer is closed."""
        generation = self._newest
        generation.under_way += 1
        async with AsyncExitStack() as without_response:
            without_response.push_async_callback(self._ended, generation)
            response = await generation.transport.handle_async_request(request)
            without_response.pop_all()
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("httpx answers an asynchronous request with an asynchronous stream")
        response.stream = _Counted(response.stream, lambda: self._ended(generation))
        return response

    async def _ended(self, generation: _Generation) -> None:
        generation.under_way -= 1
        if generation is self._newest and generation.has_lost_count:
            log.warning("flashduty.connections_replaced", lost=generation.transport.in_use)
            self._newest = _Generation(_Transport(self._open_pool()))
        if generation is not self._newest and not generation.under_way:
            await generation.transport.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._newest.transport.aclose()


class _Counted(httpx.AsyncByteStream):
    """The body of an answer, which tells once when it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, ended: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._ended = ended
        self._is_open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Close it, and count it as over."""
        try:
            await self._stream.aclose()
        finally:
            if self._is_open:
                self._is_open = False
                await self._ended()
