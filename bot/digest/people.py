"""Whose names a digest needs, those who matter most first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from bot.digest.model import OnCallPart
from bot.flashduty import Schedule
from bot.incidents.model import OpenIncidents
from bot.oncall.coverage import COVERAGE_LOOK_AHEAD
from bot.oncall.shifts import all_person_ids, spans

# One call's worth: a digest costs five calls, and one more for each further hundred schedules or incidents, which those
# cost themselves.
MOST_PEOPLE: Final = 100


def person_ids_to_look_up(
    schedules: tuple[Schedule, ...], incidents: OpenIncidents | None, part: OnCallPart, now: datetime
) -> list[int]:
    """List whom to look up, at most 100."""
    found = [*on_call_person_ids(part), *_planned(schedules, part, now), *(_nameless(incidents) if incidents else ())]
    return list(dict.fromkeys(found))[:MOST_PEOPLE]


def on_call_person_ids(part: OnCallPart) -> list[int]:
    """List who is on call now or next, and who hands over."""
    changing = (person for change in part.hand_overs for person in (*change.leaving, *change.coming))
    return [*sorted(all_person_ids(part.entries)), *changing]


def _planned(schedules: Iterable[Schedule], part: OnCallPart, now: datetime) -> Iterator[int]:
    """List who has a shift in the next 14 days, then who gained or lost one."""
    ahead = [span for schedule in schedules for span in spans(schedule) if span.start < now + COVERAGE_LOOK_AHEAD]
    for span in sorted(ahead, key=lambda span: span.start):
        yield from span.person_ids
    for change in part.changes.shifts if part.changes else ():
        yield from (*change.lost, *change.gained)


def _nameless(incidents: OpenIncidents) -> Iterator[int]:
    """List the responders without a name, those of incidents shown first coming first."""
    for incident in (*incidents.unacknowledged, *incidents.long_open, *incidents.incidents):
        yield from (one.person_id for one in incident.responders if not one.name and one.person_id)
