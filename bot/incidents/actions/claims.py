"""Which of several equal presses made a change: of two replicas that both read the incident before it, one tells."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.flashduty import Incident
from bot.incidents.acknowledgements import LOOKUP_FAILURES, LOOKUP_TIMEOUT
from bot.storage.requests.seen_requests import SeenRequests

log = structlog.get_logger(__name__)

# Two presses at the same time are seconds apart.
CLAIM_RETENTION: Final = timedelta(days=2)


class ChangeClaims:
    """Claims of changes, shared by all replicas; while the database does not answer everybody is first."""

    def __init__(self, table: SeenRequests, *, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def is_first(self, action: str, before: Incident) -> bool:
        """Claim an action on an incident as it was before it; False when somebody has. Never raises."""
        state = f"{before.progress} {before.updated_at} {before.snoozed_before} {before.close_time}"
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                return await self._table.add([f"change {action} {before.id} {state}"], self._now() + CLAIM_RETENTION)
        except LOOKUP_FAILURES as error:
            log.warning("change.not_claimed", action=action, why=str(error) or type(error).__name__)
            return True
