"""Alerts the operators when the database becomes unavailable and available again, without using the database."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.database.database_messages import database_away, database_back
from bot.delivery.direct_messages import is_settled
from bot.messages import Message
from bot.messages.audience import Audience
from bot.people.audiences import Audiences
from bot.slack.workspace import Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.engine.write_probe import WriteProbe
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

# A restart or a fail-over takes less time; where a message is due and cannot be posted, the alert is sent at once.
ALERT_AFTER: Final = timedelta(minutes=1)


class DatabaseAlerts:
    """Tests once a minute whether the database accepts writes, and alerts each operator of each outage once.

    Each replica alerts on its own, because replicas coordinate through the database.
    """

    def __init__(
        self,
        probe: WriteProbe,
        workspace: Workspace,
        *,
        user_ids: Sequence[str],
        audiences: Audiences,
        now: Callable[[], datetime],
    ) -> None:
        self._audiences = audiences
        self._probe = probe
        self._workspace = workspace
        self._user_ids = tuple(user_ids)
        self._now = now
        # The start of the outage that operators were alerted of.
        self._away_since: datetime | None = None
        self._alerted: set[str] = set()
        self._lock = asyncio.Lock()

    async def look(self) -> None:
        """Test whether the database accepts writes; the result is in the probe's state."""
        try:
            await self._probe.prove()
        except DatabaseUnavailable as error:
            log.error("database.unavailable", why=str(error))  # noqa: TRY400 - the driver's text suffices

    async def send(self, waiting: Iterable[PostingKey]) -> None:
        """Send the alerts that are due; `waiting` are the due messages whose posting could not be started."""
        due = tuple(waiting)
        # A test that takes longer than a minute overlaps the next one.
        async with self._lock:
            await self._send_due(due)

    async def _send_due(self, due: tuple[PostingKey, ...]) -> None:
        state = self._probe.state
        if due and state.since is not None:
            # A restart of the server may have ended by now.
            await self.look()
        if state.since is None:
            await self._send_end()
        elif due or self._now() - state.since >= ALERT_AFTER:
            self._away_since = self._away_since or state.since
            since, why = state.since, state.why
            open_ids = [user for user in self._user_ids if user not in self._alerted]
            self._alerted |= await self._send(
                open_ids,
                lambda to: database_away(to, since, why, waiting=due),
                once=f"database away {since.isoformat()}",
            )

    async def _send_end(self) -> None:
        since = self._away_since
        if since is None:
            return
        self._alerted -= await self._send(
            self._alerted, lambda to: database_back(to, since), once=f"database back {since.isoformat()}"
        )
        if not self._alerted:
            self._away_since = None

    async def _send(self, users: Iterable[str], draw: Callable[[Audience], Message], *, once: str) -> set[str]:
        """Return the users who have the message, or whom Slack refuses it permanently."""
        settled = set()
        for user in sorted(users):
            message = draw(await self._audiences.of_user(user))
            if await is_settled(self._workspace, user, message, once=once):
                settled.add(user)
        return settled
