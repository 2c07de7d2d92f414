"""The next seven days of schedules, day by day, in one time zone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.flashduty import Schedule
from bot.oncall.shifts import ShiftSpan, is_known, reported_shifts, spans

WEEK_DAYS = 7


@dataclass(frozen=True)
class DaySegment:
    """A part of a day with the same people, or nobody; `start` is None at the beginning of the day."""

    start: time | None
    person_ids: tuple[int, ...]
    is_known: bool = True


@dataclass(frozen=True)
class ScheduleWeek:
    """One schedule: the segments of each day."""

    schedule: str
    days: tuple[tuple[DaySegment, ...], ...]


@dataclass(frozen=True)
class Week:
    """Seven local days, and each schedule on them."""

    days: tuple[date, ...]
    zone: tzinfo
    schedules: tuple[ScheduleWeek, ...]

    @property
    def person_ids(self) -> tuple[int, ...]:
        """The people in it, each once."""
        segments = (segment for one in self.schedules for day in one.days for segment in day)
        return tuple(dict.fromkeys(person for segment in segments for person in segment.person_ids))


def week_window(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the bounds of the week, which begins at the last local midnight."""
    today = now.astimezone(zone).date()
    return _midnight(today, zone), _midnight(today + timedelta(days=WEEK_DAYS), zone)


def week_of(schedules: Iterable[Schedule], now: datetime, zone: tzinfo) -> Week:
    """Arrange the shifts by local days."""
    today = now.astimezone(zone).date()
    days = tuple(today + timedelta(days=number) for number in range(WEEK_DAYS))
    rows = tuple(
        ScheduleWeek(schedule.name, tuple(tuple(_segments(schedule, day, zone)) for day in days))
        for schedule in schedules
    )
    return Week(days, zone, rows)


def _midnight(on: date, zone: tzinfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=zone)


def _segments(schedule: Schedule, day: date, zone: tzinfo) -> Iterator[DaySegment]:
    # In UTC, because two local times of one zone compare by wall clock.
    start, end = _midnight(day, zone).astimezone(UTC), _midnight(day + timedelta(days=1), zone).astimezone(UTC)
    own = spans(schedule)
    last: tuple[tuple[int, ...], bool] | None = None
    for edge in sorted({start, *(edge for edge in _edges(schedule, own) if start < edge < end)}):
        people = _people(own, edge)
        state = people, bool(people) or is_known(schedule, edge)
        if state != last:
            yield DaySegment(None if edge == start else edge.astimezone(zone).time(), *state)
        last = state


def _people(own: Iterable[ShiftSpan], at: datetime) -> tuple[int, ...]:
    on = (person for span in own if span.start <= at < span.end for person in span.person_ids)
    return tuple(dict.fromkeys(on))


def _edges(schedule: Schedule, own: Iterable[ShiftSpan]) -> set[datetime]:
    spans = [(one.start, one.end) for one in own] + [(one.start, one.end) for one in reported_shifts(schedule)]
    return {edge for span in spans for edge in span}
