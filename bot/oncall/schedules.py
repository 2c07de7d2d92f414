"""Each team's schedules for what happens at a hand-over: a few minutes old, and read anew at each change."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.flashduty import FlashdutyError, Person, Schedule
from bot.oncall.shifts import spans
from bot.runtime.tasks import BackgroundTasks
from bot.storage import rate_limits as turns
from bot.storage.rate_limits import SharedRateLimiter
from bot.teams.access import Team

log = structlog.get_logger(__name__)

# A cover that somebody arranges just now is seen after this.
SCHEDULES_TTL: Final = timedelta(minutes=5)
# Long enough to name the end of a weekly or fortnightly shift.
READ_AHEAD: Final = timedelta(days=15)
# A hand-over that was missed while nobody looked is still told within this.
MISSED_HANDOFF_WINDOW: Final = timedelta(hours=1)
# Names are looked up for those who have the pager in this time; reminders go out no earlier.
NAMES_AHEAD: Final = timedelta(hours=13)
SCHEDULES_TIMEOUT: Final = 20.0
# Who may act is judged by nothing older, and somebody who pressed waits no longer for it.
MAX_AGE_TO_JUDGE_BY: Final = timedelta(minutes=15)
RECENT_TIMEOUT: Final = 1.0


@dataclass(frozen=True)
class TeamSchedules:
    """The schedules in use at one team, and the people who have the pager around now."""

    schedules: tuple[Schedule, ...]
    people: Mapping[int, Person]
    read_at: datetime
    start: datetime
    """From when on shifts were asked for: what is cut there did not begin there."""
    is_fresh: bool = True
    """Whether Flashduty has just confirmed it; false when it did not answer and this is what it said before."""

    def changes_between(self, after: datetime, until: datetime) -> bool:
        """Tell whether anybody takes or leaves the pager between two instants."""
        return any(
            after < edge <= until
            for schedule in self.schedules
            for span in spans(schedule)
            for edge in (span.start, span.end)
        )


@dataclass(frozen=True)
class ScheduleCache:
    """Reads them: two calls to Flashduty a team every five minutes, and at every hand-over, where anybody asks.

    `failures` tells why a team's could not be read the last time, until they can be again.
    """

    turns: SharedRateLimiter
    now: Callable[[], datetime]
    work: BackgroundTasks
    held: dict[str, TeamSchedules] = field(default_factory=dict, repr=False)
    failures: dict[str, FlashdutyError] = field(default_factory=dict, repr=False)
    locks: dict[str, asyncio.Lock] = field(default_factory=dict, repr=False)
    reading: dict[str, asyncio.Event] = field(default_factory=dict, repr=False)
    """Reads that somebody waits for; the next who asks waits for the same."""

    async def recent(self, team: Team) -> TeamSchedules | None:
        """Give a rota that is at most 15 minutes old, within a second; None when there is none.

        A read that takes longer goes on, for whoever asks next.
        """
        held = self.held.get(team.name)
        if held is None or _is_stale(held, self.now()):
            await self._read_for_a_moment(team)
            held = self.held.get(team.name)
        return held if held is not None and timedelta(0) <= self.now() - held.read_at <= MAX_AGE_TO_JUDGE_BY else None

    async def _read_for_a_moment(self, team: Team) -> None:
        done = self.reading.get(team.name)
        if done is None:
            done = asyncio.Event()
            if not self.work.start(self._read_for_others(team, done), name=f"schedules of {team.name}"):
                return
            self.reading[team.name] = done
        try:
            async with asyncio.timeout(RECENT_TIMEOUT):
                await done.wait()
        except TimeoutError:
            log.warning("schedules not read in time", team=team.name)

    async def _read_for_others(self, team: Team, done: asyncio.Event) -> None:
        try:
            await self.of(team)
        finally:
            self.reading.pop(team.name, None)
            done.set()

    async def of(self, team: Team) -> TeamSchedules | None:
        """Give a team's rota; None when Flashduty has not answered yet at all."""
        async with self.locks.setdefault(team.name, asyncio.Lock()):
            return await self._fresh(team)

    async def _fresh(self, team: Team) -> TeamSchedules | None:
        now, held = self.now(), self.held.get(team.name)
        if held is not None and not _is_stale(held, now):
            return held
        try:
            fresh = await self._read(team, now)
        except FlashdutyError as error:
            log.warning("schedules not read", team=team.name, code=error.raw_code, request_id=error.request_id)
            self.failures[team.name] = error
            return None if held is None else replace(held, is_fresh=False)
        self.failures.pop(team.name, None)
        self.held[team.name] = fresh
        return fresh

    async def _read(self, team: Team, now: datetime) -> TeamSchedules:
        queue = turns.flashduty(team.account)
        deadline = asyncio.get_running_loop().time() + SCHEDULES_TIMEOUT
        flashduty = team.flashduty.until(deadline).in_turn(lambda: self.turns.wait(queue))
        start = now - 2 * MISSED_HANDOFF_WINDOW
        found = await flashduty.schedules(start, now + READ_AHEAD, team_ids=team.flashduty_team_ids)
        in_use = tuple(schedule for schedule in found if schedule.is_enabled)
        people = await flashduty.persons(_person_ids_near(in_use, now))
        return TeamSchedules(in_use, people, now, start)


def _is_stale(team_schedules: TeamSchedules, now: datetime) -> bool:
    # Clocks go back as well: what was read in the future is as old as anything.
    is_young = timedelta(0) <= now - team_schedules.read_at < SCHEDULES_TTL
    return not is_young or team_schedules.changes_between(team_schedules.read_at, now)


def _person_ids_near(schedules: Iterable[Schedule], now: datetime) -> list[int]:
    near = (
        person
        for schedule in schedules
        for span in spans(schedule)
        if span.start <= now + NAMES_AHEAD and span.end >= now - 2 * MISSED_HANDOFF_WINDOW
        for person in span.person_ids
    )
    return list(dict.fromkeys(near))
