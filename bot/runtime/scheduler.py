"""The scheduler: APScheduler calls each round of periodic jobs at its interval; a watchdog replaces it if it stalls."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Literal

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.runtime.tasks import BackgroundTasks

log = structlog.get_logger(__name__)

STALLED_AFTER: Final = 180.0
WATCHDOG_SECONDS: Final = 20.0

Round = Callable[[], Awaitable[None]]
ScheduledSleep = Callable[[float], Awaitable[None]]


class Scheduler:
    """Calls each round at the start and at every multiple of its interval; late calls are merged into one, not dropped.

    APScheduler plans by the wall clock and can stop silently, so the watchdog measures the time since its last wake-up
    on a monotonic clock and replaces a stalled scheduler. The shortest interval must be shorter than `STALLED_AFTER`
    seconds.
    """

    def __init__(
        self,
        rounds: Mapping[timedelta, Round],
        work: BackgroundTasks,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: ScheduledSleep = asyncio.sleep,
        make: Callable[[], AsyncIOScheduler] = lambda: AsyncIOScheduler(timezone=UTC),
    ) -> None:
        self._rounds = rounds
        self._work = work
        self._monotonic = monotonic
        self._sleep = sleep
        self._make = make
        self._last = monotonic()
        self._scheduler: AsyncIOScheduler | None = None
        self._supervisor: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Call every round now and at its interval."""
        self._begin()
        self._supervisor = asyncio.get_running_loop().create_task(self._supervise(), name="scheduler supervisor")

    async def stop(self) -> None:
        """Stop calling rounds; BackgroundTasks awaits those that run."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await self._supervisor
        self._end()

    def age(self) -> int:
        """Give the seconds since the last wake-up."""
        return int(self._monotonic() - self._last)

    def state(self) -> Literal["ok", "stalled"]:
        """Give whether the last wake-up is recent enough."""
        return "stalled" if self._monotonic() - self._last > STALLED_AFTER else "ok"

    def _begin(self) -> None:
        self._scheduler = self._make()
        now = datetime.now(UTC)
        for interval, run in self._rounds.items():
            self._work.start(_run_round(run), name="periodic jobs")
            passed = timedelta(seconds=now.timestamp() % interval.total_seconds())
            self._scheduler.add_job(
                partial(self._wake, run),
                IntervalTrigger(
                    seconds=int(interval.total_seconds()), start_date=now - passed + interval, timezone=UTC
                ),
                misfire_grace_time=None,
                coalesce=True,
            )
        self._scheduler.start()

    def _end(self) -> None:
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._scheduler = None

    async def _supervise(self) -> None:
        """Replace a stalled scheduler; `/readyz` reports it as stalled until the new one wakes up."""
        since = self._last
        while True:
            await self._sleep(WATCHDOG_SECONDS)
            since = max(since, self._last)
            if self._monotonic() - since > STALLED_AFTER:
                log.error("scheduler.replaced", seconds=self.age())
                since = self._monotonic()
                self._end()
                self._begin()

    async def _wake(self, run: Round) -> None:
        self._last = self._monotonic()
        self._work.start(_run_round(run), name="periodic jobs")


async def _run_round(run: Round) -> None:
    await run()
