"""`/flashduty me`, and the Home tab."""

import asyncio
from typing import Final

from bot.home.gather import gather_me
from bot.home.messages import me, not_matched
from bot.home.model import MatchProblem
from bot.home.tab import gather_tab
from bot.home.tab_messages import HomeContent, home_tab
from bot.messages import Message
from bot.messages.views import Home, HomeTab
from handlers.dispatch.context import Request

# Each costs up to six calls.
MAX_HOME_TEAMS: Final = 5


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


async def draw_home_tab(request: Request, _: HomeTab) -> Message:
    """Show what the person's teams have open, who is on call, their own shifts, and what does not work."""
    teams, services = request.teams[:MAX_HOME_TEAMS], request.services
    tabs, limits = await asyncio.gather(
        asyncio.gather(
            *(
                gather_tab(
                    team.flashduty.until(request.deadline),
                    team,
                    request.person,
                    now=request.now,
                    attributions=services.attributions,
                )
                for team in teams
            )
        ),
        asyncio.gather(*(services.present_limits.of(team) for team in teams)),
    )
    found = tuple(one for of_team in limits for one in of_team)
    return home_tab(request.audience, HomeContent(teams=tuple(tabs), limits=found, slack_id=request.person.id))
