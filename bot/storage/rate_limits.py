"""Rate limits that all replicas share: Flashduty's of an account, for digests, and those of Slack's slow methods."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import bounded_key
from bot.storage.statements import insert_new
from bot.storage.tables import SUBJECT_LENGTH, rate_limits
from bot.storage.transactions import Database, one_transaction

log = structlog.get_logger(__name__)

# One transaction books for so many who wait here; another replica comes in between.
BOOKED_TOGETHER: Final = 5


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """A limit of all replicas; `turn`, `burst` and `longest` are in seconds.

    A turn lasts `turn` seconds. After a pause, turns of `burst` seconds in all go at once.
    """

    name: str
    turn: float
    burst: float = 0.0
    longest: float = 60.0
    """A queue that is longer than this was booked by a clock that was wrong, and starts again."""


def flashduty(account: str) -> RateLimit:
    """Return the limit of an account's 50 calls a second, with a tenth left for people who press buttons."""
    return RateLimit(name=f"flashduty {account}", turn=1 / 45, longest=30.0)


def _slow(method: str) -> RateLimit:
    """Return the limit of a method of Slack's tier 2, "20+ a minute": six at once, and twelve in the minute after."""
    return RateLimit(name=method, turn=5.0, burst=25.0, longest=600.0)


LIST_GROUPS: Final = _slow("usergroups.list")
LIST_MEMBERS: Final = _slow("usergroups.users.list")
SET_MEMBERS: Final = _slow("usergroups.users.update")
SET_TOPIC: Final = _slow("conversations.setTopic")


class RateLimitTable:
    """When each limit is free next; the method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def book(self, connection: AsyncConnection, limit: RateLimit, *, now: float, turns: int = 1) -> float:
        """Book turns in a row, and return the seconds until the first; negative when it was free before.

        `now` is in Unix seconds.
        """
        name, cost = bounded_key(limit.name, SUBJECT_LENGTH), limit.turn * turns
        free_at, earliest = rate_limits.c.free_at, now - limit.burst
        await insert_new(connection, rate_limits, {"name": name, "free_at": earliest})
        # Locks the row, so that replicas which ask together are given one turn after another.
        start = case((free_at.between(earliest, now + limit.longest), free_at), else_=earliest)
        booked = update(rate_limits).where(rate_limits.c.name == name).values(free_at=start + cost)
        end: Any = (await connection.execute(booked.returning(free_at))).scalar_one()
        return float(end) - cost - now


class SharedRateLimiter:
    """Waits for turns; while the database does not answer, the limits of the process itself must do."""

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
        """Wait for the next turn of a limit."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[float] = loop.create_future()
        waiting = self._waiting.setdefault(limit.name, [])
        waiting.append(mine)
        try:
            async with self._locks.setdefault(limit.name, asyncio.Lock()):
                if not mine.done():
                    await self._book_for(limit, waiting)
        finally:
            # A caller that stops waiting leaves its turn to the others.
            if mine in waiting:
                waiting.remove(mine)
        left = mine.result() - loop.time()
        if left > 0:
            await self._sleep(left)

    async def _book_for(self, limit: RateLimit, waiting: list[asyncio.Future[float]]) -> None:
        """Book for the first of those who wait, and give each its time."""
        together = waiting[:BOOKED_TOGETHER]
        first = asyncio.get_running_loop().time() + await self._booked(limit, len(together))
        for place, one in enumerate(together):
            if one in waiting:
                waiting.remove(one)
                one.set_result(first + place * limit.turn)

    async def _booked(self, limit: RateLimit, turns: int) -> float:
        """Book turns in a row and return the seconds until the first."""
        try:
            return await self._table.book(limit, now=self._now().timestamp(), turns=turns)
        except DatabaseUnavailable as error:
            log.warning("ratelimit.booking_failed", limit=limit.name, why=str(error))
            return 0.0
