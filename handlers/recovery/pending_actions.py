"""Note a change before it is sent, so that its person gets the outcome when the process ends early."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from bot.messages.buttons import ButtonValue, encode, fits
from bot.messages.text import Mrkdwn
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.replicas import Replicas
from bot.storage.requests.pending_actions import PendingAction, PendingActionTable
from handlers.dispatch.context import Incoming, Request

log = structlog.get_logger(__name__)

# An outcome older than a day is visible elsewhere.
ACTION_RETENTION: Final = timedelta(days=1)
# The person waits for the answer.
PENDING_NOTE_TIMEOUT: Final = 0.5
REPORTED_LIMIT: Final = 1000
DATABASE_FAILURES: Final = (DatabaseUnavailable, TimeoutError)


def _nothing(_: str) -> None:
    """Do nothing more."""


class PendingActions:
    """Notes the changes that this process carries out; no method raises. `on_reported` hears of every settled one.

    While the database does not answer, a change is carried out all the same: after a crash its outcome is not reported.
    """

    def __init__(
        self, table: PendingActionTable, replicas: Replicas, *, on_reported: Callable[[str], None] = _nothing
    ) -> None:
        self._table = table
        self._on_reported = on_reported
        self._replicas = replicas
        self._under_way: set[str] = set()
        self._reported: deque[str] = deque(maxlen=REPORTED_LIMIT)

    async def note(self, incoming: Incoming, request: Request, in_doubt: Mrkdwn) -> None:
        """Note a change of an admitted person before it is sent, with the thread that its line belongs in."""
        origin, now = incoming.origin, request.now
        thread = origin.announcement_thread or origin.message or ""
        action = PendingAction(
            request_name=incoming.once,
            team=request.team.name,
            incident_id=incoming.incident,
            slack_user_id=request.person.id,
            slack_user_name=request.person.name,
            action=incoming.route or "",
            value=encode(replace(incoming.value, thread=thread)),
            occasion=incoming.occasion,
            in_doubt=in_doubt,
            owner=self._replicas.owner,
            channel=origin.channel,
            thread=origin.announcement_thread,
            response_url=origin.response_url,
            noted_at=now,
        )
        self._under_way.add(incoming.once)
        try:
            async with asyncio.timeout(PENDING_NOTE_TIMEOUT):
                if not self._replicas.has_lease:
                    # Another replica takes a change whose owner has no lease for abandoned.
                    await self._replicas.renew()
                await self._table.add(action, kept_until=now + ACTION_RETENTION)
        except DATABASE_FAILURES as error:
            log.warning("pending_action.not_noted", why=str(error) or type(error).__name__)

    async def specify(self, request_name: str, action: str, value: ButtonValue) -> None:
        """Note what exactly is about to be sent, where that is known only after the change was noted."""
        if request_name not in self._under_way or not fits(value):
            return
        try:
            async with asyncio.timeout(PENDING_NOTE_TIMEOUT):
                await self._table.specify(request_name, action=action, incident_id=value.incident, value=encode(value))
        except DATABASE_FAILURES as error:
            log.warning("pending_action.not_specified", why=str(error) or type(error).__name__)

    async def settle(self, request_name: str) -> None:
        """Delete the note of a change whose outcome was reported."""
        if request_name not in self._under_way:
            return
        self._reported.append(request_name)
        self._on_reported(request_name)
        try:
            async with asyncio.timeout(PENDING_NOTE_TIMEOUT):
                await self._table.remove(request_name)
        except DATABASE_FAILURES as error:
            # The recovery job of this process deletes it at a later tick.
            log.warning("pending_action.not_removed", why=str(error) or type(error).__name__)

    def leave(self, request_name: str) -> None:
        """Mark a change as no longer in progress, reported or not."""
        self._under_way.discard(request_name)

    def begin(self, request_name: str) -> None:
        """Mark a change as in progress, to look up its outcome."""
        self._under_way.add(request_name)

    def is_under_way(self, request_name: str) -> bool:
        """Return whether the change is in progress in this process."""
        return request_name in self._under_way

    def is_reported(self, request_name: str) -> bool:
        """Return whether this process has reported the outcome, but could not delete the note."""
        return request_name in self._reported
