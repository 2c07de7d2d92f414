"""Delete rows whose retention is over, once an hour, in small steps: a step is one short transaction."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.leases import LEASE_RETENTION
from bot.storage.tables import incident_hints, leases, metadata, postings
from bot.storage.transactions import Database, one_transaction

log = structlog.get_logger(__name__)

CLEANUP_INTERVAL_SECONDS: Final = 3600.0
# Longer than any job looks back: for a digest's schedules, a shift's take-over, an earlier posting.
POSTING_RETENTION: Final = timedelta(days=60)
# Between two ticks the wall clock runs as fast as the monotonic clock, unless it was set.
MAX_CLOCK_DRIFT: Final = timedelta(minutes=10)
# A transaction deletes so many rows at most: on SQLite all other writers wait for it.
ROWS_PER_STEP: Final = 500


class Retention:
    """Delete when an hour has passed by both clocks: rows that a wrong clock deletes would be posted again.

    `retention` is how long hints are kept; the rows of other tables say it themselves.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        retention: timedelta,
    ) -> None:
        self.database = database
        self._now = now
        self._monotonic = monotonic
        self._retention = retention
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

    async def _clear_out(self, now: datetime) -> int:
        """Delete expired rows, old postings, leases without renewal and hints; return their number."""
        cleared = 0
        for table, is_over in self._expired(now):
            deleted = ROWS_PER_STEP
            while deleted == ROWS_PER_STEP:
                deleted = await self._delete_some(table, is_over)
                cleared += deleted
        return cleared

    def _expired(self, now: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
        yield postings, postings.c.window_ends < now - POSTING_RETENTION
        yield leases, leases.c.renewed_at < now - LEASE_RETENTION
        yield incident_hints, incident_hints.c.hinted_at < now - self._retention
        for table in metadata.sorted_tables:
            if "kept_until" in table.c:
                yield table, table.c.kept_until < now

    @one_transaction
    async def _delete_some(self, connection: AsyncConnection, table: Table, is_over: ColumnElement[bool]) -> int:
        """Delete expired rows of a table, one step; return their number."""
        key = tuple_(*table.primary_key.columns)
        some = select(*table.primary_key.columns).where(is_over).limit(ROWS_PER_STEP)
        # The condition counts twice: a row may have been renewed since it was selected.
        gone = delete(table).where(key.in_(some), is_over).returning(*table.primary_key.columns)
        return len((await connection.execute(gone)).all())
