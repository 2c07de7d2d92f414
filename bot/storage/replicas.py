"""Which replicas are alive: each holds a lease of its own, `replica <owner>`, and renews it while it runs.

As with other leases, no replica compares another's clock with its own: a replica is gone when *this* process has seen
its lease unrenewed for its whole length by a monotonic clock, or when it has released the lease.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new
from bot.storage.tables import leases
from bot.storage.transactions import Database, one_transaction

RENEWAL_INTERVAL: Final = timedelta(seconds=20)
# Two renewals may be late or lost before a replica counts as gone.
REPLICA_LEASE_SECONDS: Final = 50.0
# Leases that were never seen renewed may be those of one process that restarts again and again.
MAX_UNPROVEN_REPLICAS: Final = 3
REPLICA_LEASE_PREFIX: Final = "replica "


@dataclass
class _ObservedLease:
    """A lease as it was seen last, since when, and whether it was ever seen renewed."""

    generation: int
    since: float
    is_proven: bool = False


class Replicas:
    """The replicas of one database as this process sees them."""

    def __init__(
        self, database: Database, *, owner: str, now: Callable[[], datetime], monotonic: Callable[[], float]
    ) -> None:
        self.database = database
        self.owner = owner
        self._now = now
        self._monotonic = monotonic
        self._others: dict[str, _ObservedLease] = {}
        self._looked_at: float | None = None
        self._renewed_at: float | None = None

    @property
    def has_lease(self) -> bool:
        """Whether other replicas can see that this one is alive."""
        return self._renewed_at is not None

    @property
    def count(self) -> int:
        """The replicas that share what one account allows: this one, and those not known to be gone."""
        proven = sum(one.is_proven for one in self._others.values())
        return 1 + proven + min(len(self._others) - proven, MAX_UNPROVEN_REPLICAS)

    def is_gone(self, owner: str) -> bool:
        """Whether a replica has certainly ended; False as long as that is unknown."""
        return self._looked_at is not None and owner != self.owner and owner not in self._others

    def age(self) -> int | None:
        """Return how many seconds ago the lease was renewed; None before the first time."""
        return None if self._renewed_at is None else int(self._monotonic() - self._renewed_at)

    async def renew(self) -> None:
        """Renew the lease of this replica, and read which others are alive; raises DatabaseUnavailable."""
        found = await self._renewed()
        now = self._monotonic()
        # A process that could not read the leases for a while cannot have seen one unrenewed.
        has_looked = self._looked_at is not None and now - self._looked_at < REPLICA_LEASE_SECONDS / 2
        self._others = {
            owner: self._as_seen(owner, generation, now, has_looked=has_looked) for owner, generation in found.items()
        }
        self._looked_at = self._renewed_at = now
        gone = {owner: one for owner, one in self._others.items() if now - one.since >= REPLICA_LEASE_SECONDS}
        if gone:
            self._others = {owner: one for owner, one in self._others.items() if owner not in gone}
            await self._remove({owner: one.generation for owner, one in gone.items()})

    def _as_seen(self, owner: str, generation: int, now: float, *, has_looked: bool) -> _ObservedLease:
        before = self._others.get(owner)
        if before is None:
            return _ObservedLease(generation, now)
        if before.generation != generation:
            return _ObservedLease(generation, now, is_proven=True)
        return before if has_looked else _ObservedLease(generation, now, is_proven=before.is_proven)

    @one_transaction
    async def _renewed(self, connection: AsyncConnection) -> dict[str, int]:
        """Renew, and return the generation of every other replica's lease."""
        name = REPLICA_LEASE_PREFIX + self.owner
        new = {"holder": self.owner, "renewed_at": self._now()}
        mine = update(leases).where(leases.c.name == name).values(generation=leases.c.generation + 1, **new)
        if (await connection.execute(mine.returning(leases.c.name))).first() is None:
            await insert_new(connection, leases, {"name": name, "generation": 0, **new})
        others = select(leases.c.holder, leases.c.generation).where(
            leases.c.name.startswith(REPLICA_LEASE_PREFIX), leases.c.holder != self.owner
        )
        return {row.holder: row.generation for row in await connection.execute(others)}

    @one_transaction
    async def _remove(self, connection: AsyncConnection, gone: dict[str, int]) -> None:
        """Delete the leases of replicas that are gone, unless one was renewed meanwhile."""
        unrenewed = [
            and_(leases.c.name == REPLICA_LEASE_PREFIX + owner, leases.c.generation == generation)
            for owner, generation in gone.items()
        ]
        await connection.execute(delete(leases).where(or_(*unrenewed)))
