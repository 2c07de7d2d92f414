"""Look up the outcome of an action that was not reported; the table has each action that can be looked up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.audit.model import AuditAction, AuditResult
from bot.flashduty import Incident, Progress
from bot.incidents.changes import CLOCK_TOLERANCE, unacknowledged
from bot.incidents.messages import acknowledgement as messages
from bot.incidents.messages.actions.snooze import acknowledged_not_snoozed
from bot.incidents.messages.actions.values import SnoozeValue
from bot.incidents.queries import people_of
from bot.incidents.scope import read_incident
from bot.messages.buttons import ACKNOWLEDGE, APPROVE_SYNC, DECLINE_SYNC, SNOOZE, STOP_SYNC, TAKE_OVER, UNDO
from bot.messages.changes import actions, after_a_restart
from bot.messages.errors import Retry
from bot.people.directory import address_of, is_same_person, normalised_email
from bot.storage.requests.pending_actions import PendingAction
from bot.teams.team import SlackPerson
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.acknowledge import ACKNOWLEDGED, UNDONE, announcement_of, undone_moment
from handlers.incidents.actions.snooze import ACKNOWLEDGING_AND_SNOOZING, SNOOZING
from handlers.incidents.actions.table import ACTIONS
from handlers.recovery.action_lookups import look_up_by
from handlers.recovery.answer_lookups import look_up_decision, look_up_takeover
from handlers.recovery.comment_lookup import look_up_comment
from handlers.recovery.own_changes import is_own_change
from handlers.recovery.sent_comments import SENT_COMMENT

# Half of what was asked for.
ACKNOWLEDGED_NOT_SNOOZED: Final = "acknowledged, not snoozed"
# Looks up an action; `retry` is the control that repeats it. None when the outcome cannot be determined.
Lookup = Callable[[Request, PendingAction, Retry | None], Awaitable[Reply | None]]


async def look_up_acknowledgement(request: Request, action: PendingAction, retry: Retry | None) -> Reply | None:
    """Report whether an incident was acknowledged by this press, by another person, or not at all."""
    incident = await read_incident(request.flashduty, request.team, action.incident_id)
    team = request.team.name
    is_own = await is_own_change(request, action, AuditAction.ACKNOWLEDGE)
    if incident.progress is Progress.TRIGGERED:
        if is_own:
            taken_back = messages.confirmed_and_taken_back(request.audience, incident, team)
            return Reply(private=taken_back, outcome="acknowledged")
        words = actions.acknowledging(request.audience, incident.id).not_done
        return Reply(private=after_a_restart.not_done(request.audience, words, retry), outcome="not acknowledged")
    presser = await _presser(request, incident, action, is_own=is_own)
    is_current = presser is not None and presser.id == request.person.id
    if is_own or (is_own is None and is_current):
        return _acknowledged(request, incident, is_current=is_current)
    if incident.progress is Progress.CLOSED:
        return Reply(private=messages.closed(request.audience, incident, team), outcome="closed")
    people = await people_of(request.flashduty_for_names(), [incident])
    name = presser.name if presser else None
    return Reply(
        private=messages.already(request.audience, incident, people, team=team, clicked_by=name),
        outcome="already acknowledged",
    )


async def _presser(
    request: Request, incident: Incident, action: PendingAction, *, is_own: bool | None
) -> SlackPerson | None:
    """Return who has the incident by a press: this person too, whose press nobody had stored."""
    presser = await request.services.attributions.presser(request.team.name, incident)
    owner = await _key_owner(request, incident, since=action.noted_at - CLOCK_TOLERANCE)
    if presser is not None or owner is None or is_own is False:
        return presser
    return await _claimed(request, incident, owner, action=action)


def _acknowledged(request: Request, incident: Incident, *, is_current: bool) -> Reply:
    """Confirm an acknowledgement; the channel hears only of one that still stands."""
    line = announcement_of(
        request,
        messages.announced(request.to_channel, incident, request.person.name),
        incident,
        change=ACKNOWLEDGED,
    )
    return Reply(
        private=messages.confirmed(request.audience, incident, request.team.name),
        announcement=line.repeated() if is_current else None,
        outcome="acknowledged",
    )


async def look_up_snooze(request: Request, action: PendingAction, retry: Retry | None) -> Reply | None:
    """Report what became of a snooze, and of the acknowledgement before it where one was asked for."""
    value = request.value_as(SnoozeValue)
    if not value.acknowledges:
        return await look_up_by(SNOOZING)(request, action, retry)
    acknowledged = await look_up_acknowledgement(request, action, retry)
    if acknowledged is None or acknowledged.outcome != "acknowledged":
        return acknowledged
    snoozed = await look_up_by(ACKNOWLEDGING_AND_SNOOZING)(request, action, retry)
    if snoozed is not None and snoozed.is_made:
        return snoozed
    incident = await read_incident(request.flashduty, request.team, action.incident_id)
    why = actions.snoozing(request.to_person, incident.id).not_done
    message = acknowledged_not_snoozed(request.to_person, incident, why, team=value.team)
    return replace(acknowledged, private=message, outcome=ACKNOWLEDGED_NOT_SNOOZED)


async def look_up_undo(request: Request, action: PendingAction, retry: Retry | None) -> Reply | None:
    """Report whether an acknowledgement was undone."""
    team = request.team.name
    pressed = await request.services.acknowledgements.stored_press(team, action.incident_id)
    incident = await read_incident(request.flashduty, request.team, action.incident_id)
    is_own = await is_own_change(request, action, AuditAction.UNACKNOWLEDGE)
    if is_own and incident.progress is not Progress.TRIGGERED:
        people = await people_of(request.flashduty_for_names(), [incident])
        return Reply(private=messages.undone(request.audience, incident, people, team=team), outcome="undone")
    if incident.progress is Progress.CLOSED:
        return Reply(private=messages.nothing_to_undo(request.audience, incident, team), outcome="closed")
    presser = await request.services.attributions.presser(team, incident)
    if presser is not None and presser.id == request.person.id:
        words = actions.undoing(request.audience, incident.id).not_done
        return Reply(private=after_a_restart.not_done(request.audience, words, retry), outcome="not undone")
    if incident.progress is not Progress.TRIGGERED:
        return None
    if is_own is False:
        return Reply(private=messages.nothing_to_undo(request.audience, incident, team), outcome="already undone")
    await request.services.acknowledgements.withdraw(team, incident.id, press=pressed)
    line = announcement_of(
        request,
        messages.undo_announced(request.to_channel, incident, request.person.name),
        incident,
        change=UNDONE,
        moment=undone_moment(request, action.noted_at),
    )
    return Reply(
        private=messages.undone(request.audience, incident, {}, team=team),
        announcement=line.repeated(),
        outcome="undone",
    )


async def _key_owner(request: Request, incident: Incident, *, since: datetime) -> int | None:
    """Return the person id of the key's owner, where they are among those who acknowledged since."""
    recent = [one.person_id for one in incident.acknowledgers if one.acknowledged_at and one.acknowledged_at >= since]
    if not recent:
        return None
    address = normalised_email((await request.flashduty.key_owner()).email)
    people = await request.flashduty.persons(recent)
    return next((number for number, person in people.items() if address and address_of(person) == address), None)


async def _claimed(request: Request, incident: Incident, owner: int, *, action: PendingAction) -> SlackPerson | None:
    """Attribute the acknowledgement to this person unless another one has pressed; return whose it is."""
    services, team = request.services, request.team.name
    stale = await services.acknowledgements.stored_press(team, incident.id)
    first = await services.acknowledgements.record(
        team, incident, request.person, press=action.request_name, stale=stale
    )
    if first is not None:
        return first
    people = await people_of(request.flashduty_for_names(), [incident])
    own = next((number for number, person in people.items() if is_same_person(person, request.person)), 0)
    before = unacknowledged(incident, owner)
    if before is not None:
        await services.attributions.record(team, before, incident, person=request.person, person_id=own)
    return request.person


LOOKUPS: Final[Mapping[str, Lookup]] = {
    ACKNOWLEDGE: look_up_acknowledgement,
    UNDO: look_up_undo,
    TAKE_OVER: look_up_takeover,
    APPROVE_SYNC: look_up_decision,
    DECLINE_SYNC: look_up_decision,
    STOP_SYNC: look_up_decision,
    SENT_COMMENT: look_up_comment,
    **{name: look_up_by(action) for name, action in ACTIONS.items()},
    SNOOZE: look_up_snooze,
}

_FOUND_OUT: Final[Mapping[str, AuditResult]] = {
    "acknowledged": AuditResult.DONE,
    "already acknowledged": AuditResult.UNCHANGED,
    "not acknowledged": AuditResult.NOT_DONE,
    "undone": AuditResult.DONE,
    "already undone": AuditResult.UNCHANGED,
    "not undone": AuditResult.NOT_DONE,
    "comment added": AuditResult.DONE,
    "comment not added": AuditResult.NOT_DONE,
    "covered": AuditResult.DONE,
    "already covered": AuditResult.UNCHANGED,
    "not covered": AuditResult.NOT_DONE,
    "decided": AuditResult.DONE,
    "already decided": AuditResult.UNCHANGED,
    "not decided": AuditResult.NOT_DONE,
    "made by somebody else": AuditResult.UNCHANGED,
    "not made": AuditResult.NOT_DONE,
}


def found_out(outcome: str, action: AuditAction) -> AuditResult | None:
    """Return what the outcome of a lookup says of an action in the audit trail; None leaves the attempt not known."""
    if outcome == ACKNOWLEDGED_NOT_SNOOZED:
        return AuditResult.DONE if action is AuditAction.ACKNOWLEDGE else AuditResult.NOT_DONE
    # The actions of the card: `snooze: done`.
    return AuditResult.DONE if outcome.endswith(": done") else _FOUND_OUT.get(outcome)
