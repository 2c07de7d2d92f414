"""Which of several equal presses made a change: of two replicas that both read the incident before it, one tells."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.incidents.acknowledgements import LOOKUP_FAILURES, LOOKUP_TIMEOUT
from bot.storage.requests.seen_requests import SeenRequests

log = structlog.get_logger(__name__)

# Two presses at the same time are seconds apart.
CLAIM_RETENTION: Final = timedelta(days=2)


class Claims(Protocol):
    """Says of each of several equal changes whether it was first."""

    async def is_first(self, action: str, incident_id: str, changed: str) -> bool:
        """Claim an action on what `changed` identifies of an incident; False when somebody has. Never raises."""


class NoClaims:
    """Takes every change for the first."""

    async def is_first(self, action: str, incident_id: str, changed: str) -> bool:
        """Return True."""
        del action, incident_id, changed
        return True


class ChangeClaims:
    """Claims of changes, shared by all replicas; while the database does not answer everybody is first."""

    def __init__(self, table: SeenRequests, *, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def is_first(self, action: str, incident_id: str, changed: str) -> bool:
        """Claim an action on what `changed` identifies of an incident; False when somebody has. Never raises."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                return await self._table.add(
                    [f"change {action} {incident_id} {changed}"], self._now() + CLAIM_RETENTION
                )
        except LOOKUP_FAILURES as error:
            log.warning("change.not_claimed", action=action, why=str(error) or type(error).__name__)
            return True
