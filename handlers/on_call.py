"""`/flashduty oncall` and `/flashduty oncall week`."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.digest import HORIZON
from bot.messages import Message
from bot.messages.on_call import OnCallAnswer, answer, not_understood
from bot.messages.week import no_week, week_table
from bot.on_call import everyone, matching, on_call
from bot.people import named
from bot.week import week, window
from bot.when import read_when
from handlers.request import Request

WEEK = "week"


async def who(request: Request) -> Message:
    """Say who is on call now or at a moment, for the schedules whose names have the words in them."""
    first, _, rest = request.words.strip().partition(" ")
    if first.lower() == WEEK:
        return await _week(request, rest.strip())
    zone = _zone(request)
    when = read_when(request.words, request.now, zone)
    if when.not_understood:
        return not_understood(when.not_understood, request.team.name)
    at = when.at or request.now
    until = at + HORIZON
    found = await request.flashduty.schedules(at, until, team_ids=request.team.flashduty_team_ids)
    known = [schedule for schedule in found if schedule.is_enabled]
    entries = tuple(on_call(schedule, at, until) for schedule in matching(known, when.words))
    people = await named(request.flashduty, sorted(everyone(entries)))
    names = tuple(schedule.name for schedule in known)
    local = when.at.astimezone(zone) if when.at else None
    return answer(
        OnCallAnswer(when.words, entries, people, request.now, names, local),
        request.team.name,
        is_public=request.place.is_public,
        is_direct=request.place.is_direct,
    )


async def _week(request: Request, words: str) -> Message:
    zone = _zone(request)
    start, end = window(request.now, zone)
    found = await request.flashduty.schedules(start, end, team_ids=request.team.flashduty_team_ids)
    chosen = matching((schedule for schedule in found if schedule.is_enabled), words)
    if not chosen:
        return no_week(words, request.team.name)
    days = week(chosen, request.now, zone)
    people = await named(request.flashduty, days.person_ids)
    return week_table(
        days,
        people,
        words,
        request.team.name,
        is_public=request.place.is_public,
        is_direct=request.place.is_direct,
    )


def _zone(request: Request) -> ZoneInfo:
    """Choose the asker's own time zone, or the team's where Slack does not tell one."""
    try:
        return ZoneInfo(request.person.timezone or request.team.timezone.key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return request.team.timezone
