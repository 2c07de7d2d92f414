"""The refresh of a shift reminder."""

from datetime import timedelta

from bot.handoff.job import draw_reminder
from bot.handoff.messages.notices import no_such_shift
from bot.handoff.model import shift_changes
from bot.messages import Message
from bot.messages.views import Reminder
from bot.oncall.schedules import READ_AHEAD
from handlers.dispatch.context import Request

START_TOLERANCE = timedelta(seconds=1)
READ_BEHIND = timedelta(hours=1)


async def draw_again(request: Request, view: Reminder) -> Message:
    """Redraw a shift reminder with the current state."""
    at, person_id = view.at if abs(view.at - request.now) < READ_AHEAD else request.now, view.person_id
    team = request.team
    schedules = await request.flashduty.schedules(at - READ_BEHIND, at + READ_AHEAD, team_ids=team.flashduty_team_ids)
    in_use = (schedule for schedule in schedules if schedule.is_enabled)
    shifts = [one for one in shift_changes(in_use, at - START_TOLERANCE, at) if person_id in one.newcomers]
    if not shifts:
        return no_such_shift(request.audience, team.name)
    return await draw_reminder(
        request.flashduty,
        team,
        person_id=person_id,
        shifts=shifts,
        now=request.now,
        attributions=request.services.attributions,
        audience=await request.audience_by_permission(),
    )
