"""The changes of the schedules since the last digest: who gained and who lost which time on call.

Each digest stores a snapshot of the shifts ahead, which the next one compares with its own. Only the time that both
cover is compared, so that neither the moving horizon nor a past shift counts as a change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from bot.flashduty import Schedule
from bot.oncall.shifts import ShiftSpan, is_computed, spans

# /schedule/list takes less than 45 days (/en/api-reference/on-call/schedules/schedule-list).
MAX_LOOK_AHEAD: Final = timedelta(days=45) - timedelta(minutes=1)
SNAPSHOT_FORMAT: Final = 1

Assignments = frozenset[tuple[int, int]]
"""Pairs of role id and person id."""


@dataclass(frozen=True)
class PlannedShift:
    """A time of one schedule with the same people in the same roles."""

    start: datetime
    end: datetime
    assignments: Assignments


@dataclass(frozen=True)
class PlannedSchedule:
    """One schedule under its id; `shifts` is None while Flashduty has not computed them."""

    id: str
    name: str
    shifts: tuple[PlannedShift, ...] | None


@dataclass(frozen=True)
class Snapshot:
    """All schedules of a team, as computed from one instant up to another."""

    start: datetime
    end: datetime
    schedules: tuple[PlannedSchedule, ...]

    def as_json(self) -> dict[str, Any]:
        """Convert it to lists, strings and numbers."""
        return {
            "format": SNAPSHOT_FORMAT,
            "start": _seconds(self.start),
            "end": _seconds(self.end),
            "schedules": [_schedule_as_json(one) for one in self.schedules],
        }

    @classmethod
    def from_json(cls, stored: object) -> "Snapshot":
        """Read what `as_json` returned; raises ValueError for anything else."""
        if not isinstance(stored, Mapping) or stored.get("format") != SNAPSHOT_FORMAT:
            raise ValueError("not a snapshot of this version")
        try:
            schedules = tuple(_schedule(one) for one in stored["schedules"])
            return cls(_instant(stored["start"]), _instant(stored["end"]), schedules)
        except (KeyError, TypeError, OverflowError, OSError) as error:
            raise ValueError("not a snapshot") from error


@dataclass(frozen=True)
class ShiftChange:
    """A time that some people lost and others gained; without any, only roles changed."""

    schedule: str
    start: datetime
    end: datetime
    lost: tuple[int, ...]
    gained: tuple[int, ...]


@dataclass(frozen=True)
class ScheduleChanges:
    """The changes by start, and the schedules that were added and removed."""

    shifts: tuple[ShiftChange, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    until: datetime | None = None
    """The end of the compared time: a change that ends here may last longer."""

    def __bool__(self) -> bool:
        return bool(self.shifts or self.added or self.removed)


def take_snapshot(schedules: Iterable[Schedule], start: datetime, end: datetime) -> Snapshot:
    """Build a snapshot of the computed shifts between two instants."""
    return Snapshot(start, end, tuple(_planned(schedule) for schedule in schedules if schedule.is_enabled))


def _planned(schedule: Schedule) -> PlannedSchedule:
    shifts = tuple(PlannedShift(span.start, span.end, _assignments(span)) for span in spans(schedule))
    return PlannedSchedule(str(schedule.id), schedule.name, shifts if is_computed(schedule) else None)


def _assignments(span: ShiftSpan) -> Assignments:
    return frozenset((duty.role_id, person_id) for duty in span.duties for person_id in duty.person_ids)


def compare_snapshots(before: Snapshot, after: Snapshot) -> ScheduleChanges:
    """Compare two snapshots of a team in the time that both cover: from the later start to the earlier end."""
    known = {one.id: one for one in before.schedules}
    current = {one.id: one for one in after.schedules}
    start, end = max(before.start, after.start), min(before.end, after.end)
    found = (
        change
        for one in after.schedules
        if one.id in known
        for change in _changes_of(known[one.id], one, start=start, end=end)
    )
    return ScheduleChanges(
        shifts=tuple(sorted(found, key=lambda change: change.start)),
        added=tuple(one.name for one in after.schedules if one.id not in known),
        removed=tuple(one.name for one in before.schedules if one.id not in current),
        until=end,
    )


@dataclass(frozen=True, kw_only=True)
class _Comparison:
    """The assignments of two snapshots in a time in which neither changes."""

    start: datetime
    end: datetime
    old: Assignments
    new: Assignments

    def changes(self, schedule: str) -> Iterator[ShiftChange]:
        if self.old == self.new:
            return
        were, are = {person for _, person in self.old}, {person for _, person in self.new}
        yield ShiftChange(
            schedule=schedule,
            start=self.start,
            end=self.end,
            lost=tuple(sorted(were - are)),
            gained=tuple(sorted(are - were)),
        )


def _changes_of(
    before: PlannedSchedule, after: PlannedSchedule, *, start: datetime, end: datetime
) -> Iterator[ShiftChange]:
    if before.shifts is None or after.shifts is None or start >= end:
        return
    last: _Comparison | None = None
    for begins, ends in pairwise(_edges((*before.shifts, *after.shifts), start, end)):
        old, new = _assignments_at(before.shifts, begins), _assignments_at(after.shifts, begins)
        if last is not None and (last.old, last.new) == (old, new):
            last = replace(last, end=ends)
            continue
        if last is not None:
            yield from last.changes(after.name)
        last = _Comparison(start=begins, end=ends, old=old, new=new)
    if last is not None:
        yield from last.changes(after.name)


def _edges(shifts: Iterable[PlannedShift], start: datetime, end: datetime) -> list[datetime]:
    inner = {edge for shift in shifts for edge in (shift.start, shift.end) if start < edge < end}
    return sorted({start, end, *inner})


def _assignments_at(shifts: Iterable[PlannedShift], at: datetime) -> Assignments:
    return frozenset(one for shift in shifts if shift.start <= at < shift.end for one in shift.assignments)


def _schedule_as_json(one: PlannedSchedule) -> dict[str, Any]:
    shifts = None if one.shifts is None else [_shift_as_json(shift) for shift in one.shifts]
    return {"id": one.id, "name": one.name, "shifts": shifts}


def _schedule(stored: Any) -> PlannedSchedule:  # noqa: ANN401 - any JSON; what does not fit raises
    shifts = stored["shifts"]
    return PlannedSchedule(
        str(stored["id"]), str(stored["name"]), None if shifts is None else tuple(map(_shift, shifts))
    )


def _shift_as_json(shift: PlannedShift) -> list[Any]:
    return [_seconds(shift.start), _seconds(shift.end), [list(one) for one in sorted(shift.assignments)]]


def _shift(stored: Any) -> PlannedShift:  # noqa: ANN401 - any JSON; what does not fit raises
    start, end, posts = stored
    return PlannedShift(_instant(start), _instant(end), frozenset((int(role), int(person)) for role, person in posts))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
