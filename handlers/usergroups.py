"""The buttons of a proposal that a user group follow who is on call."""

import asyncio
from typing import Final

from bot.group_members import NotSureError
from bot.messages import Message
from bot.messages.usergroups import Decision, changed_since, decided, not_sure
from bot.usergroups import GroupPlan
from handlers.request import Reply, Request

# The answer counts at once; the group itself may have to wait for its turn.
PATIENCE: Final = 2.5


async def follow(request: Request) -> Message | Reply:
    """Agree to a proposal, and make the group equal at once."""
    return await _decide(request, follows=True)


async def leave(request: Request) -> Message | Reply:
    """Decline a proposal."""
    return await _decide(request, follows=False)


async def _decide(request: Request, *, follows: bool) -> Message | Reply:
    plan, handle = _plan(request)
    if plan is None:
        return Reply(redraw=changed_since(request.team.name))
    mine = Decision(handle, follows, request.person.name, request.now)
    counts = await request.at_hand.followers.decide(request.team, plan, mine)
    if counts != mine:
        # What came of the first answer stands in the message, or is on its way there.
        return Reply(private=decided(counts))
    if not counts.follows:
        return Reply(redraw=decided(counts))
    try:
        async with asyncio.timeout(PATIENCE):
            done = await request.at_hand.followers.follow_now(request.team, plan)
    except (NotSureError, TimeoutError):
        return Reply(redraw=decided(counts), private=not_sure())
    added = await request.at_hand.followers.named(done.added)
    removed = await request.at_hand.followers.named(done.removed)
    return Reply(redraw=decided(counts, added, removed, done.obstacle.code if done.obstacle else None))


def _plan(request: Request) -> tuple[GroupPlan | None, str]:
    """Find the plan the button was made for, if the settings still have it; with the group's handle."""
    group, _, rest = request.words.partition(" ")
    signature, _, handle = rest.partition(" ")
    plan = next(
        (one for one in request.team.usergroups if one.group == group and one.signature == signature),
        None,
    )
    return plan, handle or group
