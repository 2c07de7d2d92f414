"""Read what the Home tab shows of one team: its open incidents, who is on call, and the reader's own shifts."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from bot.flashduty import Flashduty, FlashdutyError, Person
from bot.home.gather import shifts_of
from bot.home.model import MyShift
from bot.incidents.attribution import Attributions
from bot.incidents.model import OpenIncidents
from bot.incidents.queries import people_of, read_open_incidents
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD
from bot.oncall.shifts import OnCallEntry, all_person_ids, on_call
from bot.people.directory import is_same_person, look_up_people, normalised_email
from bot.teams.access import SlackPerson, Team

T = TypeVar("T")

# Incidents whose responders are looked up by name: what the tab has room for.
MAX_TAB_NAMED: Final = 30


@dataclass(frozen=True, kw_only=True)
class OnCallNow:
    """Who is on call on each schedule of a team, and the reader's next shifts, read until the horizon."""

    entries: tuple[OnCallEntry, ...]
    people: dict[int, Person]
    shifts: tuple[MyShift, ...]
    horizon: datetime


@dataclass(frozen=True, kw_only=True)
class TeamTab:
    """What the Home tab shows of one team; an error stands where Flashduty did not answer."""

    team: Team
    incidents: OpenIncidents | FlashdutyError
    on_call: OnCallNow | FlashdutyError
    reader: Person | FlashdutyError | None
    """Who the reader is in Flashduty; None where nobody is for certain, an error where that could not be read."""


async def gather_tab(
    flashduty: Flashduty, team: Team, slack: SlackPerson, *, now: datetime, attributions: Attributions
) -> TeamTab:
    """Read the open incidents, the schedules and the reader concurrently: four calls, and two for names."""
    incidents, schedules, reader = await asyncio.gather(
        _or_error(_open_incidents(flashduty, team, now=now, attributions=attributions)),
        _or_error(flashduty.schedules(now, _horizon(now), team_ids=team.flashduty_team_ids)),
        _or_error(_reader(flashduty, slack)),
    )
    known = reader if isinstance(reader, Person) else None
    if isinstance(schedules, FlashdutyError):
        return TeamTab(team=team, incidents=incidents, on_call=schedules, reader=reader)
    enabled = [schedule for schedule in schedules if schedule.is_enabled]
    entries = tuple(on_call(schedule, now, _horizon(now)) for schedule in enabled)
    shifts = sorted(shifts_of(enabled, known.id), key=lambda shift: shift.start) if known else []
    people = await look_up_people(flashduty, sorted(all_person_ids(entries)))
    ahead = tuple(shift for shift in shifts if shift.end > now)
    return TeamTab(
        team=team,
        incidents=incidents,
        on_call=OnCallNow(entries=entries, people=people, shifts=ahead, horizon=_horizon(now)),
        reader=reader,
    )


async def _open_incidents(
    flashduty: Flashduty, team: Team, *, now: datetime, attributions: Attributions
) -> OpenIncidents:
    found = await read_open_incidents(flashduty, team, now)
    known = await attributions.of(team.name, found.incidents)
    return replace(found, known=known, people=await people_of(flashduty, found.incidents[:MAX_TAB_NAMED]))


async def _reader(flashduty: Flashduty, slack: SlackPerson) -> Person | None:
    """Match the reader by the address Slack has confirmed, as `/flashduty me` does."""
    address = normalised_email(slack.email)
    if not address:
        return None
    members = await flashduty.members(address)
    ids: Iterable[int] = [one.id for one in members if normalised_email(one.email) == address]
    persons = await flashduty.persons(ids) if ids else {}
    certain = [one for one in persons.values() if is_same_person(one, slack)]
    return certain[0] if len(certain) == 1 else None


async def _or_error(reading: Awaitable[T]) -> T | FlashdutyError:
    try:
        return await reading
    except FlashdutyError as error:
        return error


def _horizon(now: datetime) -> datetime:
    """Flashduty takes whole seconds, and ends the last shift it computes there."""
    return (now + MAX_LOOK_AHEAD).replace(microsecond=0)
