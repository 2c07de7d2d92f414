"""Deletes once an hour what nobody needs any more: notes kept no longer, and rows of the ledger of long ago."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.storage.notes import Notes

log = structlog.get_logger(__name__)

EVERY: Final = 3600.0
# Long enough for whatever looks back: a digest's schedules, who took a shift over, what the ledger did.
LEDGER_KEPT: Final = timedelta(days=60)
# Between two looks a wall clock runs as fast as one that only runs forward, unless it was set.
LEAST_DRIFT: Final = timedelta(minutes=10)


@dataclass
class Retention:
    """Clears out when an hour has passed by both clocks: rows that a wrong clock deletes would be posted again."""

    notes: Notes
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    _looked: tuple[float, datetime] | None = field(default=None, init=False, repr=False)

    async def tick(self) -> None:
        """Clear out if it is time; raises DatabaseUnavailable."""
        read, now = self.monotonic(), self.now()
        since, at = self._looked or (read, now)
        if self._looked is not None and read - since < EVERY:
            return
        self._looked = (read, now)
        if read > since and abs(now - at - timedelta(seconds=read - since)) < LEAST_DRIFT:
            count = await self.notes.clear_out(now, now - LEDGER_KEPT)
            log.info("cleared out", rows=count)
