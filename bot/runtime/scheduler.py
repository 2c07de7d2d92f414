"""The timer: APScheduler wakes us once a minute, and what is due is ours to know."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.runtime.tasks import BackgroundTasks

log = structlog.get_logger(__name__)

PERIOD: Final = timedelta(minutes=1)
STALLED_AFTER: Final = 180.0
LOOK_EVERY: Final = 20.0

Sleep = Callable[[float], Awaitable[None]]


class Scheduler:
    """Calls `tick` at once and at every full minute; a call that is late or overlaps is made once, never dropped.

    APScheduler plans by the wall clock and can stop for good without a word, so its last wake-up is watched by a clock
    that only runs forward, and a scheduler that sleeps too long is replaced.
    """

    def __init__(
        self,
        tick: Callable[[], Awaitable[None]],
        work: BackgroundTasks,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        make: Callable[[], AsyncIOScheduler] = lambda: AsyncIOScheduler(timezone=UTC),
    ) -> None:
        self._tick = tick
        self._work = work
        self._monotonic = monotonic
        self._sleep = sleep
        self._make = make
        self._last = monotonic()
        self._scheduler: AsyncIOScheduler | None = None
        self._supervisor: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wake up, now and then every minute."""
        self._work.start(self._run(), name="tick")
        self._begin()
        self._supervisor = asyncio.get_running_loop().create_task(self._supervise(), name="scheduler supervisor")

    async def stop(self) -> None:
        """Wake up no more; what is running belongs to the registry of work and is awaited there."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await self._supervisor
        self._end()

    def age(self) -> int:
        """Tell how many seconds ago the last wake-up was."""
        return int(self._monotonic() - self._last)

    def state(self) -> Literal["ok", "stalled"]:
        """Say whether it still wakes up."""
        return "stalled" if self._monotonic() - self._last > STALLED_AFTER else "ok"

    def _begin(self) -> None:
        first = datetime.now(UTC).replace(second=0, microsecond=0) + PERIOD
        self._scheduler = self._make()
        self._scheduler.add_job(
            self._wake,
            IntervalTrigger(seconds=int(PERIOD.total_seconds()), start_date=first, timezone=UTC),
            misfire_grace_time=None,
            coalesce=True,
        )
        self._scheduler.start()

    def _end(self) -> None:
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._scheduler = None

    async def _supervise(self) -> None:
        """Replace a scheduler that has stalled; until the new one wakes up, `/readyz` goes on saying so."""
        since = self._last
        while True:
            await self._sleep(LOOK_EVERY)
            since = max(since, self._last)
            if self._monotonic() - since > STALLED_AFTER:
                log.error("scheduler stalled, starting another", seconds=self.age())
                since = self._monotonic()
                self._end()
                self._work.start(self._run(), name="tick")
                self._begin()

    async def _wake(self) -> None:
        self._last = self._monotonic()
        self._work.start(self._run(), name="tick")

    async def _run(self) -> None:
        await self._tick()
