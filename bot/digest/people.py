"""The people a digest names: whom to look up, most important first, and what to show where the lookup fails."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.digest.model import OnCallPart
from bot.digest.results import error_or
from bot.flashduty import Flashduty, FlashdutyError, Person, Schedule
from bot.incidents.model import OpenIncidents
from bot.oncall.coverage import COVERAGE_LOOK_AHEAD
from bot.oncall.shifts import all_person_ids, spans

# One call to /person/infos: a digest costs five calls, and one more for each further hundred schedules or incidents,
# which those cost themselves.
MAX_PEOPLE: Final = 100

NO_ON_CALL: Final = OnCallPart((), (), {})


@dataclass(frozen=True)
class DigestPeople:
    """The people that could be looked up; `error` says why some have ids instead of names, None where none has."""

    known: Mapping[int, Person]
    error: FlashdutyError | None = None


async def read_people(flashduty: Flashduty, ids: list[int]) -> DigestPeople:
    """Look people up; where Flashduty fails, use the cached names rather than give up the digest."""
    people = await error_or(flashduty.persons(ids))
    if not isinstance(people, FlashdutyError):
        return DigestPeople(people)
    cached = flashduty.cached_persons(ids)
    return DigestPeople(cached, people if len(cached) < len(ids) else None)


def person_ids_to_look_up(
    schedules: tuple[Schedule, ...],
    incidents: OpenIncidents | None,
    part: OnCallPart | FlashdutyError | None,
    *,
    now: datetime,
) -> list[int]:
    """List the people whose names the digest needs, at most 100."""
    on_call = part if isinstance(part, OnCallPart) else NO_ON_CALL
    found = [
        *on_call_person_ids(on_call),
        *_planned(schedules, on_call, now),
        *(_nameless(incidents) if incidents else ()),
    ]
    return list(dict.fromkeys(found))[:MAX_PEOPLE]


def on_call_person_ids(part: OnCallPart) -> list[int]:
    """List the people who are on call now or next, and those who hand over."""
    changing = (person for handoff in part.handoffs for person in (*handoff.leaving, *handoff.coming))
    return [*sorted(all_person_ids(part.entries)), *changing]


def _planned(schedules: Iterable[Schedule], part: OnCallPart, now: datetime) -> Iterator[int]:
    """List the people with a shift in the next 14 days, then those who gained or lost one."""
    until = now + COVERAGE_LOOK_AHEAD
    ahead = [span for schedule in schedules for span in spans(schedule) if span.start < until]
    for span in sorted(ahead, key=lambda span: span.start):
        yield from span.person_ids
    for change in part.changes.shifts if part.changes else ():
        yield from (*change.lost, *change.gained)


def _nameless(incidents: OpenIncidents) -> Iterator[int]:
    """List the responders without a name, in the order in which their incidents are shown."""
    for incident in incidents.in_order:
        yield from (one.person_id for one in incident.responders if not one.name and one.person_id)
