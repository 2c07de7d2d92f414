"""The "I have it" button of the handoff package and of the handoff notice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.audit.model import AuditAction
from bot.flashduty import FlashdutyError, Person
from bot.handoff.messages.covering import (
    Covered,
    already_covered,
    covered_line,
    shift_ended,
    shifts_in,
    takeover_denied,
    takeover_line,
    with_covered,
)
from bot.handoff.messages.shift_value import ShiftValue
from bot.handoff.model import ShiftId, Takeover, shift_changes
from bot.messages.buttons import TAKE_OVER
from bot.messages.changes.posted import parsed_blocks
from bot.messages.errors import Retry, way_in
from bot.messages.names import names
from bot.people.directory import is_same_person
from bot.teams.access import Verdict, acting_denied
from handlers.dispatch.answers import Announcement, Reply
from handlers.dispatch.context import Request

LOOKUP_MARGIN: Final = timedelta(hours=1)
CARRIED_START_LIMIT: Final = timedelta(days=30)


async def take_over(request: Request) -> Reply:
    """Announce in the thread who covers the shift, and redraw its row; a second person learns who was first.

    Allowed to the people of the shift, and to everybody who may act for the team.
    """
    value = request.value_as(ShiftValue)
    start = shift_start(value, request.now)
    paged, until = await paged_people(request, value.schedule_id, start)
    if until is not None and until <= request.now:
        return Reply(private=shift_ended(request.to_person, value.schedule, until), outcome="shift is over")
    is_theirs = any(is_same_person(one, request.person) for one in paged.values())
    verdict = Verdict.YES if is_theirs else await request.may_act()
    if verdict is Verdict.NO:
        next_step = way_in(request.to_person, acting_denied(request.team, verdict))
        return Reply(
            private=takeover_denied(request.to_person, request.team.name, next_step), outcome="refused: not a responder"
        )
    if verdict is not Verdict.YES:
        raise acting_denied(request.team, verdict)
    own = Takeover(request.person, request.now, is_theirs=is_theirs)
    shift = ShiftId(value.schedule_id, start)
    attempt = request.attempt(AuditAction.COVER_SHIFT, subject=value.schedule, asked=start.isoformat())
    async with request.services.audit.attempting(attempt) as ending:
        effective, before = await request.services.takeovers.take(request.team.name, shift, own)
        is_own = effective.person.id == own.person.id
        ending.of(is_own=is_own and effective.at == own.at)
        ending.old, ending.new = before.person.name if before else "", effective.person.name
    row = await _redrawn(request, shift, effective, paged=paged)
    # A retry by the same person posts the announcement that failed.
    if not (is_own and effective.at == own.at) and not (is_own and request.is_retry):
        refusal = already_covered(request.to_person, value.schedule, effective, is_yours=is_own)
        return replace(row, private=refusal, outcome="already covered")
    replaced = before.person.name if before and before.person.id != own.person.id else ""
    line = announcement_of_takeover(request, start, effective, paged=paged, instead_of=replaced)
    return replace(row, announcement=line, outcome="covered")


def announcement_of_takeover(
    request: Request, start: datetime, takeover: Takeover, *, paged: Mapping[int, Person], instead_of: str = ""
) -> Announcement:
    """Draw the announcement of a takeover, with the people that Flashduty pages instead.

    Its idempotency key consists of the shift and the person, so it is the same on every replica and for every retry.
    """
    value = request.value_as(ShiftValue)
    thread = request.origin.announcement_thread or request.origin.message or value.thread
    carried = replace(value, team=request.team.name, occasion=request.occasion, thread=thread)
    covered = replace(_covered(request, start, takeover, paged=paged), instead_of=instead_of)
    name = value.schedule or request.to_person.say("the shift")
    return Announcement(
        takeover_line(request.to_channel, covered),
        f"taken over {value.schedule_id} {int(start.timestamp())} {takeover.person.id}",
        in_thread=True,
        about=request.to_person.say("the line that you cover {name}", name=name),
        retry=Retry(TAKE_OVER, carried),
        may_be_posted=request.is_retry,
    )


def _covered(request: Request, start: datetime, takeover: Takeover, *, paged: Mapping[int, Person]) -> Covered:
    others = {number: one for number, one in paged.items() if not is_same_person(one, takeover.person)}
    return Covered(
        schedule=request.value_as(ShiftValue).schedule,
        start=start,
        taken=takeover,
        paged=names(request.to_channel, others, others) if others and not takeover.is_theirs else None,
    )


async def _redrawn(request: Request, shift: ShiftId, takeover: Takeover, *, paged: Mapping[int, Person]) -> Reply:
    """Redraw the row of the shift; in a posted message also the rows of shifts that are covered since it was drawn."""
    own = _covered(request, shift.starts_at, takeover, paged=paged)
    if not request.origin.is_public:
        return Reply(control_text=covered_line(request.audience, own))
    blocks = parsed_blocks(request.origin.blocks)
    offered = shifts_in(blocks)
    others = await request.services.takeovers.of_shifts(request.team.name, offered.keys() - {shift})
    covered = {one: Covered(schedule=offered[one], start=one.starts_at, taken=taken) for one, taken in others.items()}
    return Reply(update=with_covered(request.to_channel, blocks, covered | {shift: own}))


async def paged_people(request: Request, number: int, start: datetime) -> tuple[dict[int, Person], datetime | None]:
    """Find the people of the shift and its end; nobody when Flashduty does not answer, which refuses no responder."""
    end = max(start, request.now) + LOOKUP_MARGIN
    try:
        flashduty = request.flashduty_for_wording()
        found = await flashduty.schedules(start - LOOKUP_MARGIN, end, team_ids=request.team.flashduty_team_ids)
        own = [schedule for schedule in found if schedule.id == number]
        shifts = shift_changes(own, start - timedelta(seconds=1), start)
        people = await flashduty.persons(person for shift in shifts for person in shift.change.coming)
    except FlashdutyError:
        return {}, None
    return people, max((shift.until for shift in shifts if shift.until), default=None)


def shift_start(value: ShiftValue, now: datetime) -> datetime:
    """Return the start of the shift; one further than the limit from now is forged, and counts as now."""
    start = datetime.fromtimestamp(value.starts_at, UTC)
    return start if abs(start - now) < CARRIED_START_LIMIT else now.astimezone(UTC).replace(microsecond=0)
