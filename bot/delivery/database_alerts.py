"""Tells the people who run the bot that its database is away, and that it is back; not through the database."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.database_messages import database_away, database_back
from bot.messages import Message
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.postings import DatabaseUnavailable, PostingKey, Store

log = structlog.get_logger(__name__)

# A restart or a fail-over is over sooner; a message that is due and cannot be posted is told at once.
PASSES_WITHIN: Final = timedelta(minutes=1)


@dataclass
class DatabaseAlerts:
    """Looks once a minute whether the database takes what is written, and tells each of ADMINS once and the end once.

    Each replica tells what it sees: what they share is away.
    """

    store: Store
    user_ids: tuple[str, ...]
    workspace: Workspace
    now: Callable[[], datetime]
    _away_since: datetime | None = field(default=None, init=False)
    """Since when the database was away of which somebody has been told."""
    _told: set[str] = field(default_factory=set, init=False)
    _telling: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def look(self) -> None:
        """Find out whether anything can be written; the database's state has the answer."""
        try:
            await self.store.prove()
        except DatabaseUnavailable as error:
            log.error("database unavailable", why=str(error))  # noqa: TRY400 - the driver's words say it

    async def tell(self, waiting: Iterable[PostingKey]) -> None:
        """Tell what is to be told; `waiting` is what is due and could not even be begun."""
        due = tuple(waiting)
        # A look that takes longer than a minute meets the next one.
        async with self._telling:
            await self._tell(due)

    async def _tell(self, due: tuple[PostingKey, ...]) -> None:
        state = self.store.state
        if due and state.since is not None:
            # A restart of the server may be over by now.
            await self.look()
        if state.since is None:
            await self._tell_the_end()
        elif due or self.now() - state.since >= PASSES_WITHIN:
            self._away_since = self._away_since or state.since
            message = database_away(state.since, state.why, due)
            unheard = [user for user in self.user_ids if user not in self._told]
            self._told |= await self._told_now(unheard, message, f"database away {state.since.isoformat()}")

    async def _tell_the_end(self) -> None:
        since = self._away_since
        if since is None:
            return
        self._told -= await self._told_now(self._told, database_back(since), f"database back {since.isoformat()}")
        if not self._told:
            self._away_since = None

    async def _told_now(self, users: Iterable[str], message: Message, once: str) -> set[str]:
        """Give whom Slack told, or will never tell."""
        return {user for user in sorted(users) if await self._is_told(user, message, once)}

    async def _is_told(self, user: str, message: Message, once: str) -> bool:
        try:
            await self.workspace.post(user, message, once=once)
        except SlackError as refusal:
            log.error("an admin was not told", user=user, code=refusal.code)  # noqa: TRY400 - the code says it
            # What may have arrived is not sent again, what somebody must cure first is not sent for ever.
            return refusal.may_be_done or not refusal.is_passing
        return True
