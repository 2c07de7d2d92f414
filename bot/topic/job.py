"""Keep one marked part of a team's channel topic up to date: who is on call."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from bot.delivery.problem_notices import ProblemNotices, SyncProblem, SyncSubject
from bot.messages.audience import Audience
from bot.oncall.schedules import READ_AHEAD, TeamSchedules
from bot.oncall.shifts import is_known, on_call
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.channels import Channels
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKind
from bot.storage.rate_limits import SET_TOPIC, SharedRateLimiter
from bot.teams.access import Team
from bot.topic.messages import bracketed, is_right, topic_part, topic_problem, topic_restored, with_part

log = structlog.get_logger(__name__)

TOPIC_FULL: Final = SyncProblem("no_room")


class TopicSync:
    """The topics of all teams' channels; a topic that is up to date costs no write."""

    def __init__(
        self,
        *,
        slack_channels: Channels,
        problem_notices: ProblemNotices,
        rate_limiter: SharedRateLimiter,
        audiences: Audiences,
        now: Callable[[], datetime],
    ) -> None:
        self._slack_channels = slack_channels
        self._problem_notices = problem_notices
        self._rate_limiter = rate_limiter
        self._audiences = audiences
        self._now = now

    async def tick(self, team: Team, current: TeamSchedules) -> None:
        """Sync a team's topic, unless it is uncertain who is on call."""
        channel, now = team.announcement_channel, self._now()
        is_certain = current.is_fresh and all(is_known(schedule, now) for schedule in current.schedules)
        if not team.settings.topic or channel is None or not is_certain:
            return
        to = await self._audiences.of_channel(team)
        part = topic_part(to, [on_call(one, now, now + READ_AHEAD) for one in current.schedules], current.people)
        try:
            async with self._problem_notices.lock(_subject(channel)):
                await self._sync(to, team, channel, part=part)
        except DatabaseUnavailable as error:
            log.error("topic.sync_skipped", channel=channel, why=str(error))  # noqa: TRY400 - the driver's words

    async def _sync(self, to: Audience, team: Team, channel: str, *, part: str) -> None:
        notices, subject, state = self._problem_notices, _subject(channel), bracketed(to, part)
        if await notices.is_recorded(team, subject, state) or not await notices.hold_lease(team, subject):
            return
        problem = await self._write(to, channel, part)
        if problem is not None:
            await notices.raise_problem(team, subject, problem, message=topic_problem(to, problem.code, team.name))
            return
        await notices.record_state(team, subject, state)
        await notices.resolve_problem(team, subject, topic_restored(to, team.name))

    async def _write(self, to: Audience, channel: str, part: str) -> SyncProblem | None:
        """Set the topic if it differs; return why it could not be set."""
        try:
            if await self._is_right(to, channel, part):
                return None
            await self._rate_limiter.wait(SET_TOPIC)
            # People may have changed the topic while this waited.
            right = with_part(to, await self._slack_channels.topic(channel), part)
            if right is None:
                return TOPIC_FULL
            await self._slack_channels.set_topic(channel, right)
        except SlackError as refusal:
            log.warning("topic.sync_failed", channel=channel, method=refusal.method, code=refusal.code)
            return SyncProblem.of(refusal)
        return None

    async def _is_right(self, to: Audience, channel: str, part: str) -> bool:
        return is_right(to, await self._slack_channels.topic(channel), part)


def _subject(channel: str) -> SyncSubject:
    return SyncSubject(PostingKind.TOPIC, channel)
