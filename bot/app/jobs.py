"""Everything the bot looks after once a minute by itself; one thing's trouble touches no other."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from bot.delivery.database_alerts import DatabaseAlerts
from bot.delivery.missed import MissedPosts
from bot.delivery.operator_alerts import OperatorAlerts
from bot.delivery.outbox import ThreadOutbox
from bot.delivery.problem_notices import ProblemNotices, SyncProblem
from bot.delivery.publisher import Publisher
from bot.delivery.responder_alerts import ResponderAlerts
from bot.digest.job import DigestJob
from bot.handoff.job import ShiftNoticeJob
from bot.handoff.messages.notices import schedules_read_again, schedules_unread
from bot.messages.errors import FailedCall
from bot.oncall.schedules import ScheduleCache
from bot.report.job import ReportJob
from bot.storage.postings import DatabaseUnavailable
from bot.storage.retention import Retention
from bot.teams.access import Team, Teams
from bot.topic.job import TopicSync
from bot.usergroups.job import UserGroupSync

log = structlog.get_logger(__name__)

SCHEDULES: Final = "schedules"


@dataclass
class PeriodicJobs:
    """What is done on start and every minute."""

    teams: Teams
    database: DatabaseAlerts
    publisher: Publisher
    threads: ThreadOutbox
    digests: DigestJob
    reports: ReportJob
    schedule_cache: ScheduleCache
    shifts: ShiftNoticeJob
    followers: UserGroupSync
    on_call: ResponderAlerts
    topics: TopicSync
    problem_notices: ProblemNotices
    admins: OperatorAlerts
    missed: MissedPosts
    clearing: Retention

    async def tick(self) -> None:
        """Do everything that is due; raises what went wrong in a group, after all the rest was done."""
        await self.database.look()
        await self.publisher.catch_up()
        following = [self._follow(team) for team in self.teams if team.needs_schedules]
        ended = await asyncio.gather(
            self._mornings(),
            self._unless_down("threads", self.threads.catch_up(self.publisher.address)),
            self._unless_down("word to the admins", self.admins.catch_up()),
            self._unless_down("what was missed", self.missed.tick()),
            self._unless_down("clearing out", self.clearing.tick()),
            *following,
            return_exceptions=True,
        )
        await self.database.tell(self.publisher.unclaimed())
        _raise_together(ended)

    async def _mornings(self) -> None:
        """Post the digests, and then the week's reports: the day comes first."""
        ended = [await asyncio.gather(one.tick(), return_exceptions=True) for one in (self.digests, self.reports)]
        _raise_together(outcome for (outcome,) in ended)

    async def _follow(self, team: Team) -> None:
        rota = await self.schedule_cache.get(team)
        await self._unless_down("trouble with schedules", self._tell_of_schedules(team))
        if rota is None:
            return
        # Groups may wait for minutes for their turns, which nothing else has to.
        ended = await asyncio.gather(
            self.shifts.tick(team, rota),
            self.followers.tick(team, rota),
            self.topics.tick(team, rota),
            self.on_call.tick(team, rota),
            return_exceptions=True,
        )
        _raise_together(ended)

    async def _tell_of_schedules(self, team: Team) -> None:
        """Tell the team's channel when its schedules cannot be read for long, as nothing then follows them."""
        failure = self.schedule_cache.error(team)
        if not await self.problem_notices.is_mine(team, SCHEDULES):
            return
        if failure is None:
            await self.problem_notices.right(team, SCHEDULES, schedules_read_again(team.name))
            return
        why = FailedCall(failure, team.name, team.key_setting)
        obstacle = SyncProblem(failure.raw_code or type(failure).__name__, passes=failure.is_worth_retrying)
        await self.problem_notices.tell(team, SCHEDULES, obstacle, schedules_unread(why))

    async def _unless_down(self, what: str, work: Awaitable[None]) -> None:
        """Leave for later what needs the database while that does not answer."""
        try:
            await work
        except DatabaseUnavailable as error:
            log.warning("left for later", what=what, why=str(error))


def _raise_together(ended: Iterable[BaseException | None]) -> None:
    wrong = [outcome for outcome in ended if isinstance(outcome, Exception)]
    if wrong:
        raise ExceptionGroup("not all of the round was done", wrong)
