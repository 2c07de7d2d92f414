"""Take-overs of shifts: who confirmed to have the pager. The first one counts, on any replica."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, false, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new, replace
from bot.storage.tables import shift_takeovers
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class ShiftKey:
    """A shift of a schedule, by when it starts."""

    team: str
    schedule_id: int
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredTakeover:
    """Who took a shift over, and when; `is_theirs` when Flashduty pages them on it."""

    slack_user_id: str
    slack_user_name: str
    taken_at: datetime
    is_theirs: bool


class ShiftTakeoverTable:
    """The take-overs of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def take(
        self, connection: AsyncConnection, shift: ShiftKey, taken: StoredTakeover, *, kept_until: datetime
    ) -> tuple[StoredTakeover, StoredTakeover | None]:
        """Store a take-over unless there is one; return the one that counts, and the one before.

        A person whose shift it is replaces one whose shift it is not.
        """
        before = await _takeover(connection, shift)
        values = {**asdict(shift), **asdict(taken), "kept_until": kept_until}
        if taken.is_theirs:
            is_anothers = shift_takeovers.c.is_theirs == false()
            await replace(connection, shift_takeovers, values, where=is_anothers)
        else:
            await insert_new(connection, shift_takeovers, values)
        return await _takeover(connection, shift) or taken, before

    @one_transaction
    async def read(self, connection: AsyncConnection, shift: ShiftKey) -> StoredTakeover | None:
        """Return the take-over that counts; None when nobody has taken the shift over."""
        return await _takeover(connection, shift)

    @one_transaction
    async def read_all(
        self, connection: AsyncConnection, shifts: Collection[ShiftKey]
    ) -> Mapping[ShiftKey, StoredTakeover]:
        """Return the take-overs of these shifts, without those that nobody has taken over."""
        found = {shift: await _takeover(connection, shift) for shift in shifts}
        return {shift: taken for shift, taken in found.items() if taken is not None}


async def _takeover(connection: AsyncConnection, shift: ShiftKey) -> StoredTakeover | None:
    this = and_(
        shift_takeovers.c.team == shift.team,
        shift_takeovers.c.schedule_id == shift.schedule_id,
        shift_takeovers.c.starts_at == shift.starts_at,
    )
    row = (await connection.execute(select(shift_takeovers).where(this))).one_or_none()
    if row is None:
        return None
    return StoredTakeover(
        slack_user_id=row.slack_user_id,
        slack_user_name=row.slack_user_name,
        taken_at=row.taken_at,
        is_theirs=row.is_theirs,
    )
