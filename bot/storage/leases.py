"""Leases: a job of a name runs on one replica at a time.

Clocks jump and differ between replicas, so no replica compares another's time with its own: a lease has expired when
*this* process has seen the same generation of its row for the whole length of a lease, by a monotonic clock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new
from bot.storage.tables import leases
from bot.storage.transactions import Database, one_transaction

# A replica renews its leases with every tick, once a minute; the second tick after the last renewal finds it expired.
LEASE_SECONDS: Final = 90.0
# For rows of replicas and jobs that no longer exist.
LEASE_RETENTION: Final = timedelta(days=1)

# Holder, generation and the holder's time: a row that was deleted and made again is another lease.
Lease = tuple[str, int, datetime]


class Leases:
    """The leases as one process sees them; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(
        self,
        database: Database,
        *,
        owner: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self.database = database
        self.owner = owner
        self._now = now
        self._monotonic = monotonic
        self._first_seen: dict[str, tuple[Lease, float]] = {}

    @one_transaction
    async def hold(self, connection: AsyncConnection, name: str, *, length: float = LEASE_SECONDS) -> bool:
        """Take or renew a lease; False while another replica holds it.

        A lease of this process is renewed by every call. `length`, in seconds, says when one that is not renewed has
        expired: the same for every call with this name, in every replica, and some renewals long.
        """
        new = {"holder": self.owner, "renewed_at": self._now()}
        await insert_new(connection, leases, {"name": name, "generation": 0, **new})
        # PostgreSQL would let two replicas read the same generation; the one whose update comes second changes nothing.
        row = (await connection.execute(select(leases).where(leases.c.name == name))).one_or_none()
        if row is None or not self._is_free(name, row, length):
            return False
        mine = update(leases).where(leases.c.name == name, leases.c.generation == row.generation)
        renewed = mine.values(generation=row.generation + 1, **new)
        return (await connection.execute(renewed.returning(leases.c.name))).first() is not None

    def _is_free(self, name: str, row: Row[tuple[str, str, int, datetime]], length: float) -> bool:
        if row.holder == self.owner:
            self._first_seen.pop(name, None)
            return True
        now, lease = self._monotonic(), (row.holder, row.generation, row.renewed_at)
        seen, since = self._first_seen.get(name, (None, now))
        if seen != lease:
            self._first_seen[name] = (lease, now)
            return False
        return now - since >= length

    @one_transaction
    async def release(self, connection: AsyncConnection, name: str) -> None:
        """Release a lease of this process; does nothing when another replica has it."""
        await connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == self.owner))

    @one_transaction
    async def release_all(self, connection: AsyncConnection) -> None:
        """Release all leases of this process, so that other replicas need not wait for their expiry."""
        await connection.execute(delete(leases).where(leases.c.holder == self.owner))
