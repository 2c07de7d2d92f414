"""Catch me up: the summary of one incident, for whoever asked."""

import re
from collections.abc import Sequence
from typing import Final

import structlog

from bot.cards.messages.summary import catch_up
from bot.cards.messages.which import which_of_number, which_open
from bot.cards.timeline.summary import gather_summary
from bot.flashduty import FlashdutyError, Incident
from bot.incidents.messages.card import not_found
from bot.incidents.queries import find_incidents, read_open_incidents
from bot.messages import Message
from bot.messages.input.typed import unquoted
from bot.messages.views import CatchUp
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request
from handlers.incidents.card_threads import incident_of_thread

log = structlog.get_logger(__name__)

# Behind the command's first word: catch me up, catch up.
_UP: Final = re.compile(r"(?:me\s+)?up\b(?:\s+on\b)?\s*", re.IGNORECASE)


def read_catch_up(words: str) -> CatchUp:
    """Parse the words behind `catchup`: a number, an id or a pasted address, or nothing in the thread of a card."""
    return CatchUp(asked=unquoted(_UP.sub("", words.strip(), count=1)))


async def draw_catch_up(request: Request, view: CatchUp) -> Message | Refusal:
    """Sum up an incident: one call for it, and a few more; without a number offer what is open."""
    team, to = request.team, request.to_person
    asked = view.asked or await incident_of_thread(request)
    if not asked:
        return Refusal(which_open(to, await _open(request), team.name), "no number")
    found = await find_incidents(request.flashduty, team, asked, now=request.now)
    if not found:
        return Refusal(not_found(to, asked, team.name), "not found")
    if len(found) > 1:
        return which_of_number(to, found, asked.lstrip("#"), team=team.name)
    (incident,) = found
    known = await request.services.attributions.of(team.name, found)
    summary = await gather_summary(
        request.flashduty, incident, known[incident.id], team=team, sources=request.services.summary_sources
    )
    return catch_up(to, summary, team.name)


async def _open(request: Request) -> Sequence[Incident]:
    """List what is open, the most severe first and of these the newest; nothing where Flashduty does not say."""
    try:
        found = (await read_open_incidents(request.flashduty, request.team, request.now)).incidents
    except FlashdutyError as error:
        log.info("catch_up.open_unread", team=request.team.name, code=error.raw_code or str(error))
        return ()
    return sorted(found, key=lambda one: (one.severity.rank, -one.started_at.timestamp()))
