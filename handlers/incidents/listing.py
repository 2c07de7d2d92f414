"""`/flashduty incidents` and `/flashduty incident`."""

import asyncio
import re
from dataclasses import replace
from typing import Final

from bot.cards.storms.model import storm_of
from bot.flashduty import Incident
from bot.incidents.card_links import link_buttons
from bot.incidents.messages.card import card, chooser, not_found
from bot.incidents.messages.listing import listing
from bot.incidents.queries import find_incidents, gather_listing, people_of
from bot.incidents.search import read_search, search_of
from bot.messages import Message
from bot.messages.input.typed import unquoted
from bot.messages.views import IncidentCard, IncidentList
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request

# Six digits without # may be an error code to search for.
_NUMBER: Final = re.compile(r"#[0-9A-F]{6}|(?=[A-F]*[0-9])(?=[0-9]*[A-F])[0-9A-F]{6}|[0-9a-f]{24}", re.IGNORECASE)


def read_list(words: str) -> IncidentList | IncidentCard:
    """Parse the words behind `incidents`; an incident's number asks for its card: 故障 is one word for both."""
    if _NUMBER.fullmatch(words):
        return read_card(words)
    search = read_search(words)
    return replace(search.view, not_understood=" ".join(search.not_understood))


def read_card(words: str) -> IncidentCard:
    """Parse the words behind `incident`: a number, an id or a pasted URL."""
    return IncidentCard(asked=unquoted(words))


async def draw_list(request: Request, view: IncidentList) -> Message:
    """List the incidents that a search finds."""
    search = search_of(view)
    among = await _in_storm(request, view.storm) if view.storm else None
    found, audience = await asyncio.gather(
        gather_listing(request.flashduty, request.team, search, now=request.now, fresh=request.fresh, among=among),
        request.audience_by_permission(),
    )
    found = replace(found, known=await request.services.attributions.of(request.team.name, found.shown))
    return listing(audience, found, request.team.name)


async def _in_storm(request: Request, storm: str) -> list[str]:
    """Return the ids of the incidents in a storm of the team that were open when they were seen last."""
    channel, began_at = storm_of(storm)
    rows = await request.services.cards.in_storm(request.team.name, channel, began_at)
    return [row.incident_id for row in rows if row.closed_at is None]


async def draw_incident(request: Request, view: IncidentCard) -> Message | Refusal:
    """Show one incident, or a choice where several match."""
    asked = view.asked
    if not asked:
        return Refusal(not_found(request.to_person, "", request.team.name))
    if request.fresh is not None and request.fresh.id == asked.lower():
        return await draw_card(request, request.fresh)
    found = await find_incidents(request.flashduty, request.team, asked, now=request.now)
    if not found:
        return Refusal(not_found(request.to_person, asked, request.team.name), "not found")
    if len(found) > 1:
        people = await people_of(request.flashduty, found)
        known = await request.services.attributions.of(request.team.name, found)
        return chooser(
            request.audience,
            found,
            asked.lstrip("#"),
            people=people,
            team=request.team.name,
            known=known,
        )
    return await draw_card(request, found[0])


async def draw_card(request: Request, incident: Incident) -> Message:
    """Draw the card of an incident."""
    people, audience = await asyncio.gather(
        people_of(request.flashduty, [incident], remembered_will_do=request.fresh is not None),
        request.audience_by_permission(),
    )
    known = await request.services.attributions.of(request.team.name, [incident])
    cards = request.team.settings.cards
    return card(
        audience,
        incident,
        people,
        team=request.team.name,
        known=known[incident.id],
        labels=cards.labels,
        links=tuple(link_buttons(incident.labels, cards)),
    )
