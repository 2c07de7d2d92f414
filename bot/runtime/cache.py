"""Answers that are asked for once and kept for a while."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, TypeVar

from bot.runtime.request_trail import Party, asking

T = TypeVar("T")

CACHE_SIZE: Final = 5000


class TtlCache(Generic[T]):
    """Answers of Slack, kept for a while; while one is on its way, others who want it wait for the same."""

    def __init__(self, ttl: float, clock: Callable[[], float]) -> None:
        self._ttl = ttl
        self._clock = clock
        self._held: dict[str, tuple[float, T]] = {}
        self._coming: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str, ask: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        """Give what is remembered, or ask; what asking raises comes through, and is not remembered."""
        held = self._held.get(key)
        if held is not None and self._clock() - held[0] < self._ttl:
            return held[1]
        coming = self._coming.get(key)
        if coming is None:
            coming = asyncio.create_task(self._ask(key, ask), name=f"asking Slack about {key}")
            # When nobody waits any more, a failure is nobody's.
            coming.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._coming[key] = coming
        # Whoever gives up waiting must not take the answer from the others.
        with asking(Party.SLACK):
            return await asyncio.shield(coming)

    async def _ask(self, key: str, ask: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        try:
            answer = await ask(key)
        finally:
            del self._coming[key]
        if len(self._held) >= CACHE_SIZE:
            self._held.clear()
        self._held[key] = (self._clock(), answer)
        return answer
