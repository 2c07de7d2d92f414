"""`/flashduty me`."""

import asyncio

from bot.me import NoMatch, find_person, gather_me
from bot.messages import Message
from bot.messages.me import me, not_matched
from handlers.request import Request


async def show(request: Request) -> Message:
    """Tell the asker, and nobody else, whether they are on call and what is open with them."""
    found = await find_person(request.flashduty, request.person)
    if isinstance(found, NoMatch):
        return not_matched(found, request.team.name)
    mine, may_act = await asyncio.gather(
        gather_me(request.flashduty, request.team, found, request.now, request.person, request.at_hand.attributions),
        request.shows_acting(),
    )
    return me(mine, request.team.name, may_act=may_act)
