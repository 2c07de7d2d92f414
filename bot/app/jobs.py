"""Periodic jobs: a table of name, interval, lease and what to run. A failed job does not stop the others.

`bot.app.services` writes the table.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from typing import Final

import structlog

from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.leases import Leases

log = structlog.get_logger(__name__)

EVERY_MINUTE: Final = timedelta(minutes=1)


class Stage(Enum):
    """When in a round a job runs."""

    BEFORE = auto()
    """One after another, before all others, which depend on them."""
    MAIN = auto()
    """Concurrently."""
    AFTER = auto()
    """After all others: reports on the round."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A periodic job: `run` is called at the start and every `interval`, on one replica at a time with `has_lease`.

    `follows` names a job of the same stage that goes first. A run that takes longer than the interval overlaps with the
    next one.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    interval: timedelta = EVERY_MINUTE
    stage: Stage = Stage.MAIN
    follows: str | None = None
    has_lease: bool = False


class PeriodicJobs:
    """Runs the jobs of the table in rounds: one for every interval."""

    def __init__(self, jobs: Iterable[Job], *, leases: Leases) -> None:
        self._jobs = tuple(jobs)
        self._leases = leases

    @property
    def rounds(self) -> Mapping[timedelta, Callable[[], Awaitable[None]]]:
        """Give for each interval a function that runs its jobs."""
        return {
            interval: partial(self._run, [job for job in self._jobs if job.interval == interval])
            for interval in sorted({job.interval for job in self._jobs})
        }

    async def tick(self) -> None:
        """Run every job once, whatever its interval.

        Raises an ExceptionGroup of the failures after all jobs have ended.
        """
        await self._run(self._jobs)

    async def _run(self, jobs: Iterable[Job]) -> None:
        by_stage = {stage: [job for job in jobs if job.stage is stage] for stage in Stage}
        outcomes = [outcome for job in by_stage[Stage.BEFORE] for outcome in await self._run_together([job])]
        for stage in (Stage.MAIN, Stage.AFTER):
            outcomes += await self._run_together(by_stage[stage])
        raise_together(outcomes)

    async def _run_together(self, jobs: Iterable[Job]) -> list[BaseException | None]:
        """Run jobs concurrently and give the exceptions they raised."""
        tasks: dict[str, asyncio.Task[None]] = {}
        for job in jobs:
            tasks[job.name] = asyncio.create_task(self._run_one(job, tasks.get(job.follows or "")), name=job.name)
        outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
        for name, outcome in zip(tasks, outcomes, strict=True):
            if outcome is not None:
                outcome.add_note(f"periodic job: {name}")
        return outcomes

    async def _run_one(self, job: Job, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait({earlier})
        try:
            if not job.has_lease or await self._leases.hold(f"job {job.name}"):
                await job.run()
        except DatabaseUnavailable as error:
            log.warning("job.postponed", job=job.name, why=str(error))


def raise_together(outcomes: Iterable[BaseException | None]) -> None:
    """Raise the exceptions among the outcomes as an ExceptionGroup, if there are any."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if failures:
        raise ExceptionGroup("periodic jobs failed", failures)
