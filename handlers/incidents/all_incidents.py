"""The shortcut "Open incidents": what all teams of the person have open, in a view of its own."""

import asyncio
from dataclasses import replace
from typing import Final

from bot.flashduty import FlashdutyError
from bot.incidents.messages.all_teams import ALL_TEAMS_TITLE, MAX_SHOWN, TeamIncidents, all_open_incidents
from bot.incidents.queries import people_of, read_open_incidents
from bot.messages import Message
from bot.messages.language import Marked
from bot.messages.views import AllOpenIncidents
from bot.teams.access import Team
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import Shortcut

# Each costs up to six calls.
MAX_LISTED_TEAMS: Final = 5


def opens_list(incoming: Incoming) -> Marked | None:
    """Return the title of the view that a shortcut opens at once; the list is drawn again in the view it is in."""
    return ALL_TEAMS_TITLE if isinstance(incoming, Shortcut) else None


async def draw_all_incidents(request: Request, _: AllOpenIncidents) -> Message:
    """List what the person's teams have open; a team that cannot be read stops no other."""
    found, audience = await asyncio.gather(
        asyncio.gather(*(_of_team(request, team) for team in request.teams[:MAX_LISTED_TEAMS])),
        request.audience_by_permission(),
    )
    request.keep_what_stands([one.found for one in found])
    return all_open_incidents(audience, found)


async def _of_team(request: Request, team: Team) -> TeamIncidents:
    flashduty = request.flashduty_of(team)
    try:
        found = await read_open_incidents(flashduty, team, request.now)
        known = await request.services.attributions.of(team.name, found.incidents)
        people = await people_of(flashduty, found.incidents[:MAX_SHOWN])
    except FlashdutyError as error:
        return TeamIncidents(team=team.name, found=error, key_setting=team.key_setting)
    return TeamIncidents(team=team.name, found=replace(found, known=known, people=people))
