"""Rate limits that all replicas share: Flashduty's of an account, for digests, and those of Slack's slow methods."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.columns import SUBJECT_LENGTH
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import bounded_key
from bot.storage.statements import insert_new
from bot.storage.tables import rate_limits
from bot.storage.transactions import Database, one_transaction

log = structlog.get_logger(__name__)

# One transaction books for so many who wait here; another replica comes in between.
MAX_SLOTS_PER_BOOKING: Final = 5


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """A limit of all replicas: one call, or slot, in each `interval`. `interval`, `burst` and `longest` are in seconds.

    After a pause, the slots of `burst` seconds are free at once.
    """

    name: str
    interval: float
    burst: float = 0.0
    longest: float = 60.0
    """A longer queue was booked by a replica whose clock was wrong, and starts again."""


def flashduty(account: str) -> RateLimit:
    """Return the limit of an account's 50 calls a second, with a tenth left for people who press buttons."""
    return RateLimit(name=f"flashduty {account}", interval=1 / 45, longest=30.0)


def _slow(method: str) -> RateLimit:
    """Return the limit of a method of Slack's tier 2, "20+ a minute": six at once, and twelve in the minute after."""
    return RateLimit(name=method, interval=5.0, burst=25.0, longest=600.0)


def replies(channel: str) -> RateLimit:
    """Return the limit of replies in the threads of a channel: one a second, ten at once after a pause.

    Source: docs.slack.dev/apis/web-api/rate-limits, which allows short bursts and gives no number.
    """
    return RateLimit(name=f"replies {channel}", interval=1.0, burst=9.0, longest=300.0)


LIST_GROUPS: Final = _slow("usergroups.list")
LIST_MEMBERS: Final = _slow("usergroups.users.list")
SET_MEMBERS: Final = _slow("usergroups.users.update")
# Of tier 3, "50+ a minute": five at once.
EDIT_MESSAGE: Final = RateLimit(name="chat.update", interval=1.2, burst=4.8, longest=300.0)
SET_TOPIC: Final = _slow("conversations.setTopic")


class RateLimitTable:
    """When each limit is free next; the method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def book(self, connection: AsyncConnection, limit: RateLimit, *, now: float, slots: int = 1) -> float:
        """Book slots in a row, and return the seconds until the first; negative when it was free before.

        `now` is in Unix seconds.
        """
        name, cost = bounded_key(limit.name, SUBJECT_LENGTH), limit.interval * slots
        free_at, earliest = rate_limits.c.free_at, now - limit.burst
        await insert_new(connection, rate_limits, {"name": name, "free_at": earliest})
        # Locks the row, so that replicas which book at the same time get different slots.
        start = case((free_at.between(earliest, now + limit.longest), free_at), else_=earliest)
        booked = update(rate_limits).where(rate_limits.c.name == name).values(free_at=start + cost)
        end: Any = (await connection.execute(booked.returning(free_at))).scalar_one()
        return float(end) - cost - now


class SharedRateLimiter:
    """Wait for slots; while the database does not answer, only the limits of the process itself apply."""

    def __init__(
        self,
        table: RateLimitTable,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._table = table
        self._now = now
        self._sleep = sleep
        self._waiting: dict[str, list[asyncio.Future[float]]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def wait(self, limit: RateLimit) -> None:
        """Wait for the next slot of a limit."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[float] = loop.create_future()
        waiting = self._waiting.setdefault(limit.name, [])
        waiting.append(mine)
        try:
            async with self._locks.setdefault(limit.name, asyncio.Lock()):
                if not mine.done():
                    await self._book_for(limit, waiting)
        finally:
            # A caller that is cancelled leaves its slot to the others.
            if mine in waiting:
                waiting.remove(mine)
        left = mine.result() - loop.time()
        if left > 0:
            await self._sleep(left)

    async def _book_for(self, limit: RateLimit, waiting: list[asyncio.Future[float]]) -> None:
        """Book for the callers that have waited longest, and assign each its time."""
        together = waiting[:MAX_SLOTS_PER_BOOKING]
        first = asyncio.get_running_loop().time() + await self._booked(limit, len(together))
        for index, one in enumerate(together):
            if one in waiting:
                waiting.remove(one)
                one.set_result(first + index * limit.interval)

    async def _booked(self, limit: RateLimit, slots: int) -> float:
        """Book slots in a row and return the seconds until the first."""
        try:
            return await self._table.book(limit, now=self._now().timestamp(), slots=slots)
        except DatabaseUnavailable as error:
            log.warning("ratelimit.booking_failed", limit=limit.name, why=str(error))
            return 0.0
