"""`/flashduty me`."""

import asyncio

from bot.home.gather import gather_me
from bot.home.messages import me, not_matched
from bot.home.model import MatchProblem
from bot.messages import Message
from bot.messages.views import Home
from handlers.dispatch.context import Request


async def draw_home(request: Request, _: Home) -> Message:
    """Show the person their shifts and their open incidents."""
    mine, audience = await asyncio.gather(
        gather_me(
            request.flashduty,
            request.team,
            request.person,
            now=request.now,
            attributions=request.services.attributions,
        ),
        request.audience_by_permission(),
    )
    if isinstance(mine, MatchProblem):
        return not_matched(request.audience, mine, request.team.name)
    return me(audience, mine, request.team.name)
