"""Finds out whether the database takes what is written."""

from typing import Final

from sqlalchemy import delete, false, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import replace
from bot.storage.tables import rate_limits
from bot.storage.transactions import Database, DatabaseState, one_transaction

# No rate limit has this name; a row of it is deleted in the transaction that inserts it.
PROBE: Final = "write probe"


class WriteProbe:
    """Asks the database to write; both methods of asking are one transaction and raise DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def state(self) -> DatabaseState:
        """Return whether the database does its work."""
        return self.database.state

    async def prove(self) -> None:
        """Find out whether rows can be written, and note it when they can again; raises DatabaseUnavailable.

        Writes nothing while all is well: what is asked is refused where nothing may be written, and touches no row.
        A full disk shows itself only when something is written, so the end of an outage is proven by a row.
        """
        await (self._try_to_write() if self.state.since is None else self._write_and_delete())
        self.state.proven()

    @one_transaction
    async def _try_to_write(self, connection: AsyncConnection) -> None:
        await connection.execute(update(rate_limits).where(false()).values(free_at=0.0))

    @one_transaction
    async def _write_and_delete(self, connection: AsyncConnection) -> None:
        await replace(connection, rate_limits, {"name": PROBE, "free_at": 0.0})
        await connection.execute(delete(rate_limits).where(rate_limits.c.name == PROBE))
