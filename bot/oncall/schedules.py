"""Cache of each team's schedules: at most five minutes old, and read again at each handoff."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.flashduty import FlashdutyError, Person, Schedule
from bot.oncall.shifts import spans
from bot.runtime.tasks import BackgroundTasks
from bot.teams.access import Team

log = structlog.get_logger(__name__)

# An override that somebody adds just now is seen after this.
SCHEDULES_TTL: Final = timedelta(minutes=5)
# Long enough for the end of a weekly or fortnightly shift.
READ_AHEAD: Final = timedelta(days=15)
# A handoff that was missed, for example during a restart, is still posted within this.
MISSED_HANDOFF_WINDOW: Final = timedelta(hours=1)
# People on call within this are looked up by name; reminders are sent no earlier.
NAMES_AHEAD: Final = timedelta(hours=13)
SCHEDULES_TIMEOUT: Final = 20.0
# Older schedules do not decide who may act, and a person who pressed a button waits no longer for newer ones.
MAX_AGE_TO_JUDGE_BY: Final = timedelta(minutes=15)
RECENT_TIMEOUT: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class TeamSchedules:
    """A team's enabled schedules, and the people who are on call close to now."""

    schedules: tuple[Schedule, ...]
    people: Mapping[int, Person]
    read_at: datetime
    start: datetime
    """The start of the requested shifts: one that begins exactly here may have begun earlier."""
    is_fresh: bool = True
    """False when Flashduty did not answer and this is an earlier answer."""

    def changes_between(self, after: datetime, until: datetime) -> bool:
        """Whether anybody goes on or off call between two instants."""
        return any(
            after < edge <= until
            for schedule in self.schedules
            for span in spans(schedule)
            for edge in (span.start, span.end)
        )


class ScheduleCache:
    """Read schedules: two calls to Flashduty a team every five minutes, and at every handoff, when somebody asks."""

    def __init__(
        self, *, now: Callable[[], datetime], tasks: BackgroundTasks, language_of: Callable[[Team], str]
    ) -> None:
        self._now = now
        self._tasks = tasks
        # Failures are reported in the team's channel.
        self._language_of = language_of
        self._cached: dict[str, TeamSchedules] = {}
        self._errors: dict[str, FlashdutyError] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        # Reads in progress that somebody waits for; later callers wait for the same read.
        self._reading: dict[str, asyncio.Event] = {}

    def error(self, team: Team) -> FlashdutyError | None:
        """Return why a team's schedules could not be read at the last attempt; None when they were."""
        return self._errors.get(team.name)

    async def get(self, team: Team) -> TeamSchedules | None:
        """Return a team's schedules; None when Flashduty has not answered at all yet."""
        async with self._locks.setdefault(team.name, asyncio.Lock()):
            return await self._current(team)

    async def get_recent(self, team: Team) -> TeamSchedules | None:
        """Return schedules that are at most 15 minutes old, within a second; None when there are none.

        A read that takes longer goes on in the background, for later callers.
        """
        cached = self._cached.get(team.name)
        if cached is None or _is_stale(cached, self._now()):
            await self._read_briefly(team)
            cached = self._cached.get(team.name)
        if cached is None:
            return None
        age = self._now() - cached.read_at
        return cached if timedelta(0) <= age <= MAX_AGE_TO_JUDGE_BY else None

    async def _read_briefly(self, team: Team) -> None:
        done = self._reading.get(team.name)
        if done is None:
            done = asyncio.Event()
            if not self._tasks.start(self._read_in_background(team, done), name=f"schedules of {team.name}"):
                return
            self._reading[team.name] = done
        try:
            async with asyncio.timeout(RECENT_TIMEOUT):
                await done.wait()
        except TimeoutError:
            log.warning("schedules.read_timeout", team=team.name)

    async def _read_in_background(self, team: Team, done: asyncio.Event) -> None:
        try:
            await self.get(team)
        finally:
            self._reading.pop(team.name, None)
            done.set()

    async def _current(self, team: Team) -> TeamSchedules | None:
        now, cached = self._now(), self._cached.get(team.name)
        if cached is not None and not _is_stale(cached, now):
            return cached
        try:
            fresh = await self._read(team, now)
        except FlashdutyError as error:
            log.warning("schedules.read_failed", team=team.name, code=error.raw_code, request_id=error.request_id)
            self._errors[team.name] = error
            return None if cached is None else replace(cached, is_fresh=False)
        self._errors.pop(team.name, None)
        self._cached[team.name] = fresh
        return fresh

    async def _read(self, team: Team, now: datetime) -> TeamSchedules:
        until = asyncio.get_running_loop().time() + SCHEDULES_TIMEOUT
        flashduty = team.flashduty.speaking(self._language_of(team)).until(until)
        start = now - 2 * MISSED_HANDOFF_WINDOW
        found = await flashduty.schedules(start, now + READ_AHEAD, team_ids=team.flashduty_team_ids)
        enabled = tuple(schedule for schedule in found if schedule.is_enabled)
        people = await flashduty.persons(_person_ids_near(enabled, now))
        return TeamSchedules(schedules=enabled, people=people, read_at=now, start=start)


def _is_stale(cached: TeamSchedules, now: datetime) -> bool:
    # The clock may have been set back: schedules that were read in the future are stale as well.
    is_young = timedelta(0) <= now - cached.read_at < SCHEDULES_TTL
    return not is_young or cached.changes_between(cached.read_at, now)


def _person_ids_near(schedules: Iterable[Schedule], now: datetime) -> list[int]:
    near = (
        person
        for schedule in schedules
        for span in spans(schedule)
        if span.start <= now + NAMES_AHEAD and span.end >= now - 2 * MISSED_HANDOFF_WINDOW
        for person in span.person_ids
    )
    return list(dict.fromkeys(near))
