"""What was last written to something in Slack that is kept in sync with who is on call."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import is_kept, replace
from bot.storage.tables import sync_states
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class SyncState:
    """A state, such as the ids of members or the text of a topic's part, and when Slack last had it."""

    state: str
    checked_at: datetime


class SyncStateTable:
    """The states of all teams' subjects; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def read(self, connection: AsyncConnection, team: str, subject: str, now: datetime) -> SyncState | None:
        """Return the state that is stored of a subject."""
        this = select(sync_states).where(sync_states.c.team == team, sync_states.c.subject == subject)
        row = (await connection.execute(this.where(is_kept(sync_states, now)))).one_or_none()
        return None if row is None else SyncState(state=row.state, checked_at=row.checked_at)

    @one_transaction
    async def put(
        self, connection: AsyncConnection, team: str, subject: str, seen: SyncState, *, kept_until: datetime
    ) -> None:
        """Store the state of a subject."""
        row = {
            "team": team,
            "subject": subject,
            "state": seen.state,
            "checked_at": seen.checked_at,
            "kept_until": kept_until,
        }
        await replace(connection, sync_states, row)
