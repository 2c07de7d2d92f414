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
# A person waits for an answer that is useful without the name.
LOOKUP_TIMEOUT: Final = 0.5
LOOKUP_FAILURES: Final = (DatabaseUnavailable, TimeoutError)


class Acknowledgements:
    """The latest acknowledgements from Slack.

    Stored in the database, for all replicas; while it does not answer, the owner of the key is named instead.
    """

    def __init__(self, table: AcknowledgementTable, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def stored_press(self, team: str, incident_id: str) -> str | None:
        """Return the stored press; once the incident is found unacknowledged after this, that press is stale."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                stored = (await self._table.read(team, [incident_id], self._now())).get(incident_id)
        except LOOKUP_FAILURES as error:
            log.warning("acknowledgement.lookup_failed", team=team, why=str(error))
            return None
        return stored.press if stored is not None else None

    async def record(
        self, team: str, incident: Incident, person: SlackPerson, *, press: str, stale: str | None
    ) -> SlackPerson | None:
        """Store who acknowledged an incident; return the person who acknowledged it earlier, or None.

        `incident` is read after the acknowledgement. `press` identifies the press, so that one of two by the same
        person, on two replicas, is the first. `stale` is what `stored_press` returned before the incident was found
        unacknowledged.
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
        except LOOKUP_FAILURES as error:
            log.warning("acknowledgement.not_stored", team=team, why=str(error))
            return None
        return (
            None if faster is None else SlackPerson(faster.slack_user_id, faster.slack_user_name, MemberStatus.MEMBER)
        )

    async def withdraw(self, team: str, incident_id: str, *, press: str | None) -> None:
        """Store that an acknowledgement was withdrawn: that of the `stored_press` before, and none that came since."""
        if press is None:
            return
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                await self._table.withdraw(team, incident_id, press=press)
        except LOOKUP_FAILURES as error:
            # The stored press has no effect: the next acknowledgement has another time.
            log.warning("acknowledgement.not_withdrawn", team=team, why=str(error))
