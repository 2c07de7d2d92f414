"""Look up the outcome of an action on an incident after a crash: whether the incident shows it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.incidents.actions.command import VisibleCommand
from bot.incidents.messages.actions.outcome import Made, action_unchanged
from bot.incidents.scope import read_incident
from bot.messages.changes import after_a_restart
from bot.messages.errors import Retry
from bot.storage.requests.pending_actions import PendingAction
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action
from handlers.recovery.own_changes import is_own_change


def look_up_by(action: Action[Any]) -> Callable[[Request, PendingAction, Retry | None], Awaitable[Reply | None]]:
    """Return the lookup of an action: it was made when the timeline has it as this person's.

    Where no attempt was written, the incident as it would be after it tells.
    """

    async def look_up(request: Request, pending: PendingAction, retry: Retry | None) -> Reply | None:
        value = request.value_as(action.reads)
        # As it was asked for: a length of time began then.
        command = action.command(replace(request, now=pending.noted_at), value)
        if not isinstance(command, VisibleCommand):
            return None
        incident = await read_incident(request.flashduty, request.team, value.incident_id)
        is_own = await is_own_change(request, replace(pending, incident_id=incident.id), command.action)
        if is_own is None:
            is_own = command.is_made(incident) and command.is_made_since(incident, pending.noted_at)
        if is_own:
            await action.read_names(request, value, incident)
            reply = action.told(request, Made(value=value, before=incident, after=incident))
            line = reply.announcement if command.is_made(incident) else None
            return replace(reply, redraw_incident=None, announcement=line.repeated() if line is not None else None)
        if command.is_made(incident):
            message = action_unchanged(request.to_person, action.words, incident, team=value.team)
            return Reply(private=message, outcome="made by somebody else")
        words = action.changing(request.audience, incident.id).not_done
        return Reply(private=after_a_restart.not_done(request.audience, words, retry), outcome="not made")

    return look_up
