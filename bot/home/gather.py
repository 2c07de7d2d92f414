"""Who a Slack person is in Flashduty, and what that means for them now."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.flashduty import Flashduty, Incident, IncidentQuery, Person, Schedule
from bot.home.model import MatchProblem, Me, MyShift
from bot.incidents.attribution import Attributions
from bot.incidents.holders import is_with
from bot.incidents.model import by_urgency
from bot.incidents.queries import SKEW, WINDOW, people_of, read_all
from bot.incidents.search import OPEN
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD
from bot.oncall.shifts import times_on_call
from bot.people.directory import address_of
from bot.teams.access import SlackPerson, Team

NEXT_SHIFTS: Final = 3
MAX_NAMED: Final = 10
# Ids of Flashduty grow with time, so that these are the newest; /incident/list takes no more.
MAX_ACKNOWLEDGED: Final = 100


@dataclass(frozen=True)
class _Found:
    person: Person
    schedules: tuple[Schedule, ...]
    incidents: dict[str, Incident]
    is_complete: bool


async def gather_me(
    flashduty: Flashduty, team: Team, slack: SlackPerson, now: datetime, presses: Attributions | None = None
) -> Me | MatchProblem:
    """Find somebody by the address Slack has confirmed, and read their shifts and open incidents.

    One call for the address, one for the person, one for shifts, one for incidents and for each further hundred, one
    for those they acknowledged in Slack, and one for names. What needs no other answer is asked at once: two calls
    follow one another before the one for names, which the answer can do without.
    """
    address = (slack.email or "").strip().lower()
    if not address:
        return MatchProblem.NO_ADDRESS
    # Flashduty takes whole seconds, and ends the last shift it computes there.
    end = (now + MAX_LOOK_AHEAD).replace(microsecond=0)
    mine = await _find(flashduty, team, slack, address, (now, end), presses)
    if isinstance(mine, MatchProblem):
        return mine
    found, known = mine.incidents, await presses.of(team.name, mine.incidents.values()) if presses else {}
    if presses is not None:
        found = {one.id: one for one in found.values() if is_with(one, known[one.id], mine.person.id, slack.id)}
    shifts = sorted(_shifts(mine.schedules, mine.person.id), key=lambda shift: shift.start)
    incidents = tuple(sorted(found.values(), key=lambda one: by_urgency(one, now)))
    return Me(
        person=mine.person,
        now=tuple(shift for shift in shifts if shift.start <= now < shift.end),
        following=tuple(shift for shift in shifts if shift.start > now)[:NEXT_SHIFTS],
        incidents=incidents,
        people=await people_of(flashduty, incidents[:MAX_NAMED]),
        known=known,
        is_complete=mine.is_complete,
        as_of=now,
        horizon=end,
    )


async def _find(  # noqa: PLR0917 - who asks, and of whom
    flashduty: Flashduty,
    team: Team,
    slack: SlackPerson,
    address: str,
    span: tuple[datetime, datetime],
    presses: Attributions | None,
) -> _Found | MatchProblem:
    """Find the person and the incidents: those of whoever the address may belong to are read beside the proof."""
    now, end = span
    pressed = presses.pressed_by(team.name, slack) if presses else _nothing()
    members, numbers = await asyncio.gather(flashduty.members(address), pressed)
    ids = tuple(one.id for one in members if (one.email or "").strip().lower() == address)
    if not ids:
        return MatchProblem.NOT_THERE
    found: dict[str, Incident] = {}
    acknowledged: dict[str, Incident] = {}
    person, schedules, is_complete, _ = await asyncio.gather(
        _certain(flashduty, ids, address),
        flashduty.schedules(now, end, team_ids=team.flashduty_team_ids),
        read_all(flashduty, replace(_open(team, now), responder_ids=ids), found),
        _read_pressed(flashduty, _open(team, now), numbers, acknowledged),
    )
    if isinstance(person, MatchProblem):
        return person
    own = {number: one for number, one in found.items() if any(each.person_id == person.id for each in one.responders)}
    return _Found(person, schedules, acknowledged | own, is_complete)


async def _nothing() -> frozenset[str]:
    return frozenset()


async def _certain(flashduty: Flashduty, ids: Iterable[int], address: str) -> Person | MatchProblem:
    """Look somebody up again by id to be certain.

    Member ids and person ids may differ, so `/member/list` only proposes; `/person/infos` has to agree on the address.
    """
    persons = await flashduty.persons(ids)
    certain = [one for one in persons.values() if address_of(one) == address and one.is_address_verified is not False]
    return certain[0] if len(certain) == 1 else MatchProblem.NOT_CERTAIN


async def _read_pressed(
    flashduty: Flashduty, query: IncidentQuery, ids: frozenset[str], found: dict[str, Incident]
) -> None:
    """Read those of these incidents that are open; nothing is asked where there are none."""
    if ids:
        await read_all(flashduty, replace(query, incident_ids=tuple(sorted(ids)[-MAX_ACKNOWLEDGED:])), found)


def _open(team: Team, now: datetime) -> IncidentQuery:
    return IncidentQuery(
        start=now + SKEW - WINDOW,
        end=now + SKEW,
        progress=OPEN,
        channel_ids=team.flashduty_channel_ids,
        team_ids=team.flashduty_team_ids,
    )


def _shifts(schedules: Iterable[Schedule], person_id: int) -> Iterator[MyShift]:
    for schedule in schedules:
        if schedule.is_enabled:
            for start, end in times_on_call(schedule, person_id):
                yield MyShift(schedule.name, start, end)
