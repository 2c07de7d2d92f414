"""Compute the shifts of a schedule in a window."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sandbox.flashduty.model.schedule import Layer, RotationGroup, Schedule


@dataclass(frozen=True)
class Shift:
    """A group's time on call, Unix seconds; `index` is its position in the rotation."""

    start: int
    end: int
    group: RotationGroup
    index: int
    weight: int


def shifts_of(layer: Layer, start: int, end: int) -> list[Shift]:
    """Compute one layer's shifts, cut to the window.

    Days and weeks are counted on the wall clock, so a handoff at nine stays at nine when the clocks change.
    """
    if not layer.groups:
        return []
    return [
        Shift(
            start=max(covered[0], start),
            end=min(covered[1], end),
            group=layer.groups[index],
            index=index,
            weight=layer.weight,
        )
        for turn_start, turn_end, index in _turns(layer, start, end)
        for covered in _covered(layer, turn_start, turn_end)
        if covered[0] < end and covered[1] > start
    ]


def final_shifts(schedule: Schedule, start: int, end: int) -> list[Shift]:
    """Collapse all layers: an override replaces every rotation in its time, rotations add up.

    Source: Flashduty's guide, `/en/on-call/configuration/schedule`, "Override and time off".
    """
    rotations = [shift for layer in schedule.layers if not layer.is_override for shift in shifts_of(layer, start, end)]
    overrides = [shift for layer in schedule.layers if layer.is_override for shift in shifts_of(layer, start, end)]
    if schedule.overlaps and not overrides:
        return sorted(rotations, key=lambda shift: shift.start)
    cuts = sorted({edge for shift in (*rotations, *overrides) for edge in (shift.start, shift.end)})
    collapsed: list[Shift] = []
    for cut_start, cut_end in pairwise(cuts):
        on_now = _at(overrides, cut_start) or _at(rotations, cut_start)
        if on_now:
            _append(collapsed, _together(on_now, cut_start, cut_end), cuts_a_shift=_starts(on_now, cut_start))
    return collapsed


def _turns(layer: Layer, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    last = min(end, int(layer.ends.timestamp())) if layer.ends else end
    number = max(0, int((start - layer.starts.timestamp()) // layer.turn.total_seconds()) - 1)
    if layer.is_override:
        yield int(layer.starts.timestamp()), last, 0
        return
    while (turn_start := _instant(layer, number)) < last:
        yield turn_start, min(_instant(layer, number + 1), last), number % len(layer.groups)
        number += 1


def _instant(layer: Layer, number: int) -> int:
    if layer.unit == "hour":
        return int((layer.starts.astimezone(UTC) + layer.turn * number).timestamp())
    return int((layer.starts + layer.turn * number).timestamp())


def _covered(layer: Layer, start: int, end: int) -> Iterator[tuple[int, int]]:
    if layer.covers_all_day_every_day:
        yield start, end
        return
    zone = layer.starts.tzinfo
    day = datetime.fromtimestamp(start, zone).replace(hour=0, minute=0, second=0)
    while day.timestamp() < end:
        following = day + timedelta(days=1)
        if day.isoweekday() % 7 in layer.weekdays:
            opens, closes = _open(layer, day, following)
            if max(opens, start) < min(closes, end):
                yield max(opens, start), min(closes, end)
        day = following


def _open(layer: Layer, day: datetime, following: datetime) -> tuple[int, int]:
    if layer.hours is None:
        return int(day.timestamp()), int(following.timestamp())
    opens, closes = (day + timedelta(seconds=second) for second in layer.hours)
    return int(opens.timestamp()), int(closes.timestamp())


def _at(shifts: list[Shift], instant: int) -> list[Shift]:
    return [shift for shift in shifts if shift.start <= instant < shift.end]


def _starts(shifts: list[Shift], instant: int) -> bool:
    return any(shift.start == instant for shift in shifts)


def _together(shifts: list[Shift], start: int, end: int) -> Shift:
    group = shifts[0].group
    for other in shifts[1:]:
        group = group.joined_by(other.group)
    return replace(shifts[0], start=start, end=end, group=group)


def _append(collapsed: list[Shift], shift: Shift, *, cuts_a_shift: bool) -> None:
    last = collapsed[-1] if collapsed else None
    if last and not cuts_a_shift and last.end == shift.start and last.group == shift.group:
        collapsed[-1] = replace(last, end=shift.end)
    else:
        collapsed.append(shift)
