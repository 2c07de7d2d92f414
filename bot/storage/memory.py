"""What the bot remembers from one day to the next, in the database: schedules as they were, and who took over."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bot.handoff.model import Takeover
from bot.oncall.schedule_changes import Snapshot
from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable
from bot.teams.access import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)

SCHEDULES: Final = "schedules"
TAKE_OVERS: Final = "take-overs"
# A team whose digests come once a week, and who was away for one, still has something to compare with.
KEPT: Final = timedelta(days=60)


@dataclass(frozen=True)
class ScheduleSnapshots:
    """The schedules as each digest saw them; a database that fails costs the comparison and nothing else."""

    notes: Notes

    async def snapshot_before(self, team: str, on: date) -> Snapshot | None:
        """Give the schedules as the team's last digest before a local date kept them."""
        try:
            body = await self.notes.last_before(team, SCHEDULES, on.isoformat())
            return Snapshot.from_json(json.loads(body)) if body else None
        except (DatabaseUnavailable, ValueError) as error:
            log.warning("schedules of the last digest not known", team=team, why=type(error).__name__)
            return None

    async def keep(self, team: str, on: date, seen: Snapshot, now: datetime) -> None:
        """Keep the schedules for the next digest; the first of a date stands."""
        try:
            await self.notes.first(team, SCHEDULES, on.isoformat(), json.dumps(seen.as_json()), now + KEPT)
        except DatabaseUnavailable as error:
            log.warning("schedules not kept", team=team, why=str(error))


@dataclass(frozen=True)
class ShiftTakeovers:
    """Who said that they have the pager: the first counts, on whichever replica they pressed."""

    notes: Notes

    async def take(self, shift: str, taken: Takeover) -> Takeover:
        """Note it unless somebody has already; give the one that counts. Raises DatabaseUnavailable."""
        team, _, name = shift.partition(" ")
        mine = _written(taken)
        counts = _read(await self.notes.first(team, TAKE_OVERS, name, mine, taken.at + KEPT))
        if taken.is_theirs and not counts.is_theirs:
            await self.notes.write(team, TAKE_OVERS, name, mine, taken.at + KEPT)
            return _read(mine)
        return counts


def _written(taken: Takeover) -> str:
    held = {"id": taken.person.id, "name": taken.person.name, "at": taken.at.isoformat(), "theirs": taken.is_theirs}
    return json.dumps(held)


def _read(body: str) -> Takeover:
    held = json.loads(body)
    person = SlackPerson(held["id"], held["name"], MemberStatus.MEMBER)
    return Takeover(person, datetime.fromisoformat(held["at"]), is_theirs=held.get("theirs", True))
