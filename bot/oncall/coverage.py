"""Coverage problems in the days ahead: gaps, people who cannot be paged, people on two schedules at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, TypeVar

from bot.flashduty import Person, Schedule
from bot.oncall.shifts import is_computed, spans

COVERAGE_LOOK_AHEAD: Final = timedelta(days=14)
# /en/api-reference/platform/members/person-infos: `pending` was invited and has not accepted, `deleted` was removed.
INACTIVE_STATUSES: Final = frozenset({"disabled", "pending", "deleted"})
MIN_OVERLAPPING: Final = 2
# A shorter one begins and ends at the same time on a clock without seconds.
MIN_DURATION: Final = timedelta(minutes=1)

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Gap:
    """A time in which a schedule has nobody on call."""

    schedule_id: int
    schedule: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class UnreachableShift:
    """A shift of a person whose account is inactive; `status` is Flashduty's word for it."""

    schedule: str
    person_id: int
    status: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Overlap:
    """A time in which one person is on call in several schedules."""

    person_id: int
    schedules: tuple[str, ...]
    start: datetime
    end: datetime


CoverageProblem = TypeVar("CoverageProblem", Gap, UnreachableShift, Overlap)


@dataclass(frozen=True)
class Coverage:
    """The problems up to `until`, each kind by start; `not_known` are people that could not be looked up.

    A problem that ends at `until` may last longer.
    """

    until: datetime
    gaps: tuple[Gap, ...] = ()
    unreachable: tuple[UnreachableShift, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    not_known: tuple[int, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether there are no problems."""
        return not (self.gaps or self.unreachable or self.overlaps or self.not_known)

    @property
    def schedules_with_gaps(self) -> int:
        """The number of schedules with a gap."""
        return len({gap.schedule_id for gap in self.gaps})


@dataclass(frozen=True)
class _Duty:
    """One person's uninterrupted time on one schedule."""

    schedule: Schedule
    person_id: int
    start: datetime
    end: datetime


def check_coverage(
    schedules: Iterable[Schedule], people: Mapping[int, Person], *, now: datetime, until: datetime
) -> Coverage:
    """Find the problems between two instants; `until` is at most the end of the requested shifts."""
    known = [schedule for schedule in schedules if schedule.is_enabled and is_computed(schedule)]
    duties = [duty for schedule in known for duty in _duties(schedule, now, until)]
    gaps = (Gap(one.id, one.name, start=start, end=end) for one in known for start, end in _gaps(one, now, until))
    return Coverage(
        until=until,
        gaps=_by_start(gaps),
        unreachable=_by_start(_unreachable(duties, people)),
        overlaps=_by_start(_overlaps(duties)),
        not_known=tuple(dict.fromkeys(duty.person_id for duty in duties if duty.person_id not in people)),
    )


def _by_start(found: Iterable[CoverageProblem]) -> tuple[CoverageProblem, ...]:
    worth_showing = (problem for problem in found if problem.end - problem.start >= MIN_DURATION)
    return tuple(sorted(worth_showing, key=lambda problem: problem.start))


def _duties(schedule: Schedule, now: datetime, until: datetime) -> Iterator[_Duty]:
    by_person: dict[int, list[Interval]] = {}
    for span in spans(schedule):
        for person_id in span.person_ids:
            by_person.setdefault(person_id, []).append((span.start, span.end))
    for person_id, found in by_person.items():
        for start, end in _united(found, now, until):
            yield _Duty(schedule, person_id, start=start, end=end)


def _united(spans: Iterable[Interval], now: datetime, until: datetime) -> list[Interval]:
    """Join adjacent intervals, within two instants."""
    united: list[Interval] = []
    for start, end in sorted((max(start, now), min(end, until)) for start, end in spans):
        if start >= end:
            continue
        if united and united[-1][1] >= start:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _gaps(schedule: Schedule, now: datetime, until: datetime) -> Iterator[Interval]:
    covered = _united(((span.start, span.end) for span in spans(schedule)), now, until)
    edges = [now, *(edge for span in covered for edge in span), until]
    return ((start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end)


def _unreachable(duties: Iterable[_Duty], people: Mapping[int, Person]) -> Iterator[UnreachableShift]:
    for duty in duties:
        person = people.get(duty.person_id)
        status = (person.status or "").lower() if person else ""
        if status in INACTIVE_STATUSES:
            yield UnreachableShift(duty.schedule.name, duty.person_id, status, start=duty.start, end=duty.end)


def _overlaps(duties: Iterable[_Duty]) -> Iterator[Overlap]:
    by_person: dict[int, list[_Duty]] = {}
    for duty in duties:
        by_person.setdefault(duty.person_id, []).append(duty)
    for person_id, found in by_person.items():
        yield from _overlaps_of(person_id, found)


def _overlaps_of(person_id: int, duties: Sequence[_Duty]) -> Iterator[Overlap]:
    edges = sorted({edge for duty in duties for edge in (duty.start, duty.end)})
    last: Overlap | None = None
    for start, end in pairwise(edges):
        names = tuple(duty.schedule.name for duty in duties if duty.start <= start and end <= duty.end)
        if last is not None and (len(names) < MIN_OVERLAPPING or last.schedules != names or last.end != start):
            yield last
            last = None
        if len(names) >= MIN_OVERLAPPING:
            last = Overlap(person_id, names, start=last.start if last else start, end=end)
    if last is not None:
        yield last
