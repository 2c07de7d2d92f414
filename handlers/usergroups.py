"""The buttons of a proposal to synchronise a user group with who is on call, and of the decision about it."""

import asyncio
from typing import Final

from bot.audit.model import AuditAction
from bot.config.group_plans import GroupPlan
from bot.messages import Message
from bot.storage.database_errors import DatabaseUnavailable
from bot.usergroups.job import SyncStoppedError
from bot.usergroups.members import UncertainMembersError
from bot.usergroups.messages import (
    NOTHING_CHANGED,
    GroupChanges,
    GroupValue,
    decision_message,
    plan_changed,
    proposal,
    proposal_failed,
)
from bot.usergroups.model import Decision
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request

# The decision is stored first; a group that is not synchronised in time is synchronised by the periodic job.
SYNC_TIMEOUT: Final = 20.0


async def approve_sync(request: Request) -> Message | Reply:
    """Approve a proposal, and synchronise the group at once."""
    plan, handle = plan_of(request)
    if plan is None:
        return Reply(redraw=plan_changed(request.audience, request.team.name))
    own = answer_of(request, handle, follows=True)
    effective = await _decided(request, plan, own, action=AuditAction.APPROVE_GROUP_SYNC)
    refusal = _superseded(request, own, effective)
    return refusal or await _synced(request, plan, effective)


async def decline_sync(request: Request) -> Message | Reply:
    """Decline a proposal."""
    plan, handle = plan_of(request)
    if plan is None:
        return Reply(redraw=plan_changed(request.audience, request.team.name))
    own = answer_of(request, handle, follows=False)
    effective = await _decided(request, plan, own, action=AuditAction.DECLINE_GROUP_SYNC)
    return _superseded(request, own, effective) or Reply(redraw=_drawn(request, effective), outcome="declined")


async def stop_sync(request: Request) -> Message | Reply:
    """Stop the sync of a group; its members stay as they are."""
    plan, handle = plan_of(request)
    if plan is None:
        return Reply(redraw=plan_changed(request.audience, request.team.name))
    own = answer_of(request, handle, follows=False)
    async with request.services.audit.attempting(
        request.attempt(AuditAction.STOP_GROUP_SYNC, subject=own.handle, asked=plan.group)
    ) as ending:
        effective = await request.services.user_groups.stop(request.team, plan, own)
        ending.of(is_own=effective == own)
    # Whoever stopped it first: the pressed message shows it as stopped.
    outcome = "stopped" if effective == own else "already stopped"
    return Reply(redraw=_drawn(request, effective), outcome=outcome)


async def propose_sync(request: Request) -> Message | Reply:
    """Propose a declined or stopped sync again, in place."""
    plan, handle = plan_of(request)
    if plan is None:
        return Reply(redraw=plan_changed(request.audience, request.team.name))
    try:
        async with request.services.audit.attempting(
            request.attempt(AuditAction.PROPOSE_GROUP_SYNC, subject=handle, asked=plan.group)
        ) as ending:
            found = await request.services.user_groups.propose_again(request.team, plan)
            ending.of(is_own=not isinstance(found, Decision))
    except UncertainMembersError as error:
        return Reply(private=proposal_failed(request.to_person, handle, error.code), outcome=f"failed: {error.code}")
    if isinstance(found, Decision):
        return Reply(redraw=_drawn(request, found), outcome="already agreed")
    return Reply(redraw=proposal(request.audience, found, request.team.name), outcome="proposed")


async def _decided(request: Request, plan: GroupPlan, own: Decision, *, action: AuditAction) -> Decision:
    """Store the decision, unless there is one; return the one that counts."""
    attempt = request.attempt(action, subject=own.handle, asked=plan.group)
    async with request.services.audit.attempting(attempt) as ending:
        effective = await request.services.user_groups.decide(request.team, plan, own)
        ending.of(is_own=effective == own)
    return effective


def _superseded(request: Request, own: Decision, effective: Decision) -> Reply | None:
    """Draw the decision that counts instead of this one; None for this one, and for a retry of it."""
    if effective == own or (effective.is_same_answer(own) and request.is_retry):
        return None
    # The message shows the outcome of the first decision already, or soon.
    value = request.value_as(GroupValue)
    return Reply(private=decision_message(request.to_person, effective, value), outcome="already decided")


def _drawn(request: Request, decision: Decision, outcome: GroupChanges = NOTHING_CHANGED) -> Message:
    return decision_message(request.audience, decision, request.value_as(GroupValue), outcome=outcome)


async def _synced(request: Request, plan: GroupPlan, decision: Decision) -> Reply:
    try:
        async with asyncio.timeout(SYNC_TIMEOUT):
            done = await request.services.user_groups.sync_now(request.team, plan)
    except SyncStoppedError:
        return Reply(outcome="agreed, stopped since")
    except (UncertainMembersError, DatabaseUnavailable, TimeoutError):
        return Reply(redraw=_drawn(request, decision, GroupChanges(is_pending=True)), outcome="agreed, not yet synced")
    problem = done.problem.code if done.problem else None
    outcome = GroupChanges(
        added=await _member_names(request, done.added),
        removed=await _member_names(request, done.removed),
        problem=problem,
    )
    return Reply(redraw=_drawn(request, decision, outcome), outcome=f"agreed, {problem or 'synced'}")


async def _member_names(request: Request, members: frozenset[str]) -> tuple[str, ...]:
    """Return the names of members, or their ids after a timeout."""
    try:
        async with asyncio.timeout(request.limits.names):
            return await request.services.user_groups.member_names(members)
    except TimeoutError:
        return tuple(sorted(members))


def answer_of(request: Request, handle: str, *, follows: bool) -> Decision:
    """Return the person's answer for a group, as of now."""
    person = request.person
    return Decision(handle=handle, follows=follows, who=person.name, slack_user_id=person.id, at=request.now)


def plan_of(request: Request) -> tuple[GroupPlan | None, str]:
    """Return the button's plan, None when the settings no longer have it, and the group's handle."""
    value = request.value_as(GroupValue)
    named = (value.group, value.signature)
    plans = request.team.settings.oncall_usergroups
    plan = next((one for one in plans if (one.group, one.signature) == named), None)
    return plan, value.handle or value.group
