"""A cache with a time to live, in which concurrent requests for a key share one call."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, TypeVar

from bot.runtime.request_trail import Dependency, waiting_on

T = TypeVar("T")

CACHE_SIZE: Final = 5000


class TtlCache(Generic[T]):
    """Caches results of Slack for `ttl` seconds. Requests for a key that is being fetched wait for the same result."""

    def __init__(self, ttl: float, clock: Callable[[], float]) -> None:
        self._ttl = ttl
        self._clock = clock
        self._cached: dict[str, tuple[float, T]] = {}
        self._pending: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str, fetch: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        """Give the cached value, or fetch it; errors of `fetch` are raised and not cached."""
        cached = self._cached.get(key)
        if cached is not None and self._clock() - cached[0] < self._ttl:
            return cached[1]
        pending = self._pending.get(key)
        if pending is None:
            pending = asyncio.create_task(self._fetch(key, fetch), name=f"asking Slack about {key}")
            # Retrieves the exception: without waiters asyncio would log it.
            pending.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._pending[key] = pending
        # Shielded, so that one cancelled waiter does not cancel the fetch for the others.
        with waiting_on(Dependency.SLACK):
            return await asyncio.shield(pending)

    async def _fetch(self, key: str, fetch: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        try:
            value = await fetch(key)
        finally:
            del self._pending[key]
        if len(self._cached) >= CACHE_SIZE:
            self._cached.clear()
        self._cached[key] = (self._clock(), value)
        return value
