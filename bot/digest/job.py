"""Post each team's digest when it is due or on demand. One team's failure does not affect another."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.config.plans import DigestPlan
from bot.delivery.due import Due, due_now
from bot.delivery.model import DeliveryOutcome, NotYetError, ScheduledPost
from bot.delivery.outbox import ThreadOutbox
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.digest.gather import DigestDependencies, gather_digest
from bot.digest.messages.digest import digest_failed, posted_digest
from bot.digest.model import DigestPart, OnCallPart, TeamDigest
from bot.digest.previous_schedules import PreviousSchedules
from bot.flashduty import Flashduty, FlashdutyError
from bot.handoff.takeovers import Takeovers
from bot.incidents.attribution import Attributions
from bot.messages import PostedMessage, errors
from bot.oncall.responder_alerts import ResponderAlerts
from bot.people.audiences import Audiences
from bot.people.slack_profiles import SlackProfiles
from bot.slack.workspace import Workspace
from bot.storage import rate_limits
from bot.storage.postings import PostingKind
from bot.storage.rate_limits import SharedRateLimiter
from bot.teams.access import SlackPerson, Team, Teams

log = structlog.get_logger(__name__)

# A retry after this counts as a new request.
ON_DEMAND_WINDOW: Final = timedelta(hours=1)
# Nobody waits for a scheduled digest, so slow answers are waited for.
DIGEST_TIMEOUT: Final = 60.0
# The job runs once a minute; a digest that is later than this shows its planned time.
LATE_AFTER: Final = timedelta(minutes=2)
# A digest with a missing part that may still be read waits this long for it; one without any part waits until shortly
# before its window ends: a pause between two attempts is 15 minutes at most.
WAIT_FOR_PARTS: Final = timedelta(minutes=10)
LAST_ATTEMPT: Final = timedelta(minutes=20)


class DigestJob:
    """The digests of all teams; the publisher posts each local date's digest once."""

    def __init__(
        self,
        *,
        teams: Teams,
        publisher: Publisher,
        workspace: Workspace,
        outbox: ThreadOutbox,
        rate_limiter: SharedRateLimiter,
        snapshots: PreviousSchedules,
        profiles: SlackProfiles,
        attributions: Attributions,
        responder_alerts: ResponderAlerts,
        audiences: Audiences,
        takeovers: Takeovers,
        now: Callable[[], datetime],
    ) -> None:
        self._audiences = audiences
        self._teams = teams
        self._publisher = publisher
        self._target = ChannelMessage(workspace, outbox)
        self._rate_limiter = rate_limiter
        self._snapshots = snapshots
        self._deps = DigestDependencies(
            snapshots=snapshots, profiles=profiles, attributions=attributions, takeovers=takeovers
        )
        self._responder_alerts = responder_alerts
        self._now = now

    async def tick(self) -> None:
        """Post the digests that are due, not posted yet and not too late."""
        now = self._now()
        plans = [(team, team.settings.digest) for team in self._teams if team.settings.digest]
        due = [(team, plan, due) for team, plan in plans for due in due_now(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due))

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        post = ScheduledPost(
            team=team.name, kind=PostingKind.DIGEST, local_date=due.on, window_ends=due.at + plan.catch_up
        )
        gathered: list[TeamDigest] = []

        async def compose() -> PostedMessage:
            gathered.append(await self._gather(team, plan, due))
            return await self._message(team, plan, due, digest=gathered[-1])

        await self._publisher.deliver(post, plan.channel, compose, target=self._target)
        for digest in gathered:
            # Teams that need their schedules every minute were checked there.
            if isinstance(digest.on_call, OnCallPart) and not team.needs_schedules:
                part = digest.on_call
                await self._responder_alerts.after_digest(
                    team, part.people, entries=part.entries, handoffs=part.handoffs
                )

    async def _gather(self, team: Team, plan: DigestPlan, due: Due) -> TeamDigest:
        deadline = asyncio.get_running_loop().time() + DIGEST_TIMEOUT
        limit = rate_limits.flashduty(team.account)
        to = await self._audiences.of_channel(team)
        flashduty = team.flashduty.speaking(to.language.code).until(deadline)
        flashduty = flashduty.with_shared_limit(lambda: self._rate_limiter.wait(limit))
        deps = replace(self._deps, notifies=plan.mentions)
        return await gather_digest(flashduty, team, self._now(), on=due.on, deps=deps)

    async def _message(self, team: Team, plan: DigestPlan, due: Due, *, digest: TeamDigest) -> PostedMessage:
        """Draw a digest and keep its snapshot; raises NotYetError while a missing part may still be read in time."""
        now = self._now()
        _require(digest, now - due.at, plan.catch_up)
        to = await self._audiences.of_channel(team)
        if (error := digest.failure) is not None:
            log.error("digest.unreadable", team=team.name, code=error.raw_code, request_id=error.request_id)
            return PostedMessage(digest_failed(to, team.name, errors.FailedCall(error, team.name, team.key_setting)))
        if (seen := digest.snapshot) is not None:
            await digest.spares.waited_for(
                DigestPart.CHANGES, lambda: self._snapshots.keep(team.name, due.on, seen, now=now), None
            )
        planned_for = due.at.astimezone(team.timezone) if now - due.at > LATE_AFTER else None
        return posted_digest(to, digest, planned_for=planned_for)

    async def post_on_demand(
        self, team: Team, flashduty: Flashduty, *, person: SlackPerson, channel: str, minute: datetime
    ) -> DeliveryOutcome:
        """Post today's digest now, marked with the person's name; return its address, or why it may not be posted.

        Requests within one minute post once, retries included; the scheduled digest is posted as well. Raises
        FlashdutyError when a part cannot be read, and DatabaseUnavailable.
        """
        to = await self._audiences.of_channel(team)
        digest = await gather_digest(flashduty.speaking(to.language.code), team, self._now(), deps=self._deps)
        error = digest.essential_error or digest.names_unread
        if error is not None:
            raise error

        async def compose() -> PostedMessage:
            return posted_digest(to, digest, asked_by=person.name)

        on = minute.astimezone(team.timezone).date()
        post = ScheduledPost(
            team=team.name,
            kind=PostingKind.DIGEST_ON_DEMAND,
            subject=f"{channel} {minute:%H:%M}",
            local_date=on,
            window_ends=minute + ON_DEMAND_WINDOW,
        )
        return await self._publisher.deliver_on_demand(post, channel, compose, target=self._target)


def _require(digest: TeamDigest, late: timedelta, catch_up: timedelta) -> None:
    """Raise NotYetError for a missing part that may still be read in time."""
    error: FlashdutyError | None = digest.essential_error
    if error is None or not error.is_worth_retrying:
        return
    last = catch_up - LAST_ATTEMPT
    if late < (last if digest.failure is not None else min(WAIT_FOR_PARTS, last)):
        raise NotYetError(f"{error.operation.path}: {error.raw_code or 'no answer'}")
