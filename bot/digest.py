"""Gather what a team's morning digest says: at most five calls to Flashduty, each part failing alone."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol, TypeVar

from bot.coverage import LOOK_AHEAD as COVERAGE_AHEAD
from bot.coverage import coverage
from bot.digest_parts import Digest, OnCallPart
from bot.digest_people import on_duty, wanted
from bot.digest_times import instant
from bot.flashduty import Figures, Flashduty, FlashdutyError, Incident, NoisyCheck, Person, Schedule
from bot.hand_over import NOISY_CHECKS, HandOverPackage, incoming_shifts, noise_question
from bot.on_call import hand_overs, on_call
from bot.open_incidents import OpenIncidents, read_open_incidents
from bot.people import Acquaintances, introduced
from bot.schedule_changes import LOOK_AHEAD, Snapshot, changes, snapshot
from bot.teams import Team
from bot.yesterday import Yesterday, question, yesterday

# Long enough to name the next person of a weekly or fortnightly rotation.
HORIZON: Final = timedelta(days=15)
HAND_OVER_WINDOW: Final = timedelta(hours=24)
# Whoever leaves at the first instant is known only if the time before it was asked for.
BEHIND: Final = timedelta(hours=1)

T = TypeVar("T")


class Memory(Protocol):
    """What is kept from one digest to the next."""

    async def snapshot_before(self, team: str, on: date) -> Snapshot | None:
        """Give the schedules as the team's last digest before a local date kept them."""


class Acknowledgers(Protocol):
    """Who acknowledged from Slack."""

    async def names(self, team: str, incidents: Iterable[Incident]) -> dict[str, str]:
        """Give their names by incident; never raises."""


@dataclass(frozen=True)
class Surroundings:
    """What a digest needs beside Flashduty; without any of it the digest says a little less."""

    memory: Memory | None = None
    acquaintances: Acquaintances | None = None
    acknowledgers: Acknowledgers | None = None
    notifies: bool = False
    """Whether the people on call are mentioned so that Slack tells them."""


NO_SURROUNDINGS: Final = Surroundings()


@dataclass(frozen=True)
class _Read:
    """What the first calls brought."""

    schedules: tuple[Schedule, ...] | FlashdutyError
    incidents: OpenIncidents | FlashdutyError
    figures: tuple[Figures, ...] | FlashdutyError


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
        return just_before, just_before + HAND_OVER_WINDOW


async def gather(
    flashduty: Flashduty,
    team: Team,
    now: datetime,
    on: date | None = None,
    around: Surroundings = NO_SURROUNDINGS,
) -> Digest:
    """Read one team's digest for a local date.

    `/schedule/list`, `/incident/list` and the analytics together; then `/person/infos` and, when somebody takes over
    within a day, the noisiest checks.
    """
    day = on or now.astimezone(team.timezone).date()
    moments = _Moments(day, _since(team, on, now), now)
    read = await _read(flashduty, team, moments)
    part, kept = await _on_call(read, team, moments, around)
    shifts = incoming_shifts(_known(read), *moments.window)
    ids = wanted(_known(read), _incidents(read), part, now)
    people, noisiest = await asyncio.gather(
        _caught(flashduty.persons(ids)),
        _caught(flashduty.noisiest_checks(noise_question(team, now), NOISY_CHECKS)) if shifts else _nothing(),
    )
    # Remembered names or numbers, where they cannot be read: the digest is worth more than its courtesy.
    known = flashduty.remembered_persons(ids) if isinstance(people, FlashdutyError) else people
    incidents = await _clicked(read.incidents, team, around)
    named = await introduced(known, on_duty(part), around.acquaintances, notifies=around.notifies)
    return Digest(
        team=team.name,
        key_setting=team.key_setting,
        on=day,
        as_of=now.astimezone(team.timezone),
        on_call=read.schedules if isinstance(read.schedules, FlashdutyError) else _completed(part, read, named, now),
        incidents=_named(incidents, named),
        hand_over=HandOverPackage(shifts, noisiest) if shifts else None,
        yesterday=_compared(read.figures, team, day),
        names_unread=people if isinstance(people, FlashdutyError) and len(known) < len(ids) else None,
        ahead_until=(moments.since + HAND_OVER_WINDOW).astimezone(team.timezone),
        is_weekly_turn=day.weekday() == min(team.digest.days if team.digest else (), default=0),
        snapshot=kept,
    )


def _since(team: Team, on: date | None, now: datetime) -> datetime:
    """Give the instant from which a digest looks ahead: the one it was planned for, however late it is drawn.

    One that somebody asks for without a date looks ahead from now.
    """
    return min(instant(team.digest, on), now) if team.digest and on else now


async def _read(flashduty: Flashduty, team: Team, moments: _Moments) -> _Read:
    schedules, incidents, figures = await asyncio.gather(
        _caught(_schedules(flashduty, team, moments.since)),
        _caught(read_open_incidents(flashduty, team, moments.now)),
        _caught(flashduty.figures(question(team, moments.day))),
    )
    return _Read(schedules, incidents, figures)


async def _caught(call: Awaitable[T]) -> T | FlashdutyError:
    try:
        return await call
    except FlashdutyError as error:
        return error


async def _nothing() -> tuple[NoisyCheck, ...]:
    return ()


async def _schedules(flashduty: Flashduty, team: Team, since: datetime) -> tuple[Schedule, ...]:
    start = since - BEHIND
    found = await flashduty.schedules(start, start + LOOK_AHEAD, team_ids=team.flashduty_team_ids)
    return tuple(schedule for schedule in found if schedule.is_enabled)


def _incidents(read: _Read) -> OpenIncidents | None:
    return read.incidents if isinstance(read.incidents, OpenIncidents) else None


def _known(read: _Read) -> tuple[Schedule, ...]:
    return () if isinstance(read.schedules, FlashdutyError) else read.schedules


async def _on_call(
    read: _Read, team: Team, moments: _Moments, around: Surroundings
) -> tuple[OnCallPart, Snapshot | None]:
    if isinstance(read.schedules, FlashdutyError):
        return OnCallPart((), (), {}), None
    now, horizon = moments.now, moments.since - BEHIND + LOOK_AHEAD
    kept = snapshot(read.schedules, now, horizon)
    before = await around.memory.snapshot_before(team.name, moments.day) if around.memory else None
    found = (change for one in read.schedules for change in hand_overs(one, *moments.window))
    part = OnCallPart(
        entries=tuple(on_call(one, now, horizon) for one in read.schedules),
        hand_overs=tuple(sorted(found, key=lambda change: change.at)),
        people={},
        changes=changes(before, kept) if before else None,
    )
    return part, kept


def _completed(part: OnCallPart, read: _Read, people: Mapping[int, Person], now: datetime) -> OnCallPart:
    minute = now.replace(second=0, microsecond=0)
    ahead = coverage(_known(read), people, minute, minute + COVERAGE_AHEAD)
    return replace(part, people=people, coverage=ahead)


async def _clicked(
    part: OpenIncidents | FlashdutyError, team: Team, around: Surroundings
) -> OpenIncidents | FlashdutyError:
    if isinstance(part, FlashdutyError) or around.acknowledgers is None:
        return part
    return replace(part, clicked=await around.acknowledgers.names(team.name, part.incidents))


def _named(part: OpenIncidents | FlashdutyError, people: Mapping[int, Person]) -> OpenIncidents | FlashdutyError:
    return part if isinstance(part, FlashdutyError) else replace(part, people=people)


def _compared(rows: tuple[Figures, ...] | FlashdutyError, team: Team, day: date) -> Yesterday | FlashdutyError:
    return rows if isinstance(rows, FlashdutyError) else yesterday(rows, team.timezone, day)
