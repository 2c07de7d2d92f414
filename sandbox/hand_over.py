"""When somebody else takes over, worked out from the pretend Flashduty's own rotas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sandbox.flashduty.model.rota import Rota
from sandbox.flashduty.model.shifts import Shift, final_shifts

AHEAD: Final = timedelta(days=45)


@dataclass(frozen=True)
class HandOver:
    """A moment from which on others are on call, and the schedules in which they are."""

    at: datetime
    schedules: tuple[str, ...]


def next_hand_over(rotas: Iterable[Rota], team_id: int, now: datetime) -> HandOver | None:
    """Find the earliest change after `now` in a team's schedules that are in use; None within the next 45 days."""
    changes: dict[int, list[str]] = {}
    for rota in rotas:
        if rota.team_id == team_id and not rota.is_disabled:
            at = _next_change(rota, int(now.timestamp()))
            if at is not None:
                changes.setdefault(at, []).append(rota.name)
    if not changes:
        return None
    first = min(changes)
    return HandOver(datetime.fromtimestamp(first, UTC), tuple(changes[first]))


def _next_change(rota: Rota, now: int) -> int | None:
    """Find the next second at which others are on call than in the second before."""
    end = now + int(AHEAD.total_seconds())
    shifts = final_shifts(rota, now, end)
    edges = sorted({edge for shift in shifts for edge in (shift.start, shift.end) if now < edge < end})
    return next((edge for edge in edges if _on_call(shifts, edge - 1) != _on_call(shifts, edge)), None)


def _on_call(shifts: list[Shift], at: int) -> Mapping[int, tuple[int, ...]]:
    roles = next((shift.watch.roles for shift in shifts if shift.start <= at < shift.end), {})
    return {role: persons for role, persons in roles.items() if persons}
