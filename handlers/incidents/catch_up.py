"""Catch me up: the summary of one incident, for whoever asked."""

import re
from typing import Final

from bot.cards.messages.summary import catch_up
from bot.cards.timeline.summary import gather_summary
from bot.incidents.messages.card import chooser, not_found
from bot.incidents.queries import find_incidents, people_of
from bot.messages import Message
from bot.messages.input.typed import unquoted
from bot.messages.views import CatchUp
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request
from handlers.incidents.card_threads import incident_of_thread

# Behind the command's first word: catch me up, catch up.
_UP: Final = re.compile(r"(?:me\s+)?up\b(?:\s+on\b)?\s*", re.IGNORECASE)


def read_catch_up(words: str) -> CatchUp:
    """Parse the words behind `catchup`: a number, an id or a pasted address, or nothing in the thread of a card."""
    return CatchUp(asked=unquoted(_UP.sub("", words.strip(), count=1)))


async def draw_catch_up(request: Request, view: CatchUp) -> Message | Refusal:
    """Sum up an incident: one call for it, and three more at most."""
    team, to = request.team, request.to_person
    asked = view.asked or await incident_of_thread(request)
    found = await find_incidents(request.flashduty, team, asked, now=request.now) if asked else ()
    if not found:
        return Refusal(not_found(to, asked, team.name), "not found")
    known = await request.services.attributions.of(team.name, found)
    if len(found) > 1:
        people = await people_of(request.flashduty, found)
        return chooser(to, found, asked.lstrip("#"), people=people, team=team.name, known=known)
    (incident,) = found
    summary = await gather_summary(request.flashduty, incident, known[incident.id], now=request.now)
    return catch_up(to, summary, team.name)
