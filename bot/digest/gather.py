"""Gather what a team's morning digest says: at most five calls to Flashduty, each part failing alone."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from bot.delivery.due import instant
from bot.digest.model import (
    CHANGES,
    COVERAGE,
    HANDOFFS,
    NAMES,
    NOISE,
    ON_CALL,
    OPEN_INCIDENTS,
    YESTERDAY,
    Digest,
    OnCallPart,
)
from bot.digest.people import on_call_person_ids, person_ids_to_look_up
from bot.digest.yesterday import Yesterday, compare_yesterday, yesterday_query
from bot.flashduty import Figures, Flashduty, FlashdutyError, NoisyCheck, Person, Schedule
from bot.handoff.model import MAX_NOISY_CHECKS, HandoffPackage, IncomingShift, incoming_shifts, noise_query
from bot.incidents.attribution import Attributions
from bot.incidents.model import OpenIncidents
from bot.incidents.queries import read_open_incidents
from bot.oncall.coverage import COVERAGE_LOOK_AHEAD as COVERAGE_AHEAD
from bot.oncall.coverage import check_coverage
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD, ScheduleChanges, Snapshot, compare_snapshots, take_snapshot
from bot.oncall.shifts import handoffs, on_call
from bot.people.directory import link_profiles
from bot.people.slack_profiles import SlackProfiles
from bot.runtime.defects import Spares
from bot.storage.memory import ScheduleSnapshots
from bot.teams.access import Team

HANDOFF_WINDOW: Final = timedelta(hours=24)
# Whoever leaves at the first instant is known only if the time before it was asked for.
READ_BEFORE: Final = timedelta(hours=1)

NO_ON_CALL: Final = OnCallPart((), (), {})
NO_SHIFTS: Final[tuple[IncomingShift, ...]] = ()
NO_CHECKS: Final[tuple[NoisyCheck, ...] | FlashdutyError] = ()

T = TypeVar("T")


@dataclass(frozen=True)
class DigestDependencies:
    """What a digest needs beside Flashduty; without any of it the digest says a little less."""

    memory: ScheduleSnapshots | None = None
    profiles: SlackProfiles | None = None
    acknowledgers: Attributions | None = None
    notifies: bool = False
    """Whether the people on call are mentioned so that Slack tells them."""


NO_DEPENDENCIES: Final = DigestDependencies()


@dataclass(frozen=True)
class _Read:
    """What the first calls brought; None for what a defect has cost."""

    schedules: tuple[Schedule, ...] | FlashdutyError | None
    incidents: OpenIncidents | FlashdutyError | None
    figures: tuple[Figures, ...] | FlashdutyError | None


@dataclass(frozen=True)
class _Moments:
    """The local date a digest is for, the instant from which it looks ahead, and now."""

    day: date
    since: datetime
    now: datetime

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The bounds of the day ahead, its first instant included: many shifts begin when the digest comes."""
        just_before = self.since - timedelta(seconds=1)
        return just_before, just_before + HANDOFF_WINDOW


async def gather_digest(
    flashduty: Flashduty,
    team: Team,
    now: datetime,
    on: date | None = None,
    around: DigestDependencies = NO_DEPENDENCIES,
) -> Digest:
    """Read one team's digest for a local date; a part with a defect is left out and costs no other.

    `/schedule/list`, `/incident/list` and the analytics together; then `/person/infos` and, when somebody takes over
    within a day, the noisiest checks.
    """
    spares = Spares()
    day = on or now.astimezone(team.timezone).date()
    moments = _Moments(day, _since(team, on, now), now)
    read = await _read(flashduty, team, moments, spares)
    part, kept = await _on_call(read, team, moments, around, spares)
    shifts = spares.part(HANDOFFS, lambda: incoming_shifts(_known(read), *moments.window), NO_SHIFTS)
    looking_up = spares.waited_for(NAMES, lambda: _people(flashduty, read, part, now), _People({}, None))
    counting = spares.waited_for(NOISE, lambda: _noisiest(flashduty, team, now, shifts), NO_CHECKS)
    people, noisiest = await asyncio.gather(looking_up, counting)
    incidents = await spares.waited_for(NAMES, lambda: _attributed(read.incidents, team, around), read.incidents)
    named = await spares.waited_for(
        NAMES,
        lambda: link_profiles(people.known, _on_duty(part), around.profiles, notifies=around.notifies),
        dict(people.known),
    )
    return Digest(
        team=team.name,
        key_setting=team.key_setting,
        on=day,
        as_of=now.astimezone(team.timezone),
        on_call=_completed(part, read, named, now, spares),
        incidents=_named(incidents, named),
        hand_over=HandoffPackage(shifts, noisiest) if shifts else None,
        yesterday=spares.part(YESTERDAY, lambda: _compared(read.figures, team, day), None),
        names_unread=people.unread,
        ahead_until=(moments.since + HANDOFF_WINDOW).astimezone(team.timezone),
        is_weekly_turn=day.weekday() == min(team.digest.days if team.digest else (), default=0),
        snapshot=kept,
        spares=spares,
    )


def _since(team: Team, on: date | None, now: datetime) -> datetime:
    """Give the instant from which a digest looks ahead: the one it was planned for, however late it is drawn.

    One that somebody asks for without a date looks ahead from now.
    """
    return min(instant(team.digest, on), now) if team.digest and on else now


async def _read(flashduty: Flashduty, team: Team, moments: _Moments, spares: Spares) -> _Read:
    schedules, incidents, figures = await asyncio.gather(
        spares.waited_for(ON_CALL, lambda: _caught(_schedules(flashduty, team, moments.since)), None),
        spares.waited_for(OPEN_INCIDENTS, lambda: _caught(read_open_incidents(flashduty, team, moments.now)), None),
        spares.waited_for(YESTERDAY, lambda: _caught(flashduty.figures(yesterday_query(team, moments.day))), None),
    )
    return _Read(schedules, incidents, figures)


async def _caught(call: Awaitable[T]) -> T | FlashdutyError:
    try:
        return await call
    except FlashdutyError as error:
        return error


@dataclass(frozen=True)
class _People:
    """Who could be looked up; `unread` is why some have numbers instead of names."""

    known: Mapping[int, Person]
    unread: FlashdutyError | None


async def _people(
    flashduty: Flashduty, read: _Read, part: OnCallPart | FlashdutyError | None, now: datetime
) -> _People:
    ids = person_ids_to_look_up(
        _known(read), _incidents(read), part if isinstance(part, OnCallPart) else NO_ON_CALL, now
    )
    people = await _caught(flashduty.persons(ids))
    if not isinstance(people, FlashdutyError):
        return _People(people, None)
    # Remembered names or numbers, where they cannot be read: the digest is worth more than its courtesy.
    known = flashduty.remembered_persons(ids)
    return _People(known, people if len(known) < len(ids) else None)


async def _noisiest(
    flashduty: Flashduty, team: Team, now: datetime, shifts: tuple[IncomingShift, ...]
) -> tuple[NoisyCheck, ...] | FlashdutyError:
    return await _caught(flashduty.noisiest_checks(noise_query(team, now), MAX_NOISY_CHECKS)) if shifts else ()


async def _schedules(flashduty: Flashduty, team: Team, since: datetime) -> tuple[Schedule, ...]:
    start = since - READ_BEFORE
    found = await flashduty.schedules(start, start + MAX_LOOK_AHEAD, team_ids=team.flashduty_team_ids)
    return tuple(schedule for schedule in found if schedule.is_enabled)


def _incidents(read: _Read) -> OpenIncidents | None:
    return read.incidents if isinstance(read.incidents, OpenIncidents) else None


def _known(read: _Read) -> tuple[Schedule, ...]:
    return read.schedules if isinstance(read.schedules, tuple) else ()


def _on_duty(part: OnCallPart | FlashdutyError | None) -> list[int]:
    return on_call_person_ids(part) if isinstance(part, OnCallPart) else []


async def _on_call(
    read: _Read, team: Team, moments: _Moments, around: DigestDependencies, spares: Spares
) -> tuple[OnCallPart | FlashdutyError | None, Snapshot | None]:
    if not isinstance(read.schedules, tuple):
        return read.schedules, None
    schedules, horizon = read.schedules, moments.since - READ_BEFORE + MAX_LOOK_AHEAD
    kept = spares.part(CHANGES, lambda: take_snapshot(schedules, moments.now, horizon), None)
    changed = await spares.waited_for(CHANGES, lambda: _changes(kept, team, moments, around), None)
    part = spares.part(ON_CALL, lambda: _entries(schedules, moments, horizon), None)
    return (replace(part, changes=changed) if part else None), kept


def _entries(schedules: tuple[Schedule, ...], moments: _Moments, horizon: datetime) -> OnCallPart:
    found = (change for one in schedules for change in handoffs(one, *moments.window))
    return OnCallPart(
        entries=tuple(on_call(one, moments.now, horizon) for one in schedules),
        hand_overs=tuple(sorted(found, key=lambda change: change.at)),
        people={},
    )


async def _changes(
    kept: Snapshot | None, team: Team, moments: _Moments, around: DigestDependencies
) -> ScheduleChanges | None:
    before = await around.memory.snapshot_before(team.name, moments.day) if around.memory else None
    return compare_snapshots(before, kept) if before and kept else None


def _completed(
    part: OnCallPart | FlashdutyError | None, read: _Read, people: Mapping[int, Person], now: datetime, spares: Spares
) -> OnCallPart | FlashdutyError | None:
    if not isinstance(part, OnCallPart):
        return part
    minute = now.replace(second=0, microsecond=0)
    ahead = spares.part(COVERAGE, lambda: check_coverage(_known(read), people, minute, minute + COVERAGE_AHEAD), None)
    return replace(part, people=people, coverage=ahead)


async def _attributed(
    part: OpenIncidents | FlashdutyError | None, team: Team, around: DigestDependencies
) -> OpenIncidents | FlashdutyError | None:
    if not isinstance(part, OpenIncidents) or around.acknowledgers is None:
        return part
    return replace(part, known=await around.acknowledgers.of(team.name, part.incidents))


def _named(
    part: OpenIncidents | FlashdutyError | None, people: Mapping[int, Person]
) -> OpenIncidents | FlashdutyError | None:
    return replace(part, people=people) if isinstance(part, OpenIncidents) else part


def _compared(
    rows: tuple[Figures, ...] | FlashdutyError | None, team: Team, day: date
) -> Yesterday | FlashdutyError | None:
    return compare_yesterday(rows, team.timezone, day) if isinstance(rows, tuple) else rows
