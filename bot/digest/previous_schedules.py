"""The schedules of a team's last digest, kept to tell what has changed since."""

from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bot.oncall.schedule_changes import Snapshot
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.schedule_snapshots import ScheduleSnapshotTable

log = structlog.get_logger(__name__)

# A team whose digests come once a week, and who was away for one, still has something to compare with.
SNAPSHOT_RETENTION: Final = timedelta(days=60)


class PreviousSchedules:
    """The schedules as each digest saw them; a database that fails costs the comparison and nothing else."""

    def __init__(self, table: ScheduleSnapshotTable) -> None:
        self._table = table

    async def snapshot_before(self, team: str, on: date) -> Snapshot | None:
        """Return the schedules as the team's last digest before a local date saw them."""
        try:
            document = await self._table.last_before(team, on)
            return Snapshot.from_json(document) if document is not None else None
        except (DatabaseUnavailable, ValueError) as error:
            log.warning("digest.snapshot_lookup_failed", team=team, why=type(error).__name__)
            return None

    async def keep(self, team: str, on: date, seen: Snapshot, *, now: datetime) -> None:
        """Store the schedules for the next digest; the first of a date stands."""
        try:
            await self._table.add(team, on, seen.as_json(), kept_until=now + SNAPSHOT_RETENTION)
        except DatabaseUnavailable as error:
            log.warning("digest.snapshot_not_stored", team=team, why=str(error))
