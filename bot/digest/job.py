"""Post each team's digest when it is due, or when somebody asks for it; one team's trouble touches no other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.due import DigestPlan, Due, within_reach
from bot.delivery.ledger import ScheduledPost
from bot.delivery.outbox import ThreadOutbox
from bot.delivery.publisher import DeliveryFailure, NotYetError, Publisher
from bot.delivery.responder_alerts import ResponderAlerts
from bot.delivery.targets import ChannelMessage
from bot.digest.gather import DigestDependencies, gather_digest
from bot.digest.messages.digest import failed, posting
from bot.digest.model import CHANGES, Digest, OnCallPart
from bot.flashduty import Flashduty, FlashdutyError
from bot.incidents.attribution import Attributions
from bot.messages import PostedMessage, errors
from bot.people.slack_profiles import SlackProfiles
from bot.slack.workspace import Workspace
from bot.storage import rate_limits as turns
from bot.storage.memory import ScheduleSnapshots
from bot.storage.rate_limits import SharedRateLimiter
from bot.teams.access import SlackPerson, Team, Teams

log = structlog.get_logger(__name__)

DIGEST: Final = "digest"
ON_DEMAND: Final = "digest by hand"
# Whoever tries again later than this has asked for another one.
ON_DEMAND_WINDOW: Final = timedelta(hours=1)
# Nobody waits for a digest in front of the screen: slow answers are worth waiting for.
DIGEST_TIMEOUT: Final = 60.0
# The timer comes once a minute; whoever gets a digest later than this is told when it was meant to come.
LATE_AFTER: Final = timedelta(minutes=2)
# A digest with a hole that may close by itself waits so long for it, one of which nothing can be read until shortly
# before its time is over: a pause between two attempts is 15 minutes at most.
WAIT_FOR_PARTS: Final = timedelta(minutes=10)
LAST_ATTEMPT: Final = timedelta(minutes=20)


@dataclass(frozen=True)
class DigestJob:
    """The digests of all teams; the poster sees to it that each nominal local date has one."""

    teams: Teams
    publisher: Publisher
    workspace: Workspace
    threads: ThreadOutbox
    turns: SharedRateLimiter
    now: Callable[[], datetime]
    kept: ScheduleSnapshots
    profiles: SlackProfiles
    acknowledgers: Attributions
    on_call: ResponderAlerts

    async def tick(self) -> None:
        """Post what is due, not there and not too late."""
        now = self.now()
        plans = [(team, team.digest) for team in self.teams if team.digest]
        due = [(team, plan, due) for team, plan in plans for due in within_reach(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due))

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        occasion = ScheduledPost(team.name, DIGEST, due.on, due.at + plan.catch_up)
        read: list[Digest] = []
        await self.publisher.deliver(
            occasion,
            plan.channel,
            lambda: self._message(team, plan, due, read),
            ChannelMessage(self.workspace, self.threads),
        )
        for found in read:
            # Teams that follow their shifts have been looked at.
            if isinstance(found.on_call, OnCallPart) and not team.follows_shifts:
                await self.on_call.after_digest(team, found.on_call)

    async def _message(self, team: Team, plan: DigestPlan, due: Due, read: list[Digest]) -> PostedMessage:
        """Make a digest's message, and put what it was made of into `read`."""
        now = self.now()
        deadline = asyncio.get_running_loop().time() + DIGEST_TIMEOUT
        around = DigestDependencies(self.kept, self.profiles, self.acknowledgers, notifies=plan.mentions)
        flashduty = team.flashduty.until(deadline).in_turn(lambda: self.turns.wait(turns.flashduty(team.account)))
        found = await gather_digest(flashduty, team, now, due.on, around)
        read.append(found)
        _require(found, now - due.at, plan.catch_up)
        if found.failure is not None:
            log.error(
                "digest not made", team=team.name, code=found.failure.raw_code, request_id=found.failure.request_id
            )
            return PostedMessage(failed(team.name, errors.FailedCall(found.failure, team.name, team.key_setting)))
        if (seen := found.snapshot) is not None:
            await found.spares.waited_for(CHANGES, lambda: self.kept.keep(team.name, due.on, seen, now), None)
        return posting(found, due.at.astimezone(team.timezone) if now - due.at > LATE_AFTER else None)

    async def by_hand(
        self, team: Team, flashduty: Flashduty, person: SlackPerson, channel: str, minute: datetime
    ) -> tuple[str, str] | DeliveryFailure | None:
        """Post today's digest now, with the name of whoever asked for it; give where it is, or why it may not be there.

        Asked for twice within a minute it comes once, also when it is tried again later on, and the one of the morning
        comes all the same. Raises FlashdutyError when a part of it cannot be read, and StoreUnavailable.
        """
        around = DigestDependencies(self.kept, self.profiles, self.acknowledgers)
        found = await gather_digest(flashduty, team, self.now(), around=around)
        missing = found.hole or found.names_unread
        if missing is not None:
            raise missing

        async def compose() -> PostedMessage:
            return posting(found, asked_by=person.name)

        on = minute.astimezone(team.timezone).date()
        occasion = ScheduledPost(team.name, f"{ON_DEMAND} {channel} {minute:%H:%M}", on, minute + ON_DEMAND_WINDOW)
        return await self.publisher.by_hand(occasion, channel, compose, ChannelMessage(self.workspace, self.threads))


def _require(found: Digest, late: timedelta, catch_up: timedelta) -> None:
    """Raise NotYetError for what is missing while it may still be read in good time."""
    hole: FlashdutyError | None = found.hole
    if hole is None or not hole.is_worth_retrying:
        return
    wait = catch_up - LAST_ATTEMPT if found.failure is not None else min(WAIT_FOR_PARTS, catch_up - LAST_ATTEMPT)
    if late < wait:
        raise NotYetError(f"{hole.operation.path}: {hole.raw_code or 'no answer'}")
