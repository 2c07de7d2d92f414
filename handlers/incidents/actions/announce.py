"""Post the channel's line about an action again, unless it is posted already, or no longer true."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.incidents.actions.command import VisibleCommand
from bot.incidents.messages.actions.outcome import Made, action_unchanged
from bot.incidents.messages.actions.values import AnnounceActionValue
from bot.incidents.scope import read_incident
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action


async def announce_action(request: Request, known: Mapping[str, Action[Any]]) -> Reply:
    """Post the line of an action by its name."""
    told = request.value_as(AnnounceActionValue)
    action = known.get(told.action)
    if action is None:
        return Reply(outcome="no such action")
    incident = await read_incident(request.flashduty, request.team, told.incident_id)
    names = {one.name for one in fields(action.reads)}
    until = {"until": told.until} if "until" in names and told.until else {}
    value = action.reads(team=request.team.name, incident_id=incident.id, **until)
    command = action.command(request, value)
    if isinstance(command, VisibleCommand) and not command.is_made(incident):
        message = action_unchanged(request.to_person, action.words, incident, team=request.team.name)
        return Reply(redraw=message, outcome="not told")
    made = Made(value=value, before=incident, after=incident)
    return Reply(announcement=action.line(request, made, once=told.once).repeated(), outcome="told again")
