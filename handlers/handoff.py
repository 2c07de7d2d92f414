"""The "I have it" button of the handoff package and of the handoff notice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.flashduty import FlashdutyError, Person
from bot.handoff.messages.package import ShiftValue, already_taken, shift_ended, takeover_denied, takeover_line
from bot.handoff.model import Takeover, shift_changes
from bot.messages.buttons import TAKE_OVER
from bot.messages.errors import Retry, way_in
from bot.messages.names import names
from bot.messages.text import mrkdwn
from bot.people.directory import is_same_person
from bot.teams.access import Verdict, acting_denied
from handlers.dispatch.context import Announcement, Reply, Request

LOOKUP_MARGIN: Final = timedelta(hours=1)
CARRIED_START_LIMIT: Final = timedelta(days=30)


async def take_over(request: Request) -> Reply:
    """Announce in the thread who covers the shift; a second person learns who was first.

    Allowed to the people of the shift, and to everybody who may act for the team.
    """
    value = request.value_as(ShiftValue)
    number, start, schedule = value.schedule_id, shift_start(value, request.now), value.schedule
    paged, until = await paged_people(request, number, start)
    if until is not None and until <= request.now:
        return Reply(
            private=shift_ended(request.audience, schedule, until, command=request.command), outcome="shift is over"
        )
    is_theirs = any(is_same_person(one, request.person) for one in paged.values())
    verdict = Verdict.YES if is_theirs else await request.may_act()
    if verdict is Verdict.NO:
        next_step = way_in(request.audience, acting_denied(request.team, verdict))
        return Reply(
            private=takeover_denied(request.audience, request.team.name, next_step), outcome="refused: not a responder"
        )
    if verdict is not Verdict.YES:
        raise acting_denied(request.team, verdict)
    own = Takeover(request.person, request.now, is_theirs=is_theirs)
    starts_at = datetime.fromtimestamp(int(start.timestamp()), UTC)
    effective = await request.services.takeovers.take(request.team.name, own, schedule_id=number, starts_at=starts_at)
    is_own = effective.person.id == own.person.id
    is_first = is_own and effective.at == own.at
    # A retry by the same person posts the announcement that failed.
    if not is_first and not (is_own and request.is_retry):
        return Reply(
            private=already_taken(request.audience, schedule, effective, is_yours=is_own), outcome="already covered"
        )
    return Reply(announcement=announcement_of_takeover(request, start, effective, paged=paged), outcome="covered")


def announcement_of_takeover(
    request: Request, start: datetime, takeover: Takeover, *, paged: Mapping[int, Person]
) -> Announcement:
    """Draw the announcement of a takeover, with the people that Flashduty pages instead.

    Its idempotency key consists of the shift and the person, so it is the same on every replica and for every retry.
    """
    value = request.value_as(ShiftValue)
    thread = request.origin.announcement_thread or request.origin.message or value.thread
    carried = replace(value, team=request.team.name, occasion=request.occasion, thread=thread)
    return Announcement(
        takeover_line(
            request.audience,
            value.schedule,
            start,
            taken=takeover,
            paged=None if takeover.is_theirs else names(request.audience, paged, paged),
        ),
        f"taken over {value.schedule_id} {int(start.timestamp())} {takeover.person.id}",
        in_thread=True,
        about=mrkdwn("the line that you cover {name}", name=value.schedule or "the shift"),
        retry=Retry(TAKE_OVER, carried),
        may_be_posted=request.is_retry,
    )


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
    return start if abs(start - now) < CARRIED_START_LIMIT else now
