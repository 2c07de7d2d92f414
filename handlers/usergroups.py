"""The buttons of a proposal to synchronise a user group with who is on call."""

import asyncio
from typing import Final

from bot.config.group_plans import GroupPlan
from bot.messages import Message
from bot.storage.database_errors import DatabaseUnavailable
from bot.usergroups.members import UncertainMembersError
from bot.usergroups.messages import GroupValue, decision_message, plan_changed, sync_pending
from bot.usergroups.model import Decision
from handlers.dispatch.context import Reply, Request

# The decision is stored first; a group that is not synchronised in time is synchronised by the periodic job.
SYNC_TIMEOUT: Final = 20.0


async def approve_sync(request: Request) -> Message | Reply:
    """Approve a proposal, and synchronise the group at once."""
    return await _decide(request, follows=True)


async def decline_sync(request: Request) -> Message | Reply:
    """Decline a proposal."""
    return await _decide(request, follows=False)


async def _decide(request: Request, *, follows: bool) -> Message | Reply:
    plan, handle = plan_of(request)
    if plan is None:
        return Reply(redraw=plan_changed(request.audience, request.team.name))
    own = Decision(handle=handle, follows=follows, who=request.person.name, at=request.now)
    effective = await request.services.user_groups.decide(request.team, plan, own)
    is_own = (effective.who, effective.follows) == (own.who, own.follows)
    if effective != own and not (is_own and request.is_retry):
        # The message shows the outcome of the first decision already, or soon.
        return Reply(private=decision_message(request.audience, effective), outcome="already decided")
    if not effective.follows:
        return Reply(redraw=decision_message(request.audience, effective), outcome="declined")
    try:
        async with asyncio.timeout(SYNC_TIMEOUT):
            done = await request.services.user_groups.sync_now(request.team, plan)
    except (UncertainMembersError, DatabaseUnavailable, TimeoutError):
        return Reply(
            redraw=decision_message(request.audience, effective),
            private=sync_pending(request.audience),
            outcome="agreed, not yet followed",
        )
    added, removed = await _member_names(request, done.added), await _member_names(request, done.removed)
    problem = done.problem.code if done.problem else None
    return Reply(
        redraw=decision_message(request.audience, effective, added, removed=removed, problem=problem),
        outcome=f"agreed, {problem or 'followed'}",
    )


async def _member_names(request: Request, members: frozenset[str]) -> tuple[str, ...]:
    """Return the names of members, or their ids after a timeout."""
    try:
        async with asyncio.timeout(request.limits.names):
            return await request.services.user_groups.member_names(members)
    except TimeoutError:
        return tuple(sorted(members))


def plan_of(request: Request) -> tuple[GroupPlan | None, str]:
    """Return the button's plan, None when the settings no longer have it, and the group's handle."""
    value = request.value_as(GroupValue)
    named = (value.group, value.signature)
    plans = request.team.settings.oncall_usergroups
    plan = next((one for one in plans if (one.group, one.signature) == named), None)
    return plan, value.handle or value.group
