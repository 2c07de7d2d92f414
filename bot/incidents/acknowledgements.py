"""Who pressed Acknowledge here: Flashduty itself records the owner of the APP Key."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.flashduty import Incident
from bot.incidents.changes import is_same_time
from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable
from bot.teams.access import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)

KIND: Final = "acknowledged"
# An incident that is older than this cannot be listed.
KEPT: Final = timedelta(days=31)
# Somebody waits for an answer in which the name is the smallest part.
PATIENCE: Final = 0.5
TROUBLE: Final = (DatabaseUnavailable, TimeoutError)


@dataclass(frozen=True)
class Acknowledgements:
    """The latest acknowledgements from Slack.

    Kept in the database, for all replicas; while it does not answer, the owner of the key is named instead.
    """

    notes: Notes
    now: Callable[[], datetime]

    async def noted(self, team: str, incident_id: str) -> str | None:
        """Give the note there is; of an incident that is found unacknowledged after this it tells nothing any more."""
        try:
            async with asyncio.timeout(PATIENCE):
                return (await self.notes.read(team, KIND, [incident_id], self.now())).get(incident_id)
        except TROUBLE as error:
            log.warning("acknowledgement not known", team=team, why=str(error))
            return None

    async def remember(
        self, team: str, incident: Incident, person: SlackPerson, press: str, *, stale: str | None
    ) -> SlackPerson | None:
        """Note who acknowledged an incident, which is given as it was right after; give whoever was faster.

        `press` names the press, so that of two by the same person, on two replicas, one is the first. `stale` is what
        was noted before the incident was found unacknowledged.
        """
        mine = {"id": person.id, "name": person.name, "at": _moment(incident), "press": press}
        body, kept_until = json.dumps(mine), self.now() + KEPT
        try:
            async with asyncio.timeout(PATIENCE):
                counts = await self.notes.first(team, KIND, incident.id, body, kept_until)
                if counts == stale:
                    await self.notes.write(team, KIND, incident.id, body, kept_until)
                    counts = body
        except TROUBLE as error:
            log.warning("acknowledgement not remembered", team=team, why=str(error))
            return None
        faster = json.loads(counts)
        return None if counts == body else SlackPerson(faster["id"], faster["name"], MemberStatus.MEMBER)

    async def forget(self, team: str, incident_id: str) -> None:
        """Note that an acknowledgement was taken back."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.notes.drop(team, KIND, incident_id)
        except TROUBLE as error:
            # It stays without effect: the next acknowledgement has another time.
            log.warning("acknowledgement not forgotten", team=team, why=str(error))

    async def pressers(self, team: str, incidents: Iterable[Incident]) -> dict[str, SlackPerson]:
        """Give those who acknowledged here, by incident; never raises."""
        wanted = {one.id: at for one in incidents if (at := one.acknowledged_at) is not None}
        if not wanted:
            return {}
        try:
            async with asyncio.timeout(PATIENCE):
                held = await self.notes.read(team, KIND, wanted, self.now())
        except TROUBLE as error:
            log.warning("acknowledgements not known", team=team, why=str(error))
            return {}
        told = ((incident_id, json.loads(body)) for incident_id, body in held.items())
        return {
            incident_id: SlackPerson(who["id"], who["name"], MemberStatus.MEMBER)
            for incident_id, who in told
            if who["at"] and is_same_time(wanted[incident_id], datetime.fromisoformat(who["at"]).timestamp())
        }


def _moment(incident: Incident) -> str | None:
    return incident.acknowledged_at.isoformat() if incident.acknowledged_at else None
