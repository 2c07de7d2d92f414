"""The Acknowledge button, and its Undo."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.flashduty import Flashduty, FlashdutyError, Incident, Progress
from bot.incidents import people_of, require_scope
from bot.messages import acknowledgement as says
from handlers.request import Announcement, Reply, Request

# Kept back from the time a person waits, to look at the incident after a write that may or may not have arrived.
READ_BACK: Final = 1.0

Write = Callable[[Flashduty], Awaitable[None]]


class WriteNotKnownError(Exception):
    """A change may or may not have been made, and looking it up failed as well."""

    def __init__(self, error: FlashdutyError, incident_id: str) -> None:
        super().__init__(incident_id)
        self.error = error
        self.incident_id = incident_id


async def acknowledge(request: Request) -> Reply:
    """Acknowledge the incident unless somebody already has, and tell the channel who did."""
    async with request.at_hand.clicks.one_at_a_time(request.incident):
        before = await request.flashduty.incident(request.incident)
        await require_scope(request.flashduty, request.team, before)
        if before.progress is not Progress.TRIGGERED:
            return await _too_late(request, before)
        after = await _write(
            request, before, _acknowledge(before.id), lambda seen: seen.progress is not Progress.TRIGGERED
        )
        if after is not None:
            await request.at_hand.clicks.remember(request.team.name, after, request.person)
    known = after or before
    once = f"acknowledged {known.id} {_moment(known, request)}"
    return Reply(
        private=says.confirmed(known, request.team.name, is_known=after is not None),
        again=after,
        announcement=Announcement(says.announced(known, request.person.name), once),
    )


def _moment(incident: Incident, request: Request) -> int:
    return int((incident.acknowledged_at or request.now).timestamp())


async def _too_late(request: Request, incident: Incident) -> Reply:
    if incident.progress is Progress.CLOSED:
        return Reply(private=says.closed(incident, request.team.name), again=incident)
    clicked_by = await request.at_hand.clicks.who(request.team.name, incident)
    if clicked_by is not None and clicked_by.id == request.person.id:
        return Reply(again=incident)
    people = await people_of(request.flashduty, [incident])
    name = clicked_by.name if clicked_by else None
    return Reply(private=says.already(incident, people, request.team.name, name), again=incident)


async def undo(request: Request) -> Reply:
    """Take the person's own acknowledgement back, and say what is true then."""
    async with request.at_hand.clicks.one_at_a_time(request.incident):
        before = await request.flashduty.incident(request.incident)
        await require_scope(request.flashduty, request.team, before)
        if before.progress is not Progress.PROCESSING:
            return Reply(redraw=says.nothing_to_undo(before, request.team.name))
        if not await _is_own(request, before):
            return await _somebody_elses(request, before)
        after = await _write(
            request, before, _unacknowledge(before.id), lambda seen: seen.progress is Progress.TRIGGERED
        )
        await request.at_hand.clicks.forget(request.team.name, before.id)
    once = f"taken back {before.id} {_moment(before, request)}"
    if after is None:
        line = says.undo_announced(before, request.person.name)
        return Reply(redraw=says.undone_unread(before, request.team.name), announcement=Announcement(line, once))
    people = await people_of(request.flashduty, [after])
    return Reply(
        redraw=says.undone(after, people, request.team.name),
        announcement=Announcement(says.undo_announced(after, request.person.name), once),
    )


async def _is_own(request: Request, incident: Incident) -> bool:
    """Whether it is still the acknowledgement that the button was made for: Flashduty names the key's owner for all."""
    clicked_by = await request.at_hand.clicks.who(request.team.name, incident)
    if clicked_by is not None and clicked_by.id != request.person.id:
        return False
    return not request.words or request.words == says.acknowledgement_of(incident)


async def _somebody_elses(request: Request, incident: Incident) -> Reply:
    clicked_by = await request.at_hand.clicks.who(request.team.name, incident)
    people = await people_of(request.flashduty, [incident])
    name = clicked_by.name if clicked_by else None
    return Reply(redraw=says.not_yours(incident, people, request.team.name, name))


def _acknowledge(incident_id: str) -> Write:
    return lambda flashduty: flashduty.acknowledge(incident_id)


def _unacknowledge(incident_id: str) -> Write:
    return lambda flashduty: flashduty.unacknowledge(incident_id)


async def _write(request: Request, before: Incident, write: Write, done: Callable[[Incident], bool]) -> Incident | None:
    """Change an incident and return what Flashduty then says of it; None when it was changed and cannot be read.

    After an ambiguous failure the incident is read: if the change is there, it counts as made. Raises
    WriteNotKnownError when reading fails too.
    """
    try:
        await write(request.flashduty.until(request.deadline - READ_BACK))
    except FlashdutyError as error:
        if not error.is_ambiguous:
            raise
        after = await _look(request, before, error)
        if not done(after):
            raise
        return after
    try:
        return await request.flashduty.incident(before.id)
    except FlashdutyError:
        return None


async def _look(request: Request, before: Incident, cause: FlashdutyError) -> Incident:
    try:
        return await request.flashduty.incident(before.id)
    except FlashdutyError:
        raise WriteNotKnownError(cause, before.id) from None
