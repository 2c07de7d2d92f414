"""Who a Slack person is in Flashduty, and what that means for them now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import Final, Protocol

from bot.digest import Acknowledgers
from bot.flashduty import Flashduty, Incident, IncidentQuery, Person, Schedule
from bot.holding import Attributions, is_with
from bot.incidents import SKEW, WINDOW, by_urgency, people_of, read_all
from bot.on_call import times_on_call
from bot.people import address_of
from bot.schedule_changes import LOOK_AHEAD
from bot.search import OPEN
from bot.teams import SlackPerson, Team

NEXT_SHIFTS: Final = 3
MOST_NAMED: Final = 10
# Ids of Flashduty grow with time, so that these are the newest; /incident/list takes no more.
MOST_PRESSED: Final = 100


class NoMatch(Enum):
    """Why nobody in Flashduty is known to be this Slack person; the sentences are in `bot.messages.me`."""

    NO_ADDRESS = auto()
    NOT_THERE = auto()
    NOT_CERTAIN = auto()


@dataclass(frozen=True)
class MyShift:
    """Unbroken time of one person on one schedule."""

    schedule: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Me:
    """One person: on call now in these schedules, next in those, and with these incidents."""

    person: Person
    now: tuple[MyShift, ...]
    following: tuple[MyShift, ...]
    incidents: tuple[Incident, ...]
    is_complete: bool
    as_of: datetime
    horizon: datetime
    people: Mapping[int, Person] = field(default_factory=dict)
    known: Attributions = field(default_factory=dict)


class OwnPresses(Acknowledgers, Protocol):
    """Who acknowledged from Slack, and what somebody acknowledged there."""

    async def pressed_by(self, team: str, person: SlackPerson) -> frozenset[str]:
        """Give the ids of incidents somebody pressed Acknowledge for; never raises."""


async def find_person(flashduty: Flashduty, slack: SlackPerson) -> Person | NoMatch:
    """Find somebody by the e-mail address Slack has confirmed, and look them up again by id to be certain.

    Member ids and person ids may differ, so `/member/list` only proposes; `/person/infos` has to agree on the address.
    """
    address = (slack.email or "").strip().lower()
    if not address:
        return NoMatch.NO_ADDRESS
    members = [one for one in await flashduty.members(address) if (one.email or "").strip().lower() == address]
    if not members:
        return NoMatch.NOT_THERE
    persons = await flashduty.persons([one.id for one in members])
    certain = [one for one in persons.values() if address_of(one) == address and one.is_address_verified is not False]
    return certain[0] if len(certain) == 1 else NoMatch.NOT_CERTAIN


async def gather_me(  # noqa: PLR0917 - who asks, and of whom
    flashduty: Flashduty,
    team: Team,
    person: Person,
    now: datetime,
    slack: SlackPerson | None = None,
    presses: OwnPresses | None = None,
) -> Me:
    """Read somebody's shifts and open incidents: one call each and one for names, and one for each further hundred.

    What they acknowledged in Slack without being called for it costs one call more.
    """
    # Flashduty takes whole seconds, and ends the last shift it computes there.
    end = (now + LOOK_AHEAD).replace(microsecond=0)
    schedules = await flashduty.schedules(now, end, team_ids=team.flashduty_team_ids)
    found: dict[str, Incident] = {}
    is_complete = await read_all(flashduty, _incidents_of(person, team, now), found)
    known: Attributions = {}
    if presses is not None and slack is not None:
        await _read_pressed(flashduty, _open(team, now), await presses.pressed_by(team.name, slack), found)
        known = await presses.of(team.name, found.values())
        found = {number: one for number, one in found.items() if is_with(one, known[number], person.id, slack.id)}
    shifts = sorted(_shifts(schedules, person.id), key=lambda shift: shift.start)
    incidents = tuple(sorted(found.values(), key=lambda one: by_urgency(one, now)))
    return Me(
        person=person,
        now=tuple(shift for shift in shifts if shift.start <= now < shift.end),
        following=tuple(shift for shift in shifts if shift.start > now)[:NEXT_SHIFTS],
        incidents=incidents,
        people=await people_of(flashduty, incidents[:MOST_NAMED]),
        known=known,
        is_complete=is_complete,
        as_of=now,
        horizon=end,
    )


def _incidents_of(person: Person, team: Team, now: datetime) -> IncidentQuery:
    return replace(_open(team, now), responder_ids=(person.id,))


async def _read_pressed(
    flashduty: Flashduty, query: IncidentQuery, ids: frozenset[str], found: dict[str, Incident]
) -> None:
    """Add those of these incidents that are open; nothing is asked where all of them are there."""
    missing = sorted(ids - found.keys())[-MOST_PRESSED:]
    if missing:
        await read_all(flashduty, replace(query, incident_ids=tuple(missing)), found)


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
