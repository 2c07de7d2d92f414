"""Who pressed Acknowledge here: Flashduty itself records the owner of the APP Key."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.flashduty import Incident
from bot.storage.acknowledgements import AcknowledgementTable, StoredPress
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.team import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)

# An incident that is older than this cannot be listed.
ACKNOWLEDGEMENT_RETENTION: Final = timedelta(days=31)
# Somebody waits for an answer in which the name is the smallest part.
LOOKUP_TIMEOUT: Final = 0.5
NOT_ANSWERED: Final = (DatabaseUnavailable, TimeoutError)


class Acknowledgements:
    """The latest acknowledgements from Slack.

    Stored in the database, for all replicas; while it does not answer, the owner of the key is named instead.
    """

    def __init__(self, table: AcknowledgementTable, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def noted(self, team: str, incident_id: str) -> str | None:
        """Return which press is stored; once the incident is found unacknowledged after this, that press is stale."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                stored = (await self._table.read(team, [incident_id], self._now())).get(incident_id)
        except NOT_ANSWERED as error:
            log.warning("acknowledgement.lookup_failed", team=team, why=str(error))
            return None
        return stored.press if stored is not None else None

    async def remember(
        self, team: str, incident: Incident, person: SlackPerson, *, press: str, stale: str | None
    ) -> SlackPerson | None:
        """Store who acknowledged an incident, which is given as it was right after; return whoever was faster.

        `press` names the press, so that of two by the same person, on two replicas, one is the first. `stale` is what
        `noted` returned before the incident was found unacknowledged.
        """
        now = self._now()
        mine = StoredPress(
            slack_user_id=person.id,
            slack_user_name=person.name,
            acknowledged_at=incident.acknowledged_at,
            press=press,
        )
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                faster = await self._table.claim(
                    team, incident.id, mine, stale=stale, now=now, kept_until=now + ACKNOWLEDGEMENT_RETENTION
                )
        except NOT_ANSWERED as error:
            log.warning("acknowledgement.not_stored", team=team, why=str(error))
            return None
        return (
            None if faster is None else SlackPerson(faster.slack_user_id, faster.slack_user_name, MemberStatus.MEMBER)
        )

    async def forget(self, team: str, incident_id: str) -> None:
        """Store that an acknowledgement was taken back."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                await self._table.withdraw(team, incident_id)
        except NOT_ANSWERED as error:
            # The stored press stays without effect: the next acknowledgement has another time.
            log.warning("acknowledgement.not_withdrawn", team=team, why=str(error))
