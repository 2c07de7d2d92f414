"""`/flashduty me`, and the Home tab."""

import asyncio
from dataclasses import replace
from typing import Final

from bot.home.gather import gather_me
from bot.home.messages import me, not_matched
from bot.home.model import MatchProblem
from bot.home.tab import gather_tab
from bot.home.tab_messages import HomeContent, home_tab
from bot.messages import Message
from bot.messages.language import language_of
from bot.messages.views import Home, HomeTab, LanguageCode, MentionCode
from bot.storage.database_errors import DatabaseUnavailable
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


async def draw_home_tab(request: Request, view: HomeTab) -> Message:
    """Make a choice, if there is one, and show what the person's teams have open and who is on call."""
    is_stored = not view.language or await _is_chosen(request, view.language)
    is_mention_stored = not view.mention or await _is_mention_chosen(request, view.mention)
    teams, services = request.teams[:MAX_HOME_TEAMS], request.services
    request = replace(request, language=await services.languages.of_person(request.person))
    tabs, limits = await asyncio.gather(
        asyncio.gather(
            *(
                gather_tab(
                    request.flashduty_of(team),
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
    request.keep_what_stands([part for tab in tabs for part in (tab.incidents, tab.on_call)])
    found = tuple(one for of_team in limits for one in of_team)
    content = HomeContent(
        teams=tuple(tabs),
        limits=found,
        slack_id=request.person.id,
        chosen=await services.languages.choice_of(request.person.id),
        is_choice_lost=not is_stored,
        mention=await services.mention_choices.code_of(request.person.id),
        is_mention_lost=not is_mention_stored,
    )
    return home_tab(request.audience, content)


async def _is_chosen(request: Request, choice: LanguageCode) -> bool:
    """Store the choice of a language; False where the database does not answer."""
    try:
        await request.services.languages.choose(request.person.id, language_of(choice))
    except DatabaseUnavailable:
        return False
    return True


async def _is_mention_chosen(request: Request, choice: MentionCode) -> bool:
    """Store where the person is mentioned; False where the database does not answer."""
    try:
        await request.services.mention_choices.choose(request.person.id, choice)
    except DatabaseUnavailable:
        return False
    return True
