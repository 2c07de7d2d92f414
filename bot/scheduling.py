"""The timer: APScheduler wakes us once a minute, and what is due is ours to know."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.work import Work

log = structlog.get_logger(__name__)

PERIOD: Final = timedelta(minutes=1)
STALLED_AFTER: Final = timedelta(minutes=5)


class Timer:
    """Calls `tick` at every full minute; a call that is late or overlaps is made once, never dropped."""

    def __init__(self, tick: Callable[[], Awaitable[None]], work: Work) -> None:
        self._tick = tick
        self._work = work
        self._last = datetime.now(UTC)
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin to wake up."""
        first = datetime.now(UTC).replace(second=0, microsecond=0) + PERIOD
        self._scheduler.add_job(
            self._wake,
            IntervalTrigger(seconds=int(PERIOD.total_seconds()), start_date=first, timezone=UTC),
            misfire_grace_time=None,
            coalesce=True,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Wake up no more; what is running belongs to the registry of work and is awaited there."""
        self._scheduler.shutdown(wait=False)

    def complaint(self) -> str | None:
        """Say what is wrong with the timer, if anything is."""
        quiet = datetime.now(UTC) - self._last
        return f"the scheduler has not woken up for {int(quiet.total_seconds())} s" if quiet > STALLED_AFTER else None

    async def _wake(self) -> None:
        self._last = datetime.now(UTC)
        self._work.start(self._run(), name="tick")

    async def _run(self) -> None:
        await self._tick()
