"""Who is on call, derived from the shifts that Flashduty computes."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.flashduty import Duty, Schedule, Shift


@dataclass(frozen=True)
class ShiftSpan:
    """An uninterrupted time with the same people in the same roles."""

    start: datetime
    end: datetime
    duties: tuple[Duty, ...]

    @property
    def person_ids(self) -> tuple[int, ...]:
        """The people, each once, in the order of the roles."""
        return tuple(dict.fromkeys(person for duty in self.duties for person in duty.person_ids))

    @property
    def is_empty(self) -> bool:
        """Whether nobody is on call."""
        return not self.person_ids


@dataclass(frozen=True)
class OnCallEntry:
    """One schedule at one instant: who is on call now and next.

    If `is_known` is false, an empty `now` does not mean nobody; if `is_computed` is false, the people after those
    named are unknown.
    """

    schedule: str
    now: ShiftSpan | None
    following: ShiftSpan | None
    horizon: datetime
    is_known: bool = True
    is_computed: bool = True

    @property
    def until_is_known(self) -> bool:
        """Whether the span ends before the end of the requested shifts."""
        return self.now is not None and self.now.end < self.horizon


@dataclass(frozen=True)
class Handoff:
    """A change of the people on a schedule."""

    schedule: str
    at: datetime
    leaving: tuple[int, ...]
    coming: tuple[int, ...]


def spans(schedule: Schedule) -> tuple[ShiftSpan, ...]:
    """Merge adjacent shifts of the same people, so that a span ends when the people change.

    Overlapping shifts become consecutive spans, each with everybody who is on call in it.
    """
    merged: list[ShiftSpan] = []
    for span in _one_after_another(sorted(_shifts(schedule), key=lambda shift: shift.start)):
        last = merged[-1] if merged else None
        if last is not None and last.end >= span.start and _roles(last.duties) == _roles(span.duties):
            merged[-1] = ShiftSpan(last.start, max(last.end, span.end), last.duties)
        else:
            merged.append(span)
    return tuple(span for span in merged if not span.is_empty)


def _one_after_another(shifts: Sequence[Shift]) -> Iterator[ShiftSpan]:
    if all(before.end <= after.start for before, after in pairwise(shifts)):
        yield from (ShiftSpan(shift.start, shift.end, shift.duties) for shift in shifts)
        return
    edges = sorted({edge for shift in shifts for edge in (shift.start, shift.end)})
    coming, on = deque(shifts), list[Shift]()
    for start, end in pairwise(edges):
        while coming and coming[0].start <= start:
            on.append(coming.popleft())
        on = [shift for shift in on if shift.end > start]
        if on:
            yield ShiftSpan(start, end, _together(on))


def _together(shifts: Sequence[Shift]) -> tuple[Duty, ...]:
    """Merge the duties of simultaneous shifts, role by role."""
    roles: dict[int, dict[int, None]] = {}
    for duty in (duty for shift in shifts for duty in shift.duties):
        roles.setdefault(duty.role_id, {}).update(dict.fromkeys(duty.person_ids))
    return tuple(Duty.model_construct(role_id=role, person_ids=tuple(persons)) for role, persons in roles.items())


def _roles(duties: Iterable[Duty]) -> list[tuple[int, frozenset[int]]]:
    """Return who has which role, independent of the order."""
    return sorted((duty.role_id, frozenset(duty.person_ids)) for duty in duties)


def _shifts(schedule: Schedule) -> Iterable[Shift]:
    return schedule.shifts or reported_shifts(schedule)


def times_on_call(schedule: Schedule, person_id: int) -> tuple[tuple[datetime, datetime], ...]:
    """List one person's uninterrupted times on a schedule, regardless of the others on call."""
    joined: list[tuple[datetime, datetime]] = []
    for span in spans(schedule):
        if person_id not in span.person_ids:
            continue
        if joined and joined[-1][1] >= span.start:
            joined[-1] = (joined[-1][0], max(joined[-1][1], span.end))
        else:
            joined.append((span.start, span.end))
    return tuple(joined)


def is_computed(schedule: Schedule) -> bool:
    """Whether Flashduty computed the days ahead, rather than the current and next shift alone."""
    return bool(schedule.shifts) or (schedule.current is None and schedule.following is None)


def is_known(schedule: Schedule, at: datetime) -> bool:
    """Whether it is known who is on call at an instant: up to the end of the last reported shift."""
    if is_computed(schedule):
        return True
    has_begun = schedule.current is None or schedule.current.start <= at
    return has_begun and any(at < shift.end for shift in reported_shifts(schedule))


def reported_shifts(schedule: Schedule) -> tuple[Shift, ...]:
    """Return the current and the next shift, as Flashduty reports them beside the computed ones."""
    return tuple(shift for shift in (schedule.current, schedule.following) if shift is not None)


def on_call(schedule: Schedule, now: datetime, horizon: datetime) -> OnCallEntry:
    """Find who is on call at `now` and who follows; `horizon` is the end of the requested shifts."""
    own = spans(schedule)
    current = next((span for span in own if span.start <= now < span.end), None)
    following = next((span for span in own if span.start > now), None)
    return OnCallEntry(
        schedule=schedule.name,
        now=current,
        following=following,
        horizon=horizon,
        is_known=is_known(schedule, now),
        is_computed=is_computed(schedule),
    )


def handoffs(schedule: Schedule, after: datetime, until: datetime) -> tuple[Handoff, ...]:
    """List the changes of people after one instant and up to another, to nobody and from nobody included."""
    own = spans(schedule)
    changes = {at for span in own for at in (span.start, span.end) if after < at <= until}
    found = (
        Handoff(
            schedule.name,
            at,
            leaving=_people(own, at, ends=True),
            coming=_people(own, at, ends=False),
        )
        for at in sorted(changes)
    )
    changed = (change for change in found if set(change.leaving) != set(change.coming))
    # Without computed shifts, the end of a span is no handoff to nobody: the people who follow are unknown.
    return tuple(change for change in changed if is_computed(schedule) or (change.leaving and change.coming))


def _people(own: Sequence[ShiftSpan], at: datetime, *, ends: bool) -> tuple[int, ...]:
    on = (span for span in own if (span.start < at <= span.end if ends else span.start <= at < span.end))
    return tuple(dict.fromkeys(person for span in on for person in span.person_ids))


def all_person_ids(entries: Iterable[OnCallEntry]) -> frozenset[int]:
    """Collect the ids of all people named in these entries."""
    pairs = ((entry.now, entry.following) for entry in entries)
    return frozenset(person for pair in pairs for span in pair if span for person in span.person_ids)


def matching_schedules(schedules: Iterable[Schedule], words: str) -> tuple[Schedule, ...]:
    """Choose schedules whose name has every word in it, in any case and order."""
    wanted = words.casefold().split()
    return tuple(schedule for schedule in schedules if all(word in schedule.name.casefold() for word in wanted))
