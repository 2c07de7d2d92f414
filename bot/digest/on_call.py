"""The digest's part about on-call: who is on call now and next, the next day's handoffs, coverage and changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.digest.model import DigestPart, OnCallPart
from bot.digest.previous_schedules import PreviousSchedules
from bot.flashduty import Flashduty, FlashdutyError, Person, Schedule
from bot.oncall.coverage import COVERAGE_LOOK_AHEAD, check_coverage
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD, ScheduleChanges, Snapshot, compare_snapshots, take_snapshot
from bot.oncall.shifts import handoffs, on_call
from bot.runtime.defects import Spares
from bot.teams.access import Team

HANDOFF_WINDOW: Final = timedelta(hours=24)
# The person who leaves at the first instant is in the answer only if the time before it was requested.
READ_BEFORE_DIGEST: Final = timedelta(hours=1)


@dataclass(frozen=True)
class DigestWindow:
    """The local date a digest is for, the instant from which it looks ahead, and now."""

    day: date
    since: datetime
    now: datetime

    @property
    def next_day(self) -> tuple[datetime, datetime]:
        """The bounds of the next 24 hours, the first instant included: many shifts begin when the digest is posted."""
        just_before = self.since - timedelta(seconds=1)
        return just_before, just_before + HANDOFF_WINDOW

    @property
    def ends_at(self) -> datetime:
        """The end of the next 24 hours."""
        return self.since + HANDOFF_WINDOW

    @property
    def shifts_from(self) -> datetime:
        """The start of the shifts that are requested."""
        return self.since - READ_BEFORE_DIGEST

    @property
    def shifts_until(self) -> datetime:
        """The end of the shifts that are requested."""
        return self.shifts_from + MAX_LOOK_AHEAD


async def read_schedules(flashduty: Flashduty, team: Team, window: DigestWindow) -> tuple[Schedule, ...]:
    """Read the team's enabled schedules; raises FlashdutyError."""
    found = await flashduty.schedules(window.shifts_from, window.shifts_until, team_ids=team.flashduty_team_ids)
    return tuple(schedule for schedule in found if schedule.is_enabled)


async def gather_on_call(
    schedules: tuple[Schedule, ...] | FlashdutyError | None,
    window: DigestWindow,
    *,
    team: str,
    snapshots: PreviousSchedules | None,
    spares: Spares,
) -> tuple[OnCallPart | FlashdutyError | None, Snapshot | None]:
    """Build the part, without coverage and people's names, and the snapshot for the next digest."""
    if not isinstance(schedules, tuple):
        return schedules, None
    snapshot = spares.part(DigestPart.CHANGES, lambda: take_snapshot(schedules, window.now, window.shifts_until), None)
    changes = await spares.waited_for(
        DigestPart.CHANGES, lambda: _changes(snapshot, snapshots, team, on=window.day), None
    )
    part = spares.part(DigestPart.ON_CALL, lambda: _entries(schedules, window), None)
    return (replace(part, changes=changes) if part else None), snapshot


def _entries(schedules: tuple[Schedule, ...], window: DigestWindow) -> OnCallPart:
    found = (handoff for one in schedules for handoff in handoffs(one, *window.next_day))
    return OnCallPart(
        entries=tuple(on_call(one, window.now, window.shifts_until) for one in schedules),
        handoffs=tuple(sorted(found, key=lambda handoff: handoff.at)),
        people={},
    )


async def _changes(
    current: Snapshot | None, snapshots: PreviousSchedules | None, team: str, *, on: date
) -> ScheduleChanges | None:
    before = await snapshots.snapshot_before(team, on) if snapshots else None
    return compare_snapshots(before, current) if before and current else None


def add_coverage(
    part: OnCallPart | FlashdutyError | None,
    schedules: tuple[Schedule, ...],
    people: Mapping[int, Person],
    *,
    now: datetime,
    spares: Spares,
) -> OnCallPart | FlashdutyError | None:
    """Complete the part with the people's names and the coverage of the next 14 days."""
    if not isinstance(part, OnCallPart):
        return part
    minute = now.replace(second=0, microsecond=0)
    coverage = spares.part(
        DigestPart.COVERAGE,
        lambda: check_coverage(schedules, people, now=minute, until=minute + COVERAGE_LOOK_AHEAD),
        None,
    )
    return replace(part, people=people, coverage=coverage)
