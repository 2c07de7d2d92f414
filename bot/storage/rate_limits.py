"""Turns for what is limited outside and shared by all replicas: Flashduty's rate for digests, Slack's slow methods."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable

log = structlog.get_logger(__name__)

# One transaction books for so many who wait here; another replica comes in between.
TOGETHER: Final = 5


@dataclass(frozen=True)
class RateLimit:
    """A queue of all replicas; in seconds, how long a turn lasts, and how much of turns goes at once after a pause."""

    name: str
    turn: float
    burst: float = 0.0
    longest: float = 60.0
    """A queue that is longer than this is the work of a clock that was wrong, and begins anew."""


def flashduty(account: str) -> RateLimit:
    """Name the queue for an account's 50 calls a second, with a tenth left for people who press buttons."""
    return RateLimit(f"flashduty {account}", 1 / 45, longest=30.0)


def _slow(method: str) -> RateLimit:
    """Name the queue of a method of Slack's tier 2, "20+ a minute": six at once, and twelve in the minute after."""
    return RateLimit(method, 5.0, burst=25.0, longest=600.0)


LIST_GROUPS: Final = _slow("usergroups.list")
LIST_MEMBERS: Final = _slow("usergroups.users.list")
SET_MEMBERS: Final = _slow("usergroups.users.update")
SET_TOPIC: Final = _slow("conversations.setTopic")


@dataclass(frozen=True)
class SharedRateLimiter:
    """Waits for turns; without the database there is no queue, and the limits of the process itself must do."""

    notes: Notes
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)
    asking: dict[str, list[asyncio.Future[float]]] = field(default_factory=dict, repr=False)
    locks: dict[str, asyncio.Lock] = field(default_factory=dict, repr=False)

    async def wait(self, queue: RateLimit) -> None:
        """Wait for the next turn of a queue."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[float] = loop.create_future()
        asking = self.asking.setdefault(queue.name, [])
        asking.append(mine)
        try:
            async with self.locks.setdefault(queue.name, asyncio.Lock()):
                if not mine.done():
                    await self._book_for(queue, asking)
        finally:
            # Whoever gives up waiting leaves the row to the others.
            if mine in asking:
                asking.remove(mine)
        left = mine.result() - loop.time()
        if left > 0:
            await self.sleep(left)

    async def _book_for(self, queue: RateLimit, asking: list[asyncio.Future[float]]) -> None:
        """Book for the first of those who ask, and tell each when its turn is."""
        together = asking[:TOGETHER]
        first = asyncio.get_running_loop().time() + await self._booked(queue, len(together))
        for place, one in enumerate(together):
            if one in asking:
                asking.remove(one)
                one.set_result(first + place * queue.turn)

    async def _booked(self, queue: RateLimit, count: int) -> float:
        """Book turns in a row and give the seconds until the first."""
        try:
            return await self.notes.book(
                queue.name,
                self.now().timestamp(),
                cost=queue.turn * count,
                burst=queue.burst,
                longest=queue.longest,
            )
        except DatabaseUnavailable as error:
            log.warning("no turn booked", queue=queue.name, why=str(error))
            return 0.0
