"""The Acknowledge button, its Undo, and the line that tells the channel of either."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.flashduty import Flashduty, FlashdutyError, Incident, Progress
from bot.incidents.messages import acknowledgement as says
from bot.incidents.queries import people_of
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.buttons import ANNOUNCE, ButtonValue
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords
from bot.messages.errors import Retry
from bot.messages.text import Mrkdwn, mrkdwn
from bot.people.directory import is_same_person, look_up_people
from bot.teams.team import SlackPerson
from handlers.dispatch.context import Announcement, Reply, Request

# Kept back from the time a change may take, to look at the incident after one that may or may not have arrived.
READ_BACK: Final = 10.0
ACKNOWLEDGED: Final = "acknowledged"
UNDONE: Final = "undone"

Write = Callable[[Flashduty], Awaitable[None]]


class UnknownOutcomeError(Exception):
    """A change may or may not have been made, and looking it up failed as well; `in_doubt` says so."""

    def __init__(self, error: FlashdutyError, incident_id: str, in_doubt: Mrkdwn) -> None:
        super().__init__(incident_id)
        self.error = error
        self.incident_id = incident_id
        self.in_doubt = in_doubt


async def acknowledge(request: Request) -> Reply:
    """Acknowledge the incident unless somebody already has, and tell the channel who did."""
    acknowledgements, team = request.services.acknowledgements, request.team.name
    async with acknowledgements.one_at_a_time(request.incident):
        stale = await acknowledgements.noted(team, request.incident)
        before = await read_incident(request.flashduty, request.team, request.incident)
        if before.progress is not Progress.TRIGGERED:
            return await _too_late(request, before)
        deed = actions.acknowledging(before.id)
        after = await _write(
            request, before, _acknowledge(before.id), lambda seen: seen.progress is not Progress.TRIGGERED, deed
        )
        faster = (
            await acknowledgements.remember(team, after, request.person, request.once, stale=stale)
            if after is not None
            else None
        )
        if after is not None and faster is None:
            await _attribute(request, before, after)
    if after is not None and faster is not None:
        return await _beaten(request, after, faster.id, faster.name)
    known = after or before
    line = says.announced(known, request.person.name)
    return Reply(
        private=says.confirmed(known, team, is_known=after is not None),
        again=after,
        announcement=_announcement(request, line, ACKNOWLEDGED, known),
        mark=says.YOURS,
        outcome="acknowledged" if after is not None else "acknowledged, not read again",
    )


def _announcement(request: Request, line: Message, what: str, incident: Incident, moment: str = "") -> Announcement:
    """Name the occasion after the acknowledgement, so that every replica and every retry names it alike."""
    moment = moment or f"{int((incident.acknowledged_at or request.now).timestamp())}"
    carried = ButtonValue(
        request.team.name, f"{what} {moment}", incident.id, request.occasion, request.place.line_thread or ""
    )
    about = mrkdwn("the line about #{number}", number=incident.num)
    return Announcement(line, f"{what} {incident.id} {moment}", about=about, retry=Retry(ANNOUNCE, carried))


async def _too_late(request: Request, incident: Incident) -> Reply:
    if incident.progress is Progress.CLOSED:
        return Reply(private=says.closed(incident, request.team.name), again=incident, outcome="already closed")
    clicked_by = await _presser(request, incident)
    if clicked_by is not None:
        return await _beaten(request, incident, clicked_by.id, clicked_by.name)
    return await _beaten(request, incident, None, None)


async def _presser(request: Request, incident: Incident) -> SlackPerson | None:
    """Tell who pressed Acknowledge here, where that acknowledgement stands."""
    known = await request.services.attributions.of(request.team.name, [incident])
    return known[incident.id].presser


async def _beaten(request: Request, incident: Incident, by: str | None, name: str | None) -> Reply:
    """Say who was faster; to whoever it was themselves their other press has said it."""
    outcome = "already acknowledged"
    if by == request.person.id and not request.is_retry:
        own = says.already(incident, {}, request.team.name, name)
        return Reply(again=incident, mark=says.YOURS, otherwise=own, outcome=outcome)
    people = await people_of(request.briefly(), [incident])
    return Reply(private=says.already(incident, people, request.team.name, name), again=incident, outcome=outcome)


async def _attribute(request: Request, before: Incident, after: Incident) -> None:
    """Keep in whose name a press acknowledged, and who of the people around the incident pressed."""
    ids = {one.person_id for one in (*before.responders, *after.responders)}
    people = request.flashduty.remembered_persons(ids)
    if len(people) < len(ids):
        people = await look_up_people(request.briefly(), sorted(ids))
    own = (number for number, person in people.items() if is_same_person(person, request.person))
    await request.services.attributions.note(request.team.name, before, after, request.person, next(own, 0))


async def undo(request: Request) -> Reply:
    """Take the person's own acknowledgement back, and say what is true then."""
    async with request.services.acknowledgements.one_at_a_time(request.incident):
        before = await read_incident(request.flashduty, request.team, request.incident)
        if before.progress is not Progress.PROCESSING:
            return Reply(redraw=says.nothing_to_undo(before, request.team.name), outcome="nothing to undo")
        if not await _is_own(request, before):
            return await _somebody_elses(request, before)
        deed = actions.undoing(before.id)
        after = await _write(
            request, before, _unacknowledge(before.id), lambda seen: seen.progress is Progress.TRIGGERED, deed
        )
        await request.services.acknowledgements.forget(request.team.name, before.id)
    now = after or before
    line = says.undo_announced(now, request.person.name)
    moment = f"{int((before.acknowledged_at or request.now).timestamp())}"
    return Reply(
        redraw=await _undone(request, before, after),
        announcement=_announcement(request, line, UNDONE, now, moment),
        outcome="undone" if after is not None else "undone, not read again",
    )


async def _undone(request: Request, before: Incident, after: Incident | None) -> Message:
    if after is None:
        return says.undone_unread(before, request.team.name)
    return says.undone(after, await people_of(request.briefly(), [after]), request.team.name)


async def tell(request: Request) -> Reply:
    """Tell the channel once more of what was done, unless the line is there or another one would be true."""
    what, _, moment = request.words.partition(" ")
    incident = await read_incident(request.flashduty, request.team, request.incident)
    if what == UNDONE:
        line = says.undo_announced(incident, request.person.name)
    elif await _is_still(request, incident, moment):
        line = says.announced(incident, request.person.name)
    else:
        people = await people_of(request.briefly(), [incident])
        return Reply(redraw=says.not_yours(incident, people, request.team.name, None), outcome="not told")
    announcement = _announcement(request, line, UNDONE if what == UNDONE else ACKNOWLEDGED, incident, moment)
    return Reply(announcement=announcement.repeated(), outcome="told again")


async def _is_still(request: Request, incident: Incident, moment: str) -> bool:
    clicked_by = await _presser(request, incident)
    is_own = clicked_by is None or clicked_by.id == request.person.id
    return is_own and moment == says.acknowledgement_of(incident)


async def _is_own(request: Request, incident: Incident) -> bool:
    """Whether it is still the acknowledgement that the button was made for: Flashduty names the key's owner for all."""
    clicked_by = await _presser(request, incident)
    if clicked_by is not None and clicked_by.id != request.person.id:
        return False
    return not request.words or request.words == says.acknowledgement_of(incident)


async def _somebody_elses(request: Request, incident: Incident) -> Reply:
    clicked_by = await _presser(request, incident)
    people = await people_of(request.briefly(), [incident])
    name = clicked_by.name if clicked_by else None
    return Reply(redraw=says.not_yours(incident, people, request.team.name, name), outcome="somebody else's")


def _acknowledge(incident_id: str) -> Write:
    return lambda flashduty: flashduty.acknowledge(incident_id)


def _unacknowledge(incident_id: str) -> Write:
    return lambda flashduty: flashduty.unacknowledge(incident_id)


async def _write(
    request: Request, before: Incident, write: Write, done: Callable[[Incident], bool], deed: ChangeWords
) -> Incident | None:
    """Change an incident and return what Flashduty then says of it; None when it was changed and cannot be read.

    After an ambiguous failure the incident is read: if the change is there, it counts as made. Raises
    WriteNotKnownError when reading fails too.
    """
    try:
        await write(request.flashduty.until(request.deadline - READ_BACK))
    except FlashdutyError as error:
        if not error.is_ambiguous:
            raise
        after = await _look(request, before, error, deed)
        if not done(after):
            raise
        return after
    try:
        return await request.briefly().incident(before.id)
    except FlashdutyError:
        return None


async def _look(request: Request, before: Incident, cause: FlashdutyError, deed: ChangeWords) -> Incident:
    try:
        return await request.flashduty.incident(before.id)
    except FlashdutyError:
        raise UnknownOutcomeError(cause, before.id, deed.in_doubt) from None
