"""The next handoff, computed from the pretend Flashduty's schedules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sandbox.flashduty.model.schedule import Schedule
from sandbox.flashduty.model.shifts import Shift, final_shifts

AHEAD: Final = timedelta(days=45)


@dataclass(frozen=True)
class Handoff:
    """An instant at which the people on call change, and the schedules concerned."""

    at: datetime
    schedules: tuple[str, ...]


def next_handoff(schedules: Iterable[Schedule], team_id: int, now: datetime) -> Handoff | None:
    """Find the earliest change after `now` in a team's schedules that are in use; None within the next 45 days."""
    changes: dict[int, list[str]] = {}
    for schedule in schedules:
        if schedule.team_id == team_id and not schedule.is_disabled:
            at = _next_change(schedule, int(now.timestamp()))
            if at is not None:
                changes.setdefault(at, []).append(schedule.name)
    if not changes:
        return None
    first = min(changes)
    return Handoff(datetime.fromtimestamp(first, UTC), tuple(changes[first]))


def _next_change(schedule: Schedule, now: int) -> int | None:
    """Find the next second whose people on call differ from those of the second before."""
    end = now + int(AHEAD.total_seconds())
    shifts = final_shifts(schedule, now, end)
    edges = sorted({edge for shift in shifts for edge in (shift.start, shift.end) if now < edge < end})
    return next((edge for edge in edges if _on_call(shifts, edge - 1) != _on_call(shifts, edge)), None)


def _on_call(shifts: list[Shift], at: int) -> Mapping[int, tuple[int, ...]]:
    roles = next((shift.group.roles for shift in shifts if shift.start <= at < shift.end), {})
    return {role: persons for role, persons in roles.items() if persons}
