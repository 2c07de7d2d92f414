"""`/flashduty incidents` and `/flashduty incident`."""

import asyncio
from dataclasses import replace

from bot.flashduty import Incident
from bot.incidents.messages.card import card, chooser, not_found
from bot.incidents.messages.listing import listing
from bot.incidents.queries import find_incidents, gather_listing, people_of
from bot.incidents.search import read_search
from bot.messages import Message
from handlers.dispatch.context import Request
from handlers.dispatch.typed import unquoted


async def list_incidents(request: Request) -> Message:
    """List what matches the words."""
    search = read_search(request.words)
    found, may_act = await asyncio.gather(
        gather_listing(request.flashduty, request.team, search, now=request.now, fresh=request.fresh),
        request.shows_acting(),
    )
    found = replace(found, known=await request.services.attributions.of(request.team.name, found.shown))
    return listing(
        found,
        request.team.name,
        is_public=request.place.is_public,
        is_direct=request.place.is_direct,
        may_act=may_act,
    )


async def show(request: Request) -> Message:
    """Show one incident, by number, id or pasted address."""
    asked = unquoted(request.words)
    if not asked:
        return not_found("", request.team.name)
    if request.fresh is not None and request.fresh.id == asked.lower():
        return await draw_card(request, request.fresh)
    found = await find_incidents(request.flashduty, request.team, asked, now=request.now)
    if not found:
        return not_found(asked, request.team.name)
    if len(found) > 1:
        people = await people_of(request.flashduty, found)
        known = await request.services.attributions.of(request.team.name, found)
        return chooser(found, asked.lstrip("#"), people, request.team.name, request.now, known)
    return await draw_card(request, found[0])


async def draw_card(request: Request, incident: Incident) -> Message:
    """Draw the card of an incident that was already read."""
    people, may_act = await asyncio.gather(
        people_of(request.flashduty, [incident], remembered_will_do=request.fresh is not None),
        request.shows_acting(),
    )
    known = await request.services.attributions.of(request.team.name, [incident])
    return card(
        incident,
        people,
        request.team.name,
        request.now,
        known=known[incident.id],
        may_act=may_act,
        is_public=request.place.is_public,
        is_direct=request.place.is_direct,
    )
