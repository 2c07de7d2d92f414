"""The schedules as each digest saw them, for the comparison in the next one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new
from bot.storage.tables import schedule_snapshots
from bot.storage.transactions import Database, one_transaction


class ScheduleSnapshotTable:
    """The snapshots of all teams, as documents; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def last_before(self, connection: AsyncConnection, team: str, local_date: date) -> object:
        """Return the last snapshot before a local date; None when there is none."""
        earlier = select(schedule_snapshots.c.snapshot).where(
            schedule_snapshots.c.team == team, schedule_snapshots.c.local_date < local_date
        )
        newest = earlier.order_by(schedule_snapshots.c.local_date.desc()).limit(1)
        return (await connection.execute(newest)).scalar_one_or_none()

    @one_transaction
    async def add(
        self,
        connection: AsyncConnection,
        team: str,
        local_date: date,
        snapshot: dict[str, Any],
        *,
        kept_until: datetime,
    ) -> None:
        """Store the snapshot of a local date; the first one stands."""
        row = {"team": team, "local_date": local_date, "snapshot": snapshot, "kept_until": kept_until}
        await insert_new(connection, schedule_snapshots, row)
