"""The schedules of a team's last digest, stored to compare the next one's with."""

from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bot.oncall.schedule_changes import Snapshot
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.oncall.schedule_snapshots import ScheduleSnapshotTable

log = structlog.get_logger(__name__)

# A team with a weekly digest, one of which was not posted, still has schedules to compare with.
SNAPSHOT_RETENTION: Final = timedelta(days=60)


class PreviousSchedules:
    """The schedules at each digest; if the database fails, only the comparison is left out."""

    def __init__(self, table: ScheduleSnapshotTable) -> None:
        self._table = table

    async def snapshot_before(self, team: str, on: date) -> Snapshot | None:
        """Return the schedules at the team's last digest before a local date."""
        try:
            document = await self._table.last_before(team, on)
            return Snapshot.from_json(document) if document is not None else None
        except (DatabaseUnavailable, ValueError) as error:
            log.warning("digest.snapshot_lookup_failed", team=team, why=type(error).__name__)
            return None

    async def keep(self, team: str, on: date, seen: Snapshot, *, now: datetime) -> None:
        """Store the schedules for the next digest, unless those of the date are stored."""
        try:
            await self._table.add(team, on, seen.as_json(), kept_until=now + SNAPSHOT_RETENTION)
        except DatabaseUnavailable as error:
            log.warning("digest.snapshot_not_stored", team=team, why=str(error))
