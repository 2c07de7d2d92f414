"""Deletes once an hour the rows that nobody needs any more."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.leases import LEASE_RETENTION
from bot.storage.tables import leases, metadata, postings
from bot.storage.transactions import Database, one_transaction

log = structlog.get_logger(__name__)

CLEAR_OUT_EVERY: Final = 3600.0
# Long enough for whatever looks back: a digest's schedules, who took a shift over, what was posted.
POSTING_RETENTION: Final = timedelta(days=60)
# Between two looks a wall clock runs as fast as one that only runs forward, unless it was set.
LARGEST_DRIFT: Final = timedelta(minutes=10)


class Retention:
    """Clears out when an hour has passed by both clocks: rows that a wrong clock deletes would be posted again."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.database = database
        self._now = now
        self._monotonic = monotonic
        self._looked: tuple[float, datetime] | None = None

    async def tick(self) -> None:
        """Clear out if it is time; raises DatabaseUnavailable."""
        read, now = self._monotonic(), self._now()
        since, at = self._looked or (read, now)
        if self._looked is not None and read - since < CLEAR_OUT_EVERY:
            return
        self._looked = (read, now)
        if read > since and abs(now - at - timedelta(seconds=read - since)) < LARGEST_DRIFT:
            log.info("retention.cleared", rows=await self._clear_out(now))

    @one_transaction
    async def _clear_out(self, connection: AsyncConnection, now: datetime) -> int:
        """Delete what is kept no longer, postings of long ago and leases nobody renews; count the rows."""
        gone = [
            delete(postings).where(postings.c.window_ends < now - POSTING_RETENTION).returning(postings.c.kind),
            delete(leases).where(leases.c.renewed_at < now - LEASE_RETENTION).returning(leases.c.name),
        ]
        kept = [table for table in metadata.sorted_tables if "kept_until" in table.c]
        gone += [delete(table).where(table.c.kept_until < now).returning(table.c.kept_until) for table in kept]
        return sum([len((await connection.execute(statement)).all()) for statement in gone])
