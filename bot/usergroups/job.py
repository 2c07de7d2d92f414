"""Keeps Slack user groups equal to who is on call, after somebody has seen what that changes and agreed."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Final

import structlog

from bot.delivery.ledger import ScheduledPost
from bot.delivery.problem_notices import ProblemNotices, SyncProblem
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.messages import PostedMessage
from bot.oncall.schedules import ScheduleCache, TeamSchedules
from bot.people.directory import display_name
from bot.people.slack_profiles import SlackProfiles
from bot.slack.api import SlackError
from bot.slack.noticeboard import Noticeboard
from bot.slack.workspace import Workspace
from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable
from bot.storage.rate_limits import LIST_GROUPS, LIST_MEMBERS, SET_MEMBERS, SharedRateLimiter
from bot.teams.access import Team
from bot.usergroups.members import GroupMembers, UncertainMembersError, WantedMembers
from bot.usergroups.messages import MOST_NAMES, SOME_UNKNOWN, over, proposal, trouble
from bot.usergroups.model import Decision, Proposal
from bot.usergroups.plan import GroupPlan

log = structlog.get_logger(__name__)

GROUP_DECISIONS: Final = "group decision"
PROPOSAL_INTERVAL: Final = timedelta(days=7)
# Somebody has left, or become a guest, since they were looked up.
STALE_MEMBER_CODES: Final = frozenset({"invalid_users", "invalid_user", "failed_for_some_users", "user_not_found"})


@dataclass(frozen=True)
class SyncOutcome:
    """What became of a group: who was put in and taken out, or why nothing was changed."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    obstacle: SyncProblem | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class UserGroupSync:
    """The user groups of all teams; unchanged groups cost no write, and all replicas share one pace."""

    publisher: Publisher
    workspace: Workspace
    noticeboard: Noticeboard
    profiles: SlackProfiles
    members: GroupMembers
    notes: Notes
    turns: SharedRateLimiter
    schedule_cache: ScheduleCache
    problem_notices: ProblemNotices
    now: Callable[[], datetime]

    async def tick(self, team: Team, team_schedules: TeamSchedules) -> None:
        """Look after a team's groups, one after another; nothing is changed by what Flashduty said a while ago."""
        if not team_schedules.is_fresh:
            return
        for plan in team.usergroups:
            try:
                async with self.problem_notices.lock(_subject(plan)):
                    await self._look_after(team, plan, team_schedules)
            except DatabaseUnavailable as error:
                log.error("group left alone", group=plan.group, why=str(error))  # noqa: TRY400 - the driver's words

    async def _look_after(self, team: Team, plan: GroupPlan, team_schedules: TeamSchedules) -> None:
        decision = await self._decision(team, plan)
        if decision is not None and not decision.follows:
            return
        handle = decision.handle if decision else plan.group
        try:
            wanted = await self.members.wanted(plan, team_schedules)
            if decision is None:
                await self._propose(team, plan, team_schedules)
            elif not await self._is_right(team, plan, wanted) and await self.problem_notices.is_mine(
                team, _subject(plan)
            ):
                await self._tell(team, plan, await self._follow(team, plan), handle)
        except UncertainMembersError as missing:
            log.info("group left alone", group=plan.group, why=missing.code)
            await self._tell(team, plan, SyncOutcome(obstacle=SyncProblem(missing.code, passes=True)), handle)
        except SlackError as refusal:
            await self._tell(team, plan, SyncOutcome(obstacle=SyncProblem.of(refusal)), handle)

    async def _is_right(self, team: Team, plan: GroupPlan, wanted: WantedMembers) -> bool:
        return wanted.trouble is None and await self.problem_notices.is_known(team, _subject(plan), wanted.state)

    async def _propose(self, team: Team, plan: GroupPlan, team_schedules: TeamSchedules) -> None:
        """Post the proposal, once a week until somebody answers; raises SlackError when it cannot be made."""
        if team.announcement_channel is None:
            return
        today = self.now().astimezone(team.timezone).date()
        monday = today - timedelta(days=today.weekday())
        ends = datetime.combine(monday + PROPOSAL_INTERVAL, time(), tzinfo=team.timezone)
        occasion = ScheduledPost(team.name, f"{_subject(plan)} {plan.signature}", monday, ends)
        refused: list[SlackError] = []

        async def compose() -> PostedMessage:
            try:
                return PostedMessage(proposal(await self._proposed(plan, team_schedules), team.name))
            except SlackError as refusal:
                refused.append(refusal)
                raise

        await self.publisher.deliver(occasion, team.announcement_channel, compose, ChannelMessage(self.workspace))
        if refused:
            raise refused[0]

    async def _proposed(self, plan: GroupPlan, team_schedules: TeamSchedules) -> Proposal:
        """Work out what following would change now; raises SlackError and NotSureError."""
        await self.turns.wait(LIST_GROUPS)
        described = await self.noticeboard.described(plan.group)
        wanted = await self.members.wanted(plan, team_schedules)
        handle, members = described or (plan.group, frozenset())
        names = {schedule.id: schedule.name for schedule in team_schedules.schedules}
        return Proposal(
            plan,
            handle,
            tuple((names.get(one.schedule_id, str(one.schedule_id)), one.role_id) for one in plan.sources),
            added=await self.named(wanted.members - members),
            removed=await self.named(members - wanted.members),
            staying=await self.named(wanted.members & members),
            unknown=_names(wanted),
            trouble=wanted.trouble if described else "no_such_subteam",
        )

    async def named(self, members: Iterable[str]) -> tuple[str, ...]:
        """Give people's Slack names, of as many as are shown, then the ids of the others."""
        ordered = sorted(members)
        shown = await asyncio.gather(*map(self._name, ordered[:MOST_NAMES]))
        return (*sorted(shown), *ordered[MOST_NAMES:])

    async def _name(self, user_id: str) -> str:
        try:
            return (await self.workspace.person(user_id)).name
        except SlackError:
            return user_id

    async def _follow(self, team: Team, plan: GroupPlan) -> SyncOutcome:
        """Make a group equal to who is on call when its turn has come.

        Raises UncertainMembersError and DatabaseUnavailable.

        An empty schedule leaves it alone, as Slack knows no group without people.
        """
        wanted = await self._wanted_now(team, plan)
        if wanted.trouble is not None:
            return SyncOutcome(obstacle=SyncProblem(wanted.trouble), unknown=_names(wanted))
        try:
            await self.turns.wait(LIST_MEMBERS)
            present = await self.noticeboard.members(plan.group)
            if present != wanted.members:
                await self.turns.wait(SET_MEMBERS)
                # Somebody may have taken over while this waited.
                wanted = await self._wanted_now(team, plan)
                if wanted.trouble is None:
                    await self.noticeboard.set_members(plan.group, wanted.members)
        except SlackError as refusal:
            log.warning("group not changed", group=plan.group, method=refusal.method, code=refusal.code)
            if refusal.code in STALE_MEMBER_CODES:
                await self.profiles.forget(wanted.emails)
            return SyncOutcome(obstacle=SyncProblem.of(refusal), unknown=_names(wanted))
        if wanted.trouble is not None:
            return SyncOutcome(obstacle=SyncProblem(wanted.trouble), unknown=_names(wanted))
        await self.problem_notices.know(team, _subject(plan), wanted.state)
        return SyncOutcome(wanted.members - present, present - wanted.members, unknown=_names(wanted))

    async def _wanted_now(self, team: Team, plan: GroupPlan) -> WantedMembers:
        team_schedules = await self.schedule_cache.get(team)
        if team_schedules is None or not team_schedules.is_fresh:
            raise UncertainMembersError("schedules_unread")
        return await self.members.wanted(plan, team_schedules)

    async def _tell(self, team: Team, plan: GroupPlan, outcome: SyncOutcome, handle: str) -> None:
        obstacle = outcome.obstacle
        if obstacle is None and outcome.unknown:
            # Somebody else who is missing is news.
            obstacle = SyncProblem(f"{SOME_UNKNOWN} {hashlib.sha256(repr(outcome.unknown).encode()).hexdigest()[:8]}")
        if obstacle is None:
            await self.problem_notices.right(team, _subject(plan), over(handle))
            return
        message = trouble(handle, obstacle.code.partition(" ")[0], outcome.unknown, team.name)
        await self.problem_notices.tell(team, _subject(plan), obstacle, message)

    async def _decision(self, team: Team, plan: GroupPlan) -> Decision | None:
        held = await self.notes.read(team.name, GROUP_DECISIONS, [_decision_name(plan)], self.now())
        return _decision(held[_decision_name(plan)]) if held else None

    async def decide(self, team: Team, plan: GroupPlan, mine: Decision) -> Decision:
        """Note what somebody says to a plan unless somebody has already; give the answer that counts.

        Raises DatabaseUnavailable.
        """
        body = json.dumps({**asdict(mine), "at": mine.at.isoformat()})
        return _decision(await self.notes.first(team.name, GROUP_DECISIONS, _decision_name(plan), body))

    async def follow_now(self, team: Team, plan: GroupPlan) -> SyncOutcome:
        """Make a group equal right after somebody agreed; raises DatabaseUnavailable and NotSureError."""
        async with self.problem_notices.lock(_subject(plan)):
            return await self._follow(team, plan)


def _subject(plan: GroupPlan) -> str:
    return f"group {plan.group}"


def _names(wanted: WantedMembers) -> tuple[str, ...]:
    return tuple(map(display_name, wanted.unknown))


def _decision_name(plan: GroupPlan) -> str:
    return f"{plan.group} {plan.signature}"


def _decision(body: str) -> Decision:
    held = json.loads(body)
    return Decision(held["handle"], held["follows"], held["who"], datetime.fromisoformat(held["at"]))
