"""Read who a Slack person is in Flashduty, their shifts, and their open incidents."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.flashduty import Flashduty, Incident, IncidentQuery, Person, Schedule
from bot.home.model import MatchProblem, Me, MyShift
from bot.incidents.attribution import Attributions
from bot.incidents.holders import Attribution, is_with
from bot.incidents.model import by_urgency
from bot.incidents.queries import open_query, people_of, read_all
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD
from bot.oncall.shifts import times_on_call
from bot.people.directory import is_same_person, normalised_email
from bot.teams.access import SlackPerson, Team

NEXT_SHIFTS: Final = 3
MAX_NAMED: Final = 10
# Ids of Flashduty grow with time, so that the last ones are the newest; /incident/list takes no more.
MAX_ACKNOWLEDGED: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Request:
    """The person of a request, their team, and the time."""

    flashduty: Flashduty
    team: Team
    slack: SlackPerson
    address: str
    now: datetime
    until: datetime
    attributions: Attributions | None

    @property
    def open_incidents(self) -> IncidentQuery:
        """The query for the team's open incidents of the last 31 days."""
        return open_query(self.team, self.now)


@dataclass(frozen=True, kw_only=True)
class _Answers:
    person: Person
    schedules: tuple[Schedule, ...]
    incidents: dict[str, Incident]
    is_complete: bool


async def gather_me(
    flashduty: Flashduty,
    team: Team,
    slack: SlackPerson,
    *,
    now: datetime,
    attributions: Attributions | None = None,
) -> Me | MatchProblem:
    """Match a person by the address Slack has confirmed, and read their shifts and open incidents.

    One call for the address, one for the person, one for shifts, one for incidents and for each further hundred, one
    for those they acknowledged in Slack, and one for names. Calls that need no other answer run concurrently: two calls
    follow one another before the one for names, which the answer can do without.
    """
    address = normalised_email(slack.email)
    if not address:
        return MatchProblem.NO_ADDRESS
    # Flashduty takes whole seconds, and ends the last shift it computes there.
    until = (now + MAX_LOOK_AHEAD).replace(microsecond=0)
    request = _Request(
        flashduty=flashduty,
        team=team,
        slack=slack,
        address=address,
        now=now,
        until=until,
        attributions=attributions,
    )
    answers = await _read(request)
    return answers if isinstance(answers, MatchProblem) else await _me(request, answers)


async def _me(request: _Request, answers: _Answers) -> Me:
    found, known, now = answers.incidents, await _known(request, answers), request.now
    if request.attributions is not None:
        number, slack_id = answers.person.id, request.slack.id
        found = {one.id: one for one in found.values() if is_with(one, known[one.id], number, slack_id=slack_id)}
    shifts = sorted(shifts_of(answers.schedules, answers.person.id), key=lambda shift: shift.start)
    incidents = tuple(sorted(found.values(), key=lambda one: by_urgency(one, now)))
    return Me(
        person=answers.person,
        now=tuple(shift for shift in shifts if shift.start <= now < shift.end),
        following=tuple(shift for shift in shifts if shift.start > now)[:NEXT_SHIFTS],
        incidents=incidents,
        people=await people_of(request.flashduty, incidents[:MAX_NAMED]),
        known=known,
        is_complete=answers.is_complete,
        as_of=now,
        horizon=request.until,
    )


async def _known(request: _Request, answers: _Answers) -> Mapping[str, Attribution]:
    return await request.attributions.of(request.team.name, answers.incidents.values()) if request.attributions else {}


async def _read(request: _Request) -> _Answers | MatchProblem:
    """Read the person and the incidents; those of every possible match are read while the match is confirmed."""
    flashduty, team, address = request.flashduty, request.team, request.address
    members, acknowledged_ids = await asyncio.gather(flashduty.members(address), _acknowledged_ids(request))
    ids = tuple(one.id for one in members if normalised_email(one.email) == address)
    if not ids:
        return MatchProblem.NOT_THERE
    found: dict[str, Incident] = {}
    acknowledged: dict[str, Incident] = {}
    person, schedules, is_complete, _ = await asyncio.gather(
        _confirmed(flashduty, ids, request.slack),
        flashduty.schedules(request.now, request.until, team_ids=team.flashduty_team_ids),
        read_all(flashduty, replace(request.open_incidents, responder_ids=ids), found),
        _read_acknowledged(request, acknowledged_ids, acknowledged),
    )
    if isinstance(person, MatchProblem):
        return person
    own = {number: one for number, one in found.items() if any(each.person_id == person.id for each in one.responders)}
    return _Answers(person=person, schedules=schedules, incidents=acknowledged | own, is_complete=is_complete)


async def _acknowledged_ids(request: _Request) -> frozenset[str]:
    return (
        await request.attributions.pressed_by(request.team.name, request.slack) if request.attributions else frozenset()
    )


async def _confirmed(flashduty: Flashduty, ids: Iterable[int], slack: SlackPerson) -> Person | MatchProblem:
    """Look the person up again by id.

    Member ids and person ids may differ, so `/member/list` only proposes; `/person/infos` has to agree on the address.
    """
    persons = await flashduty.persons(ids)
    certain = [one for one in persons.values() if is_same_person(one, slack)]
    return certain[0] if len(certain) == 1 else MatchProblem.NOT_CERTAIN


async def _read_acknowledged(request: _Request, ids: frozenset[str], found: dict[str, Incident]) -> None:
    """Read those of these incidents that are open; no call without ids."""
    if ids:
        newest = tuple(sorted(ids)[-MAX_ACKNOWLEDGED:])
        await read_all(request.flashduty, replace(request.open_incidents, incident_ids=newest), found)


def shifts_of(schedules: Iterable[Schedule], person_id: int) -> Iterator[MyShift]:
    """Find the uninterrupted times of a person on the enabled schedules."""
    for schedule in schedules:
        if schedule.is_enabled:
            for start, end in times_on_call(schedule, person_id):
                yield MyShift(schedule.name, start, end)
