"""Catch me up: the summary of one incident, for whoever asked."""

from bot.cards.messages.summary import catch_up
from bot.cards.timeline.summary import gather_summary
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.views import CatchUp
from handlers.dispatch.context import Request


async def draw_catch_up(request: Request, view: CatchUp) -> Message:
    """Sum up an incident: one call for it, and three more at most."""
    incident = await read_incident(request.flashduty, request.team, view.asked)
    known = (await request.services.attributions.of(request.team.name, [incident]))[incident.id]
    summary = await gather_summary(request.flashduty, incident, known, now=request.now)
    return catch_up(request.to_person, summary, request.team.name)
