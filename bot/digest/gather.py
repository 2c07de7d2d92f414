"""Read what one team's digest contains, in at most five calls to Flashduty; a failed part affects no other."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bot.delivery.due import due_instant
from bot.digest.model import DigestPart, OnCallPart, TeamDigest
from bot.digest.on_call import DigestWindow, add_coverage, gather_on_call, read_schedules
from bot.digest.people import DigestPeople, on_call_person_ids, person_ids_to_look_up, read_people
from bot.digest.previous_schedules import PreviousSchedules
from bot.digest.results import error_or
from bot.digest.yesterday import Yesterday, compare_yesterday, yesterday_query
from bot.flashduty import Figures, Flashduty, FlashdutyError, NoisyCheck, Person, Schedule
from bot.handoff.model import (
    MAX_NOISY_CHECKS,
    HandoffPackage,
    IncomingShift,
    incoming_shifts,
    noise_query,
)
from bot.handoff.takeovers import Takeovers
from bot.incidents.attribution import Attributions
from bot.incidents.model import OpenIncidents
from bot.incidents.queries import read_open_incidents
from bot.people.directory import link_profiles
from bot.people.slack_profiles import SlackProfiles
from bot.runtime.defects import Spares
from bot.teams.access import Team

NO_SHIFTS: Final[tuple[IncomingShift, ...]] = ()
NO_CHECKS: Final[tuple[NoisyCheck, ...] | FlashdutyError] = ()


@dataclass(frozen=True, kw_only=True)
class DigestDependencies:
    """What a digest reads besides Flashduty; the digest leaves out what a missing one would add."""

    snapshots: PreviousSchedules | None = None
    profiles: SlackProfiles | None = None
    attributions: Attributions | None = None
    takeovers: Takeovers | None = None
    notifies: bool = False
    """Whether the people on call are mentioned so that Slack notifies them."""


NO_DEPENDENCIES: Final = DigestDependencies()


@dataclass(frozen=True, kw_only=True)
class _Answers:
    """The answers to the first calls; None where a defect lost one."""

    schedules: tuple[Schedule, ...] | FlashdutyError | None
    incidents: OpenIncidents | FlashdutyError | None
    figures: tuple[Figures, ...] | FlashdutyError | None

    @property
    def known_schedules(self) -> tuple[Schedule, ...]:
        return self.schedules if isinstance(self.schedules, tuple) else ()

    @property
    def known_incidents(self) -> OpenIncidents | None:
        return self.incidents if isinstance(self.incidents, OpenIncidents) else None


async def gather_digest(
    flashduty: Flashduty,
    team: Team,
    now: datetime,
    *,
    on: date | None = None,
    deps: DigestDependencies = NO_DEPENDENCIES,
) -> TeamDigest:
    """Read the digest of a local date, today by default.

    `/schedule/list`, `/incident/list` and the analytics are called at once; then `/person/infos` and, when a shift
    begins within 24 hours, the noisiest checks. A part with a defect is left out.
    """
    spares = Spares()
    window = DigestWindow(on or now.astimezone(team.timezone).date(), _planned_start(team, on, now), now)
    answers = await _read(flashduty, team, window, spares=spares)
    part, snapshot = await gather_on_call(
        answers.schedules, window, team=team.name, snapshots=deps.snapshots, spares=spares
    )
    shifts = spares.part(
        DigestPart.HANDOFFS, lambda: incoming_shifts(answers.known_schedules, *window.next_day), NO_SHIFTS
    )
    people, noisiest = await asyncio.gather(
        spares.waited_for(DigestPart.NAMES, lambda: _people(flashduty, answers, part, now=now), DigestPeople({})),
        spares.waited_for(DigestPart.NOISE, lambda: _noisiest(flashduty, team, now, shifts=shifts), NO_CHECKS),
    )
    incidents = await spares.waited_for(
        DigestPart.NAMES, lambda: _attributed(answers.incidents, team, deps), answers.incidents
    )
    linked = await spares.waited_for(DigestPart.NAMES, lambda: _linked(people.known, part, deps), dict(people.known))
    return TeamDigest(
        team=team.name,
        key_setting=team.key_setting,
        on=window.day,
        as_of=now.astimezone(team.timezone),
        on_call=add_coverage(part, answers.known_schedules, linked, now=now, spares=spares),
        incidents=_named(incidents, linked),
        handoff=await _package(team, shifts, noisiest, deps=deps),
        yesterday=spares.part(DigestPart.YESTERDAY, lambda: _compared(answers.figures, team, window.day), None),
        names_unread=people.error,
        ahead_until=window.ends_at.astimezone(team.timezone),
        is_weekly_turn=window.day.weekday() == min(digest.days if (digest := team.settings.digest) else (), default=0),
        snapshot=snapshot,
        spares=spares,
    )


def _planned_start(team: Team, on: date | None, now: datetime) -> datetime:
    """Return the instant from which a digest looks ahead.

    It is the planned time of a digest for a date, however late it is drawn, and `now` for one without a date.
    """
    plan = team.settings.digest
    return min(due_instant(plan, on), now) if plan and on else now


async def _read(flashduty: Flashduty, team: Team, window: DigestWindow, *, spares: Spares) -> _Answers:
    schedules, incidents, figures = await asyncio.gather(
        spares.waited_for(DigestPart.ON_CALL, lambda: error_or(read_schedules(flashduty, team, window)), None),
        spares.waited_for(
            DigestPart.OPEN_INCIDENTS, lambda: error_or(read_open_incidents(flashduty, team, window.now)), None
        ),
        spares.waited_for(
            DigestPart.YESTERDAY, lambda: error_or(flashduty.figures(yesterday_query(team, window.day))), None
        ),
    )
    return _Answers(schedules=schedules, incidents=incidents, figures=figures)


async def _people(
    flashduty: Flashduty, answers: _Answers, part: OnCallPart | FlashdutyError | None, *, now: datetime
) -> DigestPeople:
    ids = person_ids_to_look_up(answers.known_schedules, answers.known_incidents, part, now=now)
    return await read_people(flashduty, ids)


async def _noisiest(
    flashduty: Flashduty, team: Team, now: datetime, *, shifts: tuple[IncomingShift, ...]
) -> tuple[NoisyCheck, ...] | FlashdutyError:
    if not shifts:
        return ()
    return await error_or(flashduty.noisiest_checks(noise_query(team, now), MAX_NOISY_CHECKS))


async def _package(
    team: Team,
    shifts: tuple[IncomingShift, ...],
    noisiest: tuple[NoisyCheck, ...] | FlashdutyError,
    *,
    deps: DigestDependencies,
) -> HandoffPackage | None:
    if not shifts:
        return None
    taken = await deps.takeovers.of_shifts(team.name, [one.id for one in shifts]) if deps.takeovers else {}
    return HandoffPackage(shifts, noisiest, taken, is_announced=team.shift_notices.posts_to_channel)


async def _linked(
    people: Mapping[int, Person], part: OnCallPart | FlashdutyError | None, deps: DigestDependencies
) -> dict[int, Person]:
    ids = on_call_person_ids(part) if isinstance(part, OnCallPart) else []
    return await link_profiles(people, ids, deps.profiles, notifies=deps.notifies)


async def _attributed(
    part: OpenIncidents | FlashdutyError | None, team: Team, deps: DigestDependencies
) -> OpenIncidents | FlashdutyError | None:
    if not isinstance(part, OpenIncidents) or deps.attributions is None:
        return part
    return replace(part, known=await deps.attributions.of(team.name, part.incidents))


def _named(
    part: OpenIncidents | FlashdutyError | None, people: Mapping[int, Person]
) -> OpenIncidents | FlashdutyError | None:
    return replace(part, people=people) if isinstance(part, OpenIncidents) else part


def _compared(
    rows: tuple[Figures, ...] | FlashdutyError | None, team: Team, day: date
) -> Yesterday | FlashdutyError | None:
    return compare_yesterday(rows, team.timezone, day) if isinstance(rows, tuple) else rows
