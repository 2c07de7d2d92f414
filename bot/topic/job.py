"""Keeps one marked part of a team's channel topic up to date: who is on call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bot.delivery.problem_notices import ProblemNotices, SyncProblem
from bot.oncall.schedules import READ_AHEAD, TeamSchedules
from bot.oncall.shifts import is_known, on_call
from bot.slack.api import SlackError
from bot.slack.noticeboard import Noticeboard
from bot.storage.postings import DatabaseUnavailable
from bot.storage.rate_limits import SET_TOPIC, SharedRateLimiter
from bot.teams.access import Team
from bot.topic.messages import is_right, over, topic_part, trouble, with_part

log = structlog.get_logger(__name__)

TOPIC_FULL: Final = SyncProblem("no_room")


@dataclass(frozen=True)
class TopicSync:
    """The topics of all teams' channels; one that is right costs no write."""

    noticeboard: Noticeboard
    problem_notices: ProblemNotices
    turns: SharedRateLimiter
    now: Callable[[], datetime]

    async def tick(self, team: Team, team_schedules: TeamSchedules) -> None:
        """Look after a team's topic; nothing is changed by what is not known for certain at this moment."""
        channel, now = team.announcement_channel, self.now()
        is_certain = team_schedules.is_fresh and all(is_known(schedule, now) for schedule in team_schedules.schedules)
        if not team.topic_sync or channel is None or not is_certain:
            return
        part = topic_part(
            [on_call(one, now, now + READ_AHEAD) for one in team_schedules.schedules], team_schedules.people
        )
        try:
            async with self.problem_notices.lock(_subject(channel)):
                await self._look_after(team, channel, part)
        except DatabaseUnavailable as error:
            log.error("topic left alone", channel=channel, why=str(error))  # noqa: TRY400 - the driver's words

    async def _look_after(self, team: Team, channel: str, part: str) -> None:
        subject = _subject(channel)
        if await self.problem_notices.is_known(team, subject, part) or not await self.problem_notices.is_mine(
            team, subject
        ):
            return
        obstacle = await self._write(channel, part)
        if obstacle is not None:
            await self.problem_notices.tell(team, subject, obstacle, trouble(obstacle.code, team.name))
            return
        await self.problem_notices.know(team, subject, part)
        await self.problem_notices.right(team, subject, over(team.name))

    async def _write(self, channel: str, part: str) -> SyncProblem | None:
        """Change the topic where it is not right; give what stands in the way."""
        try:
            if await self._is_right(channel, part):
                return None
            await self.turns.wait(SET_TOPIC)
            # People may have written while this waited.
            topic = await self.noticeboard.topic(channel)
            right = with_part(topic, part)
            if right is None:
                return TOPIC_FULL
            await self.noticeboard.set_topic(channel, right)
        except SlackError as refusal:
            log.warning("topic not changed", channel=channel, method=refusal.method, code=refusal.code)
            return SyncProblem.of(refusal)
        return None

    async def _is_right(self, channel: str, part: str) -> bool:
        return is_right(await self.noticeboard.topic(channel), part)


def _subject(channel: str) -> str:
    return f"topic {channel}"
