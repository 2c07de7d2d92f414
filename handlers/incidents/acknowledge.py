"""The Acknowledge button, its Undo, and the announcement of either in the channel."""

from datetime import datetime
from typing import Final

from bot.cards.messages.card import LivingCard
from bot.flashduty import Incident, Progress
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.incidents.actions.acknowledge import Acknowledge, Unacknowledge
from bot.incidents.actions.command import Outcome
from bot.incidents.changes import is_same_acknowledgement
from bot.incidents.messages import acknowledgement as messages
from bot.incidents.messages.actions.values import ActionValue
from bot.incidents.queries import people_of
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.buttons import ANNOUNCE
from bot.messages.errors import Retry
from bot.teams.team import SlackPerson
from handlers.dispatch.answers import Announcement, Reply
from handlers.dispatch.context import Request

ACKNOWLEDGED: Final = "acknowledged"
UNDONE: Final = "undone"


async def acknowledge(request: Request) -> Reply:
    """Acknowledge the incident of the pressed control."""
    return await acknowledge_incident(request, request.incident)


async def acknowledge_incident(request: Request, incident_id: str) -> Reply:
    """Acknowledge an incident unless somebody already has, and announce who did."""
    return await tell_acknowledgement(request, await run_acknowledgement(request, incident_id))


async def run_acknowledgement(request: Request, incident_id: str, answers: FormAnswers = NO_ANSWERS) -> Outcome:
    """Acknowledge an incident unless somebody already has, with answers to the account's form."""
    services = request.services
    command = Acknowledge(
        acknowledgements=services.acknowledgements,
        attributions=services.attributions,
        press=request.once,
        answers=answers,
    )
    (outcome,) = await services.commands.run(command, [incident_id], request.actor)
    return outcome


async def tell_acknowledgement(request: Request, outcome: Outcome) -> Reply:
    """Return the answer to an acknowledgement that was tried."""
    if outcome.change is None:
        return await _not_triggered(request, outcome.before)
    if outcome.first is not None:
        return await _already_acknowledged(request, outcome.known, by=outcome.first)
    return _acknowledged(request, outcome)


def _acknowledged(request: Request, outcome: Outcome) -> Reply:
    after, known = outcome.after, outcome.known
    line = messages.announced(request.to_channel, known, request.person.name)
    return Reply(
        private=messages.confirmed(request.audience, known, request.team.name, is_known=after is not None),
        redraw_incident=after,
        redraw_view=request.value.view if isinstance(request.value, ActionValue) else None,
        # The thread of a living card tells who acknowledged.
        announcement=None
        if _is_on_living_card(request)
        else announcement_of(request, line, known, change=ACKNOWLEDGED),
        control_text=request.audience.translated(messages.YOURS),
        outcome="acknowledged" if after is not None else "acknowledged, not read again",
    )


def _is_on_living_card(request: Request) -> bool:
    return isinstance(request.value, ActionValue) and isinstance(request.value.view, LivingCard)


def announcement_of(
    request: Request,
    line: Message,
    incident: Incident,
    *,
    change: messages.AnnouncedChange,
    moment: int | None = None,
) -> Announcement:
    """Announce a change; its key is that of the acknowledgement, equal in every replica and every retry."""
    moment = moment or int((incident.acknowledged_at or request.now).timestamp())
    value = messages.AnnounceValue(
        team=request.team.name,
        occasion=request.occasion,
        thread=request.origin.announcement_thread or "",
        incident_id=incident.id,
        change=change,
        moment=moment,
    )
    about = request.audience.say("the line about #{number}", number=incident.num)
    return Announcement(line, f"{change} {incident.id} {moment}", about=about, retry=Retry(ANNOUNCE, value))


async def _not_triggered(request: Request, incident: Incident) -> Reply:
    if incident.progress is Progress.CLOSED:
        return Reply(
            private=messages.closed(request.audience, incident, request.team.name),
            redraw_incident=incident,
            outcome="already closed",
        )
    presser = await request.services.attributions.presser(request.team.name, incident)
    return await _already_acknowledged(request, incident, by=presser)


async def _already_acknowledged(request: Request, incident: Incident, *, by: SlackPerson | None) -> Reply:
    """Name who was first; a person's own earlier press has its answer already."""
    outcome, team, name = "already acknowledged", request.team.name, by.name if by else None
    if by is not None and by.id == request.person.id and not request.is_retry:
        own = messages.already(request.audience, incident, {}, team=team, clicked_by=name)
        return Reply(
            redraw_incident=incident,
            control_text=request.audience.translated(messages.YOURS),
            fallback=own,
            outcome=outcome,
        )
    people = await people_of(request.flashduty_for_names(), [incident])
    return Reply(
        private=messages.already(request.audience, incident, people, team=team, clicked_by=name),
        redraw_incident=incident,
        outcome=outcome,
    )


async def undo(request: Request) -> Reply:
    """Undo the person's own acknowledgement, and show the state after that."""
    services = request.services
    command = Unacknowledge(
        acknowledgements=services.acknowledgements,
        attributions=services.attributions,
        acknowledged_at=request.value_as(messages.UndoValue).acknowledged_at,
    )
    (outcome,) = await services.commands.run(command, [request.incident], request.actor)
    before = outcome.before
    if outcome.change is None and before.progress is not Progress.PROCESSING:
        return Reply(
            redraw=messages.nothing_to_undo(request.audience, before, request.team.name), outcome="nothing to undo"
        )
    if outcome.change is None:
        return await _acknowledged_by_another(request, before)
    line = messages.undo_announced(request.to_channel, outcome.known, request.person.name)
    moment = undone_moment(request, before.acknowledged_at or request.now)
    announcement = announcement_of(request, line, outcome.known, change=UNDONE, moment=moment)
    return Reply(
        redraw=await _undone(request, before, outcome.after),
        # A second press, at another replica, has changed nothing.
        announcement=None if outcome.is_repeated else announcement,
        outcome="undone" if outcome.after is not None else "undone, not read again",
    )


def undone_moment(request: Request, at: datetime) -> int:
    """Return the time of the acknowledgement that is undone: that of the button, which is known after a crash too."""
    return request.value_as(messages.UndoValue).acknowledged_at or int(at.timestamp())


async def _undone(request: Request, before: Incident, after: Incident | None) -> Message:
    if after is None:
        return messages.undone_unread(request.audience, before, request.team.name)
    people = await people_of(request.flashduty_for_names(), [after], remembered_will_do=True)
    return messages.undone(request.audience, after, people, team=request.team.name)


async def announce_again(request: Request) -> Reply:
    """Announce a change again, unless the announcement is posted or no longer true."""
    value = request.value_as(messages.AnnounceValue)
    incident = await read_incident(request.flashduty, request.team, request.incident)
    if value.change == UNDONE:
        line = messages.undo_announced(request.to_channel, incident, request.person.name)
    elif await _is_current_acknowledgement(request, incident, value.moment):
        line = messages.announced(request.to_channel, incident, request.person.name)
    else:
        people = await people_of(request.flashduty_for_names(), [incident])
        return Reply(
            redraw=messages.not_yours(request.audience, incident, people, team=request.team.name, clicked_by=None),
            outcome="not told",
        )
    announcement = announcement_of(request, line, incident, change=value.change, moment=value.moment)
    return Reply(announcement=announcement.repeated(), outcome="told again")


async def _is_current_acknowledgement(request: Request, incident: Incident, moment: int) -> bool:
    presser = await request.services.attributions.presser(request.team.name, incident)
    is_own = presser is None or presser.id == request.person.id
    return is_own and is_same_acknowledgement(incident, moment)


async def _acknowledged_by_another(request: Request, incident: Incident) -> Reply:
    presser = await request.services.attributions.presser(request.team.name, incident)
    people = await people_of(request.flashduty_for_names(), [incident])
    name = presser.name if presser else None
    redrawn = messages.not_yours(request.audience, incident, people, team=request.team.name, clicked_by=name)
    return Reply(redraw=redrawn, outcome="somebody else's")
