"""`/flashduty oncall`."""

from bot.digest import HORIZON
from bot.messages import Message
from bot.messages.on_call import OnCallAnswer, answer
from bot.on_call import everyone, matching, on_call
from handlers.request import Request


async def who(request: Request) -> Message:
    """Say who is on call, for the schedules whose names have the words in them."""
    now, words = request.now, request.words.strip()
    until = now + HORIZON
    found = await request.flashduty.schedules(now, until, team_ids=request.team.flashduty_team_ids)
    known = [schedule for schedule in found if schedule.is_enabled]
    entries = tuple(on_call(schedule, now, until) for schedule in matching(known, words))
    people = await request.flashduty.persons(sorted(everyone(entries)))
    names = tuple(schedule.name for schedule in known)
    return answer(
        OnCallAnswer(words, entries, people, now, names),
        request.team.name,
        is_public=request.place.is_public,
        is_direct=request.place.is_direct,
    )
