"""The "I have it" button of the handoff package and of the handoff notice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.flashduty import FlashdutyError, Person
from bot.handoff.messages.package import ShiftValue, already_taken, shift_ended, takeover_denied, takeover_line
from bot.handoff.model import Takeover, shift_changes
from bot.messages import Message
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
    number, start, schedule = value.schedule_id, _start(value, request.now), value.schedule
    paged, until = await _paged(request, number, start)
    if until is not None and until <= request.now:
        return Reply(private=shift_ended(schedule, until, command=request.command), outcome="shift is over")
    is_theirs = any(is_same_person(one, request.person) for one in paged.values())
    verdict = Verdict.YES if is_theirs else await request.may_act()
    if verdict is Verdict.NO:
        next_step = way_in(acting_denied(request.team, verdict))
        return Reply(private=takeover_denied(request.team.name, next_step), outcome="refused: not a responder")
    if verdict is not Verdict.YES:
        raise acting_denied(request.team, verdict)
    own = Takeover(request.person, request.now, is_theirs=is_theirs)
    shift = f"{number} {int(start.timestamp())}"
    starts_at = datetime.fromtimestamp(int(start.timestamp()), UTC)
    effective = await request.services.takeovers.take(request.team.name, own, schedule_id=number, starts_at=starts_at)
    is_own = effective.person.id == own.person.id
    is_first = is_own and effective.at == own.at
    # A retry by the same person posts the announcement that failed.
    if not is_first and not (is_own and request.is_retry):
        return Reply(private=already_taken(schedule, effective, is_yours=is_own), outcome="already covered")
    line = takeover_line(schedule, start, effective, paged=None if is_theirs else names(paged, paged))
    return Reply(
        announcement=_announcement(request, line, f"taken over {shift} {effective.person.id}"), outcome="covered"
    )


def _announcement(request: Request, line: Message, once: str) -> Announcement:
    thread = request.origin.announcement_thread or request.origin.message or ""
    value = replace(request.value_as(ShiftValue), team=request.team.name, occasion=request.occasion, thread=thread)
    retry = Retry(TAKE_OVER, value)
    about = mrkdwn("the line that you cover {name}", name=value.schedule or "the shift")
    return Announcement(line, once, in_thread=True, about=about, retry=retry, may_be_posted=request.is_retry)


async def _paged(request: Request, number: int, start: datetime) -> tuple[dict[int, Person], datetime | None]:
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


def _start(value: ShiftValue, now: datetime) -> datetime:
    """Return the start of the shift; one further than the limit from now is forged, and counts as now."""
    start = datetime.fromtimestamp(value.starts_at, UTC)
    return start if abs(start - now) < CARRIED_START_LIMIT else now
