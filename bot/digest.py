"""Gather what a team's morning digest says: three calls to Flashduty, each part failing alone."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.flashduty import (
    Flashduty,
    FlashdutyError,
    Incident,
    IncidentPage,
    IncidentQuery,
    Person,
    Progress,
    Schedule,
)
from bot.incidents import SKEW, WINDOW
from bot.on_call import HandOver, OnCall, everyone, hand_overs, on_call
from bot.search import OPEN
from bot.teams import Team

# Long enough to name the next person of a weekly or fortnightly rotation.
HORIZON: Final = timedelta(days=15)
HAND_OVER_WINDOW: Final = timedelta(hours=24)


@dataclass(frozen=True)
class OnCallPart:
    """Who is on call now and next, and the changes of the next 24 hours."""

    entries: tuple[OnCall, ...]
    hand_overs: tuple[HandOver, ...]
    people: Mapping[int, Person]


@dataclass(frozen=True)
class OpenIncidents:
    """The open incidents of a team; `snoozes_ending` run out before the local day does."""

    incidents: tuple[Incident, ...]
    is_complete: bool
    snoozes_ending: tuple[Incident, ...]
    people: Mapping[int, Person]

    @property
    def unacknowledged(self) -> tuple[Incident, ...]:
        """Those nobody has acknowledged, oldest first."""
        waiting = (incident for incident in self.incidents if incident.progress is Progress.TRIGGERED)
        return tuple(sorted(waiting, key=lambda incident: incident.started_at))


@dataclass(frozen=True)
class Digest:
    """One team's morning, each part either there or the reason why not."""

    team: str
    key_setting: str
    on: date
    as_of: datetime
    on_call: OnCallPart | FlashdutyError
    incidents: OpenIncidents | FlashdutyError

    @property
    def failure(self) -> FlashdutyError | None:
        """Why nothing at all could be read, if so."""
        return (
            self.incidents
            if isinstance(self.on_call, FlashdutyError) and isinstance(self.incidents, FlashdutyError)
            else None
        )


async def gather(flashduty: Flashduty, team: Team, now: datetime, on: date | None = None) -> Digest:
    """Read one team's digest: one `/schedule/list`, one `/incident/list` and one `/person/infos`."""
    schedules, page = await asyncio.gather(_schedules(flashduty, team, now), _open_incidents(flashduty, team, now))
    entries = _entries(schedules, now)
    changes = _hand_overs(schedules, now)
    people = await _people(flashduty, entries, changes, page)
    local = now.astimezone(team.timezone)
    return Digest(
        team=team.name,
        key_setting=team.key_setting,
        on=on or local.date(),
        as_of=local,
        on_call=schedules if isinstance(schedules, FlashdutyError) else OnCallPart(entries, changes, people),
        incidents=page if isinstance(page, FlashdutyError) else _open_part(page, team, now, people),
    )


async def _schedules(flashduty: Flashduty, team: Team, now: datetime) -> tuple[Schedule, ...] | FlashdutyError:
    try:
        found = await flashduty.schedules(now, now + HORIZON, team_ids=team.flashduty_team_ids)
    except FlashdutyError as error:
        return error
    return tuple(schedule for schedule in found if schedule.is_enabled)


async def _open_incidents(flashduty: Flashduty, team: Team, now: datetime) -> IncidentPage | FlashdutyError:
    query = IncidentQuery(
        start=now + SKEW - WINDOW,
        end=now + SKEW,
        progress=OPEN,
        channel_ids=team.flashduty_channel_ids,
        team_ids=team.flashduty_team_ids,
    )
    try:
        return await flashduty.list_incidents(query)
    except FlashdutyError as error:
        return error


def _entries(schedules: tuple[Schedule, ...] | FlashdutyError, now: datetime) -> tuple[OnCall, ...]:
    if isinstance(schedules, FlashdutyError):
        return ()
    return tuple(on_call(schedule, now, now + HORIZON) for schedule in schedules)


def _hand_overs(schedules: tuple[Schedule, ...] | FlashdutyError, now: datetime) -> tuple[HandOver, ...]:
    if isinstance(schedules, FlashdutyError):
        return ()
    changes = (change for schedule in schedules for change in hand_overs(schedule, now, now + HAND_OVER_WINDOW))
    return tuple(sorted(changes, key=lambda change: change.at))


async def _people(
    flashduty: Flashduty,
    entries: tuple[OnCall, ...],
    changes: tuple[HandOver, ...],
    page: IncidentPage | FlashdutyError,
) -> dict[int, Person]:
    wanted = set(everyone(entries))
    wanted.update(person for change in changes for person in (*change.leaving, *change.coming))
    if isinstance(page, IncidentPage):
        responders = (responder for incident in page.incidents for responder in incident.responders)
        wanted.update(responder.person_id for responder in responders if not responder.name)
    try:
        return await flashduty.persons(sorted(wanted))
    except FlashdutyError:
        # Numbers instead of names: the digest is worth more than its courtesy.
        return {}


def _open_part(page: IncidentPage, team: Team, now: datetime, people: Mapping[int, Person]) -> OpenIncidents:
    today = now.astimezone(team.timezone).date()
    ending = [
        incident
        for incident in page.incidents
        if incident.snoozed_until
        and incident.snoozed_until > now
        and incident.snoozed_until.astimezone(team.timezone).date() == today
    ]
    ending.sort(key=lambda incident: incident.snoozed_until or now)
    return OpenIncidents(page.incidents, not page.has_more, tuple(ending), people)
