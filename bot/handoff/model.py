"""Handoffs, and what the incoming people should know: open incidents, snoozes that end on their shift, noisy checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.flashduty import FlashdutyError, InsightQuery, NoisyCheck, Schedule
from bot.oncall.shifts import Handoff, handoffs, spans
from bot.teams.access import SlackPerson, Team

MAX_NOISY_CHECKS: Final = 5
NOISE_WINDOW: Final = timedelta(days=1)


@dataclass(frozen=True)
class ShiftId:
    """A shift: its schedule, and when it starts, in whole seconds."""

    schedule_id: int
    starts_at: datetime


@dataclass(frozen=True)
class IncomingShift:
    """A handoff, and the end of the shift that begins with it; None when that is not known."""

    schedule_id: int
    change: Handoff
    until: datetime | None

    @property
    def id(self) -> ShiftId:
        """The shift for takeovers."""
        return ShiftId(self.schedule_id, self.change.at.astimezone(UTC).replace(microsecond=0))

    @property
    def newcomers(self) -> tuple[int, ...]:
        """The people who were not on call before."""
        return tuple(person for person in self.change.coming if person not in self.change.leaving)


@dataclass(frozen=True)
class Takeover:
    """Who pressed "I have it" for a shift, and when."""

    person: SlackPerson
    at: datetime
    is_theirs: bool = True
    """Whether the shift is theirs in Flashduty."""


@dataclass(frozen=True)
class HandoffPackage:
    """The shifts that begin within 24 hours, who covers them, and the noisiest checks."""

    shifts: tuple[IncomingShift, ...]
    noisiest: tuple[NoisyCheck, ...] | FlashdutyError
    takeovers: Mapping[ShiftId, Takeover] = field(default_factory=dict)
    is_announced: bool = False
    """Whether each handoff has a notice of its own in the channel, with "I have it"."""


def shift_changes(schedules: Iterable[Schedule], after: datetime, until: datetime) -> tuple[IncomingShift, ...]:
    """List the handoffs between two instants by time, those to nobody included."""
    found = [
        IncomingShift(schedule.id, change, _end(schedule, change.at))
        for schedule in schedules
        for change in handoffs(schedule, after, until)
    ]
    return tuple(sorted(found, key=lambda shift: shift.change.at))


def incoming_shifts(schedules: Iterable[Schedule], after: datetime, until: datetime) -> tuple[IncomingShift, ...]:
    """List the handoffs to somebody between two instants, by time."""
    return tuple(shift for shift in shift_changes(schedules, after, until) if shift.newcomers)


def _end(schedule: Schedule, start: datetime) -> datetime | None:
    """Find the next change of people after `start`."""
    ends = (span.end for span in spans(schedule) if span.start <= start < span.end)
    return max(ends, default=None)


def noise_query(team: Team, now: datetime) -> InsightQuery:
    """Query the last 24 hours of the team."""
    return team.scope.of(InsightQuery(start=now - NOISE_WINDOW, end=now, time_zone=team.timezone.key))
