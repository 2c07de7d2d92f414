"""A reminder of a shift, drawn again."""

from datetime import UTC, datetime, timedelta

from bot.handoff.job import draw_reminder
from bot.handoff.messages.notices import no_such_shift
from bot.handoff.model import shift_changes
from bot.messages import Message
from bot.oncall.schedules import READ_AHEAD
from handlers.dispatch.context import Request

AROUND = timedelta(seconds=1)
BEFORE = timedelta(hours=1)


async def again(request: Request) -> Message:
    """Draw what somebody was reminded of, as it is now."""
    at, person_id = _carried(request.words, request.now)
    team = request.team
    schedules = await request.flashduty.schedules(at - BEFORE, at + READ_AHEAD, team_ids=team.flashduty_team_ids)
    in_use = (schedule for schedule in schedules if schedule.is_enabled)
    shifts = [one for one in shift_changes(in_use, at - AROUND, at) if person_id in one.newcomers]
    if not shifts:
        return no_such_shift(team.name)
    return await draw_reminder(
        request.flashduty,
        team,
        person_id=person_id,
        shifts=shifts,
        now=request.now,
        attributions=request.services.attributions,
        may_act=await request.shows_acting(),
    )


def _carried(words: str, now: datetime) -> tuple[datetime, int]:
    """Read what the button carries: when the shift begins, and whose it is."""
    seconds, _, person = words.partition(" ")
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
        return (at if abs(at - now) < READ_AHEAD else now), int(person)
    except (ValueError, OverflowError, OSError):
        return now, 0
