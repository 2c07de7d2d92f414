"""`/flashduty oncall` and `/flashduty oncall week`."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from bot.flashduty import Person
from bot.messages import Message
from bot.messages.input.typed import unquoted
from bot.messages.views import OnCall, OnCallQuestion, OnCallWeek
from bot.oncall.messages.now import OnCallAnswer, on_call_answer, unknown_time
from bot.oncall.messages.week import no_schedule_for_week, week_table, week_takes_no_time
from bot.oncall.schedules import READ_AHEAD
from bot.oncall.shifts import all_person_ids, matching_schedules, on_call
from bot.oncall.time_expressions import TimeExpression, parse_time, parse_zone, recall_time
from bot.oncall.week import week_of, week_window
from bot.people.directory import PartialPeople, link_profiles, look_up_people
from bot.runtime.time_zones import zone_named
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request

WEEK: Final = frozenset({"week", "周", "本周", "一周"})
# "who is on call" says no more than "who".
_WHO: Final = re.compile(r"(?:is|'s|are)?\s*(?:on[- ]?call)?(?:\s*now)?\s*[?？]*", re.IGNORECASE)


def read_question(words: str) -> OnCall | OnCallQuestion:
    """Parse the words behind `oncall`; times are parsed later, in the person's time zone."""
    return OnCallQuestion(words=words) if words else OnCall()


def read_who(words: str) -> OnCall | OnCallQuestion:
    """Parse the words behind `who`."""
    return read_question("" if _WHO.fullmatch(words) else words)


async def draw_answer(request: Request, view: OnCallQuestion) -> Message | Refusal:
    """Show who is on call now, at a time or in a week, for the schedules whose names contain the words."""
    zone, words = parse_zone(view.words, _zone(request))
    when = parse_time(words, request.now, zone)
    when = replace(when, words=unquoted(when.words))
    first, _, rest = when.words.partition(" ")
    if first.lower() in WEEK:
        has_at = when.at is not None or when.problem is not None
        if has_at:
            return Refusal(week_takes_no_time(request.to_person, zone, rest, team=request.team.name))
        return await _week(request, rest.strip(), zone)
    return await _at(request, when, zone)


async def draw_on_call(request: Request, view: OnCall) -> Message | Refusal:
    """Show who is on call at a time or now."""
    when = recall_time(view.at, view.words, request.now)
    return await _at(request, when, zone_named(view.zone, _zone(request)))


async def draw_on_call_week(request: Request, view: OnCallWeek) -> Message | Refusal:
    """Show the seven days that begin today."""
    return await _week(request, view.words, zone_named(view.zone, _zone(request)))


async def _at(request: Request, when: TimeExpression, zone: ZoneInfo) -> Message | Refusal:
    if when.problem is not None:
        now = request.now.astimezone(zone)
        return Refusal(unknown_time(request.to_person, when, request.team.name, now=now))
    at = when.at or request.now
    until = at + READ_AHEAD
    found = await request.flashduty.schedules(at, until, team_ids=request.team.flashduty_team_ids)
    known = [schedule for schedule in found if schedule.is_enabled]
    entries = tuple(on_call(schedule, at, until) for schedule in matching_schedules(known, when.words))
    people = await _people(request, sorted(all_person_ids(entries)))
    names = tuple(schedule.name for schedule in known)
    local = when.at.astimezone(zone) if when.at else None
    return on_call_answer(
        request.audience,
        OnCallAnswer(
            words=when.words,
            entries=entries,
            people=people,
            as_of=request.now,
            known_schedules=names,
            at=local,
            may_be_more=not found.is_complete,
        ),
        request.team.name,
    )


async def _week(request: Request, words: str, zone: ZoneInfo) -> Message | Refusal:
    start, end = week_window(request.now, zone)
    found = await request.flashduty.schedules(start, end, team_ids=request.team.flashduty_team_ids)
    chosen = matching_schedules((schedule for schedule in found if schedule.is_enabled), words)
    if not chosen:
        return Refusal(no_schedule_for_week(request.to_person, words, request.team.name))
    days = week_of(chosen, request.now, zone)
    people = await look_up_people(request.flashduty, days.person_ids)
    return week_table(
        request.audience,
        days,
        people,
        words=words,
        team=request.team.name,
    )


async def _people(request: Request, ids: list[int]) -> Mapping[int, Person]:
    """Look people up; in a private answer those who are in Slack are mentioned: a tap opens their profile, to call."""
    people = await look_up_people(request.flashduty, ids)
    if request.audience.is_public:
        return people
    profiles = request.services.digest_dependencies.profiles
    try:
        async with asyncio.timeout(request.limits.names):
            linked = await link_profiles(people, ids, profiles, notifies=True)
    except TimeoutError:
        return people
    return PartialPeople(linked) if isinstance(people, PartialPeople) else linked


def _zone(request: Request) -> ZoneInfo:
    """Return the person's time zone, or the team's where Slack returns none."""
    return zone_named(request.person.timezone or "", request.team.timezone)
