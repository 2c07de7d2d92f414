"""Restrict a team to the incidents it may see and change: no other code reads an incident by its id."""

import asyncio
import re
from collections.abc import Coroutine, Iterable
from typing import Any, Final

import structlog

from bot.flashduty import Flashduty, FlashdutyError, Incident
from bot.teams.access import AccessDenied, DenialReason, Team

log = structlog.get_logger(__name__)

# Of the channels whose owners are read again beside an incident.
MAX_WARMED: Final = 2
_INCIDENT_ID: Final = re.compile(r"[0-9a-fA-F]{24}")


def is_incident_id(text: str) -> bool:
    """Whether a text has the form of an incident's id, as Flashduty demands it (schema ListIncidentsByIdsRequest)."""
    return _INCIDENT_ID.fullmatch(text) is not None


async def read_incident(flashduty: Flashduty, team: Team, incident_id: str) -> Incident:
    """Read one incident of the team by its 24 hexadecimal digits.

    Raises AccessDenied for an incident outside the Flashduty channels and teams that the team's settings name, and
    FlashdutyError where it, or the owners of its Flashduty channel, cannot be read. One call, and one more for a
    channel whose owners were not read in the last ten minutes: beside the first for those that were read before.
    """
    incident = await _beside(warm_scope(flashduty, team, team.owners.run_out(MAX_WARMED)), flashduty, incident_id)
    await _require_scope(flashduty, team, incident)
    return incident


async def _beside(warming: Coroutine[Any, Any, None], flashduty: Flashduty, incident_id: str) -> Incident:
    """Read an incident, and do something else at the same time."""
    beside = asyncio.create_task(warming)
    try:
        incident = await flashduty.incident(incident_id)
    except BaseException:
        beside.cancel()
        raise
    await beside
    return incident


async def warm_scope(flashduty: Flashduty, team: Team, flashduty_channel_ids: Iterable[int]) -> None:
    """Read the owners of channels before they are needed; what cannot be read is read when it is. Never raises."""
    if team.flashduty_team_ids:
        await asyncio.gather(*(_warm(flashduty, team, one) for one in flashduty_channel_ids if one))


async def _warm(flashduty: Flashduty, team: Team, flashduty_channel_id: int) -> None:
    try:
        await _read_owners(flashduty, team, flashduty_channel_id)
    except FlashdutyError as error:
        log.info("scope.owners_unread", team=team.name, why=error.raw_code or str(error))


async def read_incidents(flashduty: Flashduty, team: Team, incident_ids: Iterable[str]) -> dict[str, Incident]:
    """Read incidents of the team by their ids, without those that are unknown or outside its scope.

    One call for each hundred, and one for each channel whose owners were not read in the last ten minutes. Raises
    FlashdutyError.
    """
    # One id that Flashduty refuses would leave all others unread.
    found = await flashduty.incidents_by_ids(filter(is_incident_id, incident_ids))
    return {one.id: one for one in found.values() if await _is_in_scope(flashduty, team, one)}


async def read_again(flashduty: Flashduty, incident: Incident) -> Incident:
    """Read an incident again after a change; its scope was checked at the first read."""
    return await flashduty.incident(incident.id)


async def _require_scope(flashduty: Flashduty, team: Team, incident: Incident) -> None:
    if not await _is_in_scope(flashduty, team, incident):
        raise AccessDenied(DenialReason.NOT_THIS_INCIDENT, (team.name,))


async def _is_in_scope(flashduty: Flashduty, team: Team, incident: Incident) -> bool:
    if not team.is_scoped:
        return True
    in_channels = not team.flashduty_channel_ids or incident.channel_id in team.flashduty_channel_ids
    return in_channels and await _owned(flashduty, team, incident.channel_id)


async def _owned(flashduty: Flashduty, team: Team, flashduty_channel_id: int) -> bool:
    if not team.flashduty_team_ids:
        return True
    if not flashduty_channel_id:
        return False
    owners = team.owners.get(flashduty_channel_id)
    if owners is None:
        owners = await _read_owners(flashduty, team, flashduty_channel_id)
    return not owners.isdisjoint(team.flashduty_team_ids)


async def _read_owners(flashduty: Flashduty, team: Team, flashduty_channel_id: int) -> frozenset[int]:
    channel = await flashduty.flashduty_channel(flashduty_channel_id)
    owners = frozenset(owner for owner in (channel.team_id, *channel.managing_team_ids) if owner)
    team.owners.keep(flashduty_channel_id, owners)
    return owners
