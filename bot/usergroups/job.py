"""Sync Slack user groups with the people on call, once somebody has approved the proposal."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

import structlog

from bot.config.group_plans import GroupPlan
from bot.delivery.model import DeliveryFailure, ScheduledPost
from bot.delivery.problem_notices import ProblemNotices, SyncProblem, SyncSubject
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.messages import PostedMessage
from bot.oncall.schedules import ScheduleCache, TeamSchedules
from bot.people.audiences import Audiences
from bot.people.directory import display_name
from bot.people.slack_profiles import SlackProfiles
from bot.slack.api import SlackError
from bot.slack.usergroups import UserGroups
from bot.slack.workspace import Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.oncall.usergroup_decisions import GroupPlanKey, StoredDecision, UserGroupDecisionTable
from bot.storage.postings import PostingKind
from bot.storage.rate_limits import LIST_GROUPS, LIST_MEMBERS, SET_MEMBERS, SharedRateLimiter
from bot.teams.access import Team
from bot.usergroups.members import GroupMembers, UncertainMembersError, WantedMembers
from bot.usergroups.messages import MAX_NAMES_SHOWN, MEMBERS_UNKNOWN, group_problem, group_restored, proposal
from bot.usergroups.model import Decision, Proposal

log = structlog.get_logger(__name__)

PROPOSAL_INTERVAL: Final = timedelta(days=7)
# Slack's codes for a person who has left or become a guest since the lookup.
STALE_MEMBER_CODES: Final = frozenset({"invalid_users", "invalid_user", "failed_for_some_users", "user_not_found"})


class SyncStoppedError(Exception):
    """Somebody stopped the sync while it waited."""


@dataclass(frozen=True, kw_only=True)
class SyncOutcome:
    """The result of syncing a group: the members added and removed, or why nothing was changed."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    problem: SyncProblem | None = None
    unknown: tuple[str, ...] = ()


class UserGroupSync:
    """The user groups of all teams; a group that is up to date costs no write, and all replicas share one rate."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        workspace: Workspace,
        slack_groups: UserGroups,
        profiles: SlackProfiles,
        decisions: UserGroupDecisionTable,
        rate_limiter: SharedRateLimiter,
        schedule_cache: ScheduleCache,
        problem_notices: ProblemNotices,
        audiences: Audiences,
        now: Callable[[], datetime],
    ) -> None:
        self._publisher = publisher
        self._target = ChannelMessage(workspace)
        self._workspace = workspace
        self._slack_groups = slack_groups
        self._profiles = profiles
        self._members = GroupMembers(profiles=profiles, now=now)
        self._decisions = decisions
        self._rate_limiter = rate_limiter
        self._schedule_cache = schedule_cache
        self._problem_notices = problem_notices
        self._audiences = audiences
        self._now = now

    async def tick(self, team: Team, current: TeamSchedules) -> None:
        """Sync a team's groups one after another, unless Flashduty did not confirm the schedules."""
        if not current.is_fresh:
            return
        for plan in team.settings.oncall_usergroups:
            try:
                async with self._problem_notices.lock(_subject(plan)):
                    await self._sync_or_propose(team, plan, current)
            except DatabaseUnavailable as error:
                log.error("usergroup.sync_skipped", group=plan.group, why=str(error))  # noqa: TRY400 - the driver's words

    async def _sync_or_propose(self, team: Team, plan: GroupPlan, current: TeamSchedules) -> None:
        decision = await self.decision(team, plan)
        if decision is not None and not decision.follows:
            return
        handle = decision.handle if decision else plan.group
        try:
            wanted = await self._members.wanted(plan, current)
            if decision is None:
                await self._propose(team, plan, current)
            elif not await self._is_synced(team, plan, wanted) and await self._problem_notices.hold_lease(
                team, _subject(plan)
            ):
                await self._report(team, plan, await self._sync(team, plan), handle=handle)
        except UncertainMembersError as error:
            log.info("usergroup.members_uncertain", group=plan.group, why=error.code)
            await self._report(team, plan, _failed(SyncProblem(error.code, is_temporary=True)), handle=handle)
        except SlackError as refusal:
            await self._report(team, plan, _failed(SyncProblem.of(refusal)), handle=handle)
        except SyncStoppedError:
            log.info("usergroup.sync_stopped", group=plan.group)

    async def _is_synced(self, team: Team, plan: GroupPlan, wanted: WantedMembers) -> bool:
        return wanted.problem is None and await self._problem_notices.is_recorded(team, _subject(plan), wanted.state)

    async def _propose(self, team: Team, plan: GroupPlan, current: TeamSchedules) -> None:
        """Post the proposal, once a week until somebody answers it."""
        if team.announcement_channel is None:
            return
        today = self._now().astimezone(team.timezone).date()
        monday = today - timedelta(days=today.weekday())
        ends = datetime.combine(monday + PROPOSAL_INTERVAL, time(), tzinfo=team.timezone)
        post = ScheduledPost(
            team=team.name,
            kind=PostingKind.USER_GROUP,
            subject=f"{plan.group} {plan.signature}",
            local_date=monday,
            window_ends=ends,
        )

        to = await self._audiences.of_channel(team)

        async def compose() -> PostedMessage:
            return PostedMessage(proposal(to, await self._proposal(plan, current), team.name))

        outcome = await self._publisher.deliver(post, team.announcement_channel, compose, target=self._target)
        if isinstance(outcome, DeliveryFailure) and outcome.not_composed is not None:
            await self._report(team, plan, _failed(SyncProblem.of(outcome.not_composed)), handle=plan.group)

    async def _proposal(self, plan: GroupPlan, current: TeamSchedules) -> Proposal:
        """Compare the group with the schedules; raises SlackError and UncertainMembersError."""
        await self._rate_limiter.wait(LIST_GROUPS)
        described = await self._slack_groups.describe(plan.group)
        wanted = await self._members.wanted(plan, current)
        handle, members = described or (plan.group, frozenset())
        names = {schedule.id: schedule.name for schedule in current.schedules}
        return Proposal(
            plan=plan,
            handle=handle,
            schedules=tuple((names.get(one.schedule_id, str(one.schedule_id)), one.role_id) for one in plan.sources),
            added=await self.member_names(wanted.members - members),
            removed=await self.member_names(members - wanted.members),
            staying=await self.member_names(wanted.members & members),
            unknown=_names(wanted),
            problem=wanted.problem if described else "no_such_subteam",
        )

    async def member_names(self, members: Iterable[str]) -> tuple[str, ...]:
        """Return the Slack names of as many members as are shown, then the ids of the others."""
        ordered = sorted(members)
        shown = await asyncio.gather(*map(self._name, ordered[:MAX_NAMES_SHOWN]))
        return (*sorted(shown), *ordered[MAX_NAMES_SHOWN:])

    async def _name(self, user_id: str) -> str:
        try:
            return (await self._workspace.person(user_id)).name
        except SlackError:
            return user_id

    async def _sync(self, team: Team, plan: GroupPlan) -> SyncOutcome:
        """Set a group's members to the people on call; a group without any stays as it is, as Slack has no empty ones.

        Raises UncertainMembersError, SyncStoppedError and DatabaseUnavailable.
        """
        wanted = await self._wanted_now(team, plan)
        if wanted.problem is not None:
            return _failed(SyncProblem(wanted.problem), wanted)
        try:
            await self._rate_limiter.wait(LIST_MEMBERS)
            present = await self._slack_groups.members(plan.group)
            if present != wanted.members:
                await self._rate_limiter.wait(SET_MEMBERS)
                # The people on call may have changed while this waited, and somebody may have stopped the sync.
                wanted = await self._wanted_now(team, plan)
                decision = await self.decision(team, plan)
                if decision is None or not decision.follows:
                    raise SyncStoppedError
                if wanted.problem is None:
                    await self._slack_groups.set_members(plan.group, wanted.members)
        except SlackError as refusal:
            log.warning("usergroup.sync_failed", group=plan.group, method=refusal.method, code=refusal.code)
            if refusal.code in STALE_MEMBER_CODES:
                await self._profiles.forget(wanted.emails)
            return _failed(SyncProblem.of(refusal), wanted)
        if wanted.problem is not None:
            return _failed(SyncProblem(wanted.problem), wanted)
        await self._problem_notices.record_state(team, _subject(plan), wanted.state)
        return SyncOutcome(added=wanted.members - present, removed=present - wanted.members, unknown=_names(wanted))

    async def _wanted_now(self, team: Team, plan: GroupPlan) -> WantedMembers:
        return await self._members.wanted(plan, await self._fresh_schedules(team))

    async def _fresh_schedules(self, team: Team) -> TeamSchedules:
        current = await self._schedule_cache.get(team)
        if current is None or not current.is_fresh:
            raise UncertainMembersError("schedules_unread")
        return current

    async def _report(self, team: Team, plan: GroupPlan, outcome: SyncOutcome, *, handle: str) -> None:
        """Raise or resolve the notice about a group in the team's channel."""
        problem, to = outcome.problem, await self._audiences.of_channel(team)
        if problem is None and outcome.unknown:
            # The hash makes another set of missing people another problem.
            problem = SyncProblem(f"{MEMBERS_UNKNOWN} {hashlib.sha256(repr(outcome.unknown).encode()).hexdigest()[:8]}")
        if problem is None:
            await self._problem_notices.resolve_problem(team, _subject(plan), group_restored(to, handle))
            return
        message = group_problem(to, handle, problem.code.partition(" ")[0], unknown=outcome.unknown, team=team.name)
        await self._problem_notices.raise_problem(team, _subject(plan), problem, message=message)

    async def decision(self, team: Team, plan: GroupPlan) -> Decision | None:
        """Return the decision about a plan; None when nobody has answered. Raises DatabaseUnavailable."""
        stored = await self._decisions.read(_plan_key(team, plan))
        return None if stored is None else _decision(stored)

    async def decide(self, team: Team, plan: GroupPlan, mine: Decision) -> Decision:
        """Store the first decision about a plan; return the one that counts. Raises DatabaseUnavailable."""
        return _decision(await self._decisions.add(_plan_key(team, plan), _stored(mine)))

    async def stop(self, team: Team, plan: GroupPlan, mine: Decision) -> Decision:
        """Stop a sync; return the decision that counts, the first one to stop it. Raises DatabaseUnavailable."""
        return _decision(await self._decisions.stop(_plan_key(team, plan), _stored(mine)))

    async def propose_again(self, team: Team, plan: GroupPlan) -> Proposal | Decision:
        """Withdraw a refusal and return the proposal; or the agreement, where somebody has agreed meanwhile.

        Raises DatabaseUnavailable, SlackError and UncertainMembersError.
        """
        proposed = await self._proposal(plan, await self._fresh_schedules(team))
        agreed = await self._decisions.withdraw_refusal(_plan_key(team, plan))
        return proposed if agreed is None else _decision(agreed)

    async def sync_now(self, team: Team, plan: GroupPlan) -> SyncOutcome:
        """Sync a group right after its approval.

        Raises DatabaseUnavailable, UncertainMembersError and SyncStoppedError.
        """
        async with self._problem_notices.lock(_subject(plan)):
            return await self._sync(team, plan)


def _failed(problem: SyncProblem, wanted: WantedMembers | None = None) -> SyncOutcome:
    return SyncOutcome(problem=problem, unknown=_names(wanted) if wanted else ())


def _subject(plan: GroupPlan) -> SyncSubject:
    return SyncSubject(PostingKind.USER_GROUP, plan.group)


def _names(wanted: WantedMembers) -> tuple[str, ...]:
    return tuple(map(display_name, wanted.unknown))


def _plan_key(team: Team, plan: GroupPlan) -> GroupPlanKey:
    return GroupPlanKey(team=team.name, group_id=plan.group, signature=plan.signature)


def _stored(mine: Decision) -> StoredDecision:
    return StoredDecision(
        handle=mine.handle,
        follows=mine.follows,
        decided_by=mine.who,
        slack_user_id=mine.slack_user_id,
        decided_at=mine.at,
    )


def _decision(stored: StoredDecision) -> Decision:
    return Decision(
        handle=stored.handle,
        follows=stored.follows,
        who=stored.decided_by,
        slack_user_id=stored.slack_user_id,
        at=stored.decided_at,
    )
