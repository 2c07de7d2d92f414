"""Delete rows whose retention is over, once an hour."""

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

CLEANUP_INTERVAL_SECONDS: Final = 3600.0
# Longer than any job looks back: for a digest's schedules, a shift's take-over, an earlier posting.
POSTING_RETENTION: Final = timedelta(days=60)
# Between two ticks the wall clock runs as fast as the monotonic clock, unless it was set.
MAX_CLOCK_DRIFT: Final = timedelta(minutes=10)


class Retention:
    """Delete when an hour has passed by both clocks: rows that a wrong clock deletes would be posted again."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.database = database
        self._now = now
        self._monotonic = monotonic
        self._looked: tuple[float, datetime] | None = None

    async def tick(self) -> None:
        """Delete expired rows if an hour has passed; raises DatabaseUnavailable."""
        read, now = self._monotonic(), self._now()
        since, at = self._looked or (read, now)
        if self._looked is not None and read - since < CLEANUP_INTERVAL_SECONDS:
            return
        self._looked = (read, now)
        if read > since and abs(now - at - timedelta(seconds=read - since)) < MAX_CLOCK_DRIFT:
            log.info("retention.cleared", rows=await self._clear_out(now))

    @one_transaction
    async def _clear_out(self, connection: AsyncConnection, now: datetime) -> int:
        """Delete expired rows, old postings and leases without renewal; return their number."""
        gone = [
            delete(postings).where(postings.c.window_ends < now - POSTING_RETENTION).returning(postings.c.kind),
            delete(leases).where(leases.c.renewed_at < now - LEASE_RETENTION).returning(leases.c.name),
        ]
        kept = [table for table in metadata.sorted_tables if "kept_until" in table.c]
        gone += [delete(table).where(table.c.kept_until < now).returning(table.c.kept_until) for table in kept]
        return sum([len((await connection.execute(statement)).all()) for statement in gone])
