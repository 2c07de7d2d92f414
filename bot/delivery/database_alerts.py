"""Alerts the operators that the database is away, and that it is back; not through the database."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.database_messages import database_away, database_back
from bot.delivery.direct_messages import is_settled
from bot.messages import Message
from bot.slack.workspace import Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.engine.write_probe import WriteProbe
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

# A restart or a fail-over is over sooner; of a message that is due and cannot be posted the alert goes out at once.
ALERT_AFTER: Final = timedelta(minutes=1)


class DatabaseAlerts:
    """Looks once a minute whether the database takes what is written, and alerts each operator of each outage once.

    Each replica alerts of what it sees: what they share is away.
    """

    def __init__(
        self, probe: WriteProbe, workspace: Workspace, *, user_ids: Sequence[str], now: Callable[[], datetime]
    ) -> None:
        self._probe = probe
        self._workspace = workspace
        self._user_ids = tuple(user_ids)
        self._now = now
        # Since when the database was away of which somebody was alerted.
        self._away_since: datetime | None = None
        self._alerted: set[str] = set()
        self._lock = asyncio.Lock()

    async def look(self) -> None:
        """Find out whether anything can be written; the database's state has the answer."""
        try:
            await self._probe.prove()
        except DatabaseUnavailable as error:
            log.error("database.unavailable", why=str(error))  # noqa: TRY400 - the driver's words say it

    async def send(self, waiting: Iterable[PostingKey]) -> None:
        """Send the alerts that are due; `waiting` is what is due and could not even be begun."""
        due = tuple(waiting)
        # A look that takes longer than a minute meets the next one.
        async with self._lock:
            await self._send_due(due)

    async def _send_due(self, due: tuple[PostingKey, ...]) -> None:
        state = self._probe.state
        if due and state.since is not None:
            # A restart of the server may be over by now.
            await self.look()
        if state.since is None:
            await self._send_end()
        elif due or self._now() - state.since >= ALERT_AFTER:
            self._away_since = self._away_since or state.since
            message = database_away(state.since, state.why, due)
            open_ids = [user for user in self._user_ids if user not in self._alerted]
            self._alerted |= await self._send(open_ids, message, once=f"database away {state.since.isoformat()}")

    async def _send_end(self) -> None:
        since = self._away_since
        if since is None:
            return
        self._alerted -= await self._send(
            self._alerted, database_back(since), once=f"database back {since.isoformat()}"
        )
        if not self._alerted:
            self._away_since = None

    async def _send(self, users: Iterable[str], message: Message, *, once: str) -> set[str]:
        """Return those who have the message, or will never get it."""
        return {user for user in sorted(users) if await is_settled(self._workspace, user, message, once=once)}
