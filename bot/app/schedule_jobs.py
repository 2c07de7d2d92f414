"""The jobs that follow a team's schedules, each minute, with one read of the schedules for all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog

from bot.app.jobs import raise_together
from bot.delivery.problem_notices import ProblemNotices, SyncProblem, SyncSubject
from bot.handoff.messages.notices import schedules_read_again, schedules_unread
from bot.messages.errors import FailedCall
from bot.oncall.schedules import ScheduleCache, TeamSchedules
from bot.people.audiences import Audiences
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKind
from bot.teams.access import Teams
from bot.teams.team import Team

log = structlog.get_logger(__name__)

SCHEDULES: Final = SyncSubject(PostingKind.SCHEDULES)

Follow = Callable[[Team, TeamSchedules], Awaitable[None]]


class ScheduleJobs:
    """Passes the schedules of every team that needs them to each follower; a failed one does not stop the others."""

    def __init__(
        self,
        followers: Iterable[Follow],
        *,
        teams: Teams,
        schedule_cache: ScheduleCache,
        problem_notices: ProblemNotices,
        audiences: Audiences,
    ) -> None:
        self._followers = tuple(followers)
        self._teams = teams
        self._schedule_cache = schedule_cache
        self._problem_notices = problem_notices
        self._audiences = audiences

    async def tick(self) -> None:
        """Run the followers; raises an ExceptionGroup of the failures after all of them have ended."""
        following = (self._follow(team) for team in self._teams if team.needs_schedules)
        raise_together(await asyncio.gather(*following, return_exceptions=True))

    async def _follow(self, team: Team) -> None:
        schedules = await self._schedule_cache.get(team)
        try:
            await self._report(team)
        except DatabaseUnavailable as error:
            log.warning("schedules.notice_postponed", team=team.name, why=str(error))
        if schedules is None:
            return
        # Concurrently: user groups may wait for the rate limit for minutes.
        running = (follow(team, schedules) for follow in self._followers)
        raise_together(await asyncio.gather(*running, return_exceptions=True))

    async def _report(self, team: Team) -> None:
        """Report in the team's channel that its schedules have not been readable for long, or are again."""
        failure, notices = self._schedule_cache.error(team), self._problem_notices
        to = await self._audiences.of_channel(team)
        if failure is None:
            await notices.resolve_problem(team, SCHEDULES, schedules_read_again(to, team.name))
            return
        why = FailedCall(failure, team.name, team.key_setting)
        problem = SyncProblem(failure.raw_code or type(failure).__name__, is_temporary=failure.is_worth_retrying)
        await notices.raise_problem(team, SCHEDULES, problem, message=schedules_unread(to, why))
