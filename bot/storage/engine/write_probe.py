"""Check whether the database can be written."""

from typing import Final

from sqlalchemy import delete, false, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import replace
from bot.storage.tables import rate_limits
from bot.storage.transactions import Database, DatabaseState, one_transaction

# No rate limit has this name; a row of it is deleted in the transaction that inserts it.
PROBE_NAME: Final = "write probe"


class WriteProbe:
    """Write to the database; both private methods are one transaction and raise DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def state(self) -> DatabaseState:
        """Whether the database is available."""
        return self.database.state

    async def prove(self) -> None:
        """Check that rows can be written, and record the end of an outage; raises DatabaseUnavailable.

        While the database is available, the statement changes no row, and fails where nothing may be written. A full
        disk shows only when a row is written, so the end of an outage is proven by one.
        """
        await (self._try_to_write() if self.state.since is None else self._write_and_delete())
        self.state.proven()

    @one_transaction
    async def _try_to_write(self, connection: AsyncConnection) -> None:
        await connection.execute(update(rate_limits).where(false()).values(free_at=0.0))

    @one_transaction
    async def _write_and_delete(self, connection: AsyncConnection) -> None:
        await replace(connection, rate_limits, {"name": PROBE_NAME, "free_at": 0.0})
        await connection.execute(delete(rate_limits).where(rate_limits.c.name == PROBE_NAME))
