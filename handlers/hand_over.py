"""The "I have it" button of the hand-over package and of the notice of a hand-over."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.flashduty import FlashdutyError, Person
from bot.hand_over import Taken, shift_changes
from bot.messages.hand_over import already_taken, not_yours_to_take, taken_over
from bot.messages.names import names
from bot.people import address_of
from handlers.request import Announcement, Reply, Request

AROUND: Final = timedelta(hours=1)


async def take(request: Request) -> Reply:
    """Tell the thread who has the pager; whoever presses second is told who was first.

    Whoever the shift belongs to may say so, and otherwise a responder of the team.
    """
    number, start, schedule = _shift(request.words, request.now)
    paged = await _paged(request, number, start)
    is_theirs = any(address_of(one) == (request.person.email or "").strip().lower() != "" for one in paged.values())
    if not is_theirs and not await request.may_act():
        return Reply(private=not_yours_to_take(request.team.name))
    mine = Taken(request.person, request.now)
    shift = f"{number} {int(start.timestamp())}"
    counts = await request.at_hand.take_overs.take(f"{request.team.name} {shift}", mine)
    if counts.person.id != request.person.id:
        return Reply(private=already_taken(schedule, counts))
    once = f"taken over {shift} {counts.person.id}"
    somebody_else = None if is_theirs else names(paged, paged)
    return Reply(announcement=Announcement(taken_over(schedule, start, counts, somebody_else), once, in_thread=True))


async def _paged(request: Request, number: int, start: datetime) -> dict[int, Person]:
    """Find whom Flashduty pages on the shift; nobody when it cannot say, which keeps no responder from pressing."""
    team_ids = request.team.flashduty_team_ids
    try:
        found = await request.flashduty.schedules(start - AROUND, start + AROUND, team_ids=team_ids)
        own = [schedule for schedule in found if schedule.id == number]
        shifts = shift_changes(own, start - timedelta(seconds=1), start)
        return await request.flashduty.persons(person for shift in shifts for person in shift.change.coming)
    except FlashdutyError:
        return {}


def _shift(words: str, now: datetime) -> tuple[int, datetime, str]:
    """Read what the button carries: the schedule's id, when the shift starts, and the schedule's name for people."""
    number, _, rest = words.partition(" ")
    seconds, _, schedule = rest.partition(" ")
    try:
        start = datetime.fromtimestamp(int(seconds), UTC)
        return int(number), start if abs(start - now) < timedelta(days=60) else now, schedule
    except (ValueError, OverflowError, OSError):
        return 0, now.replace(microsecond=0), schedule
