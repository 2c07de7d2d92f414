"""The titles of incidents, for messages to the operators."""

import asyncio
from typing import Final

import structlog

from bot.flashduty import FlashdutyError
from bot.incidents.scope import read_incidents
from bot.teams.access import Teams

log = structlog.get_logger(__name__)

TITLE_TIMEOUT: Final = 3.0


class IncidentTitles:
    """Reads titles, for the teams of the settings."""

    def __init__(self, teams: Teams) -> None:
        self._teams = teams

    async def read(self, team_name: str, incident_id: str) -> str:
        """Return the title of an incident of a team; empty where it cannot be read. Never raises."""
        team = next((one for one in self._teams if one.name == team_name), None)
        if team is None:
            return ""
        flashduty = team.flashduty.until(asyncio.get_running_loop().time() + TITLE_TIMEOUT)
        try:
            found = (await read_incidents(flashduty, team, [incident_id])).get(incident_id)
        except FlashdutyError as error:
            log.info("incident.title_unread", incident=incident_id, code=error.raw_code or str(error))
            return ""
        return found.title if found is not None else ""
