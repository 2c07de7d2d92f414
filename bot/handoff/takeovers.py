"""Who pressed "I have it" for a shift, stored for all replicas."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

import structlog

from bot.handoff.model import ShiftId, Takeover
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.oncall.shift_takeovers import ShiftKey, ShiftTakeoverTable, StoredTakeover
from bot.teams.team import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)

# As long as the button can be pressed.
TAKEOVER_RETENTION: Final = timedelta(days=60)


class Takeovers:
    """The takeovers of all teams: the first counts, on whichever replica the button was pressed."""

    def __init__(self, table: ShiftTakeoverTable) -> None:
        self._table = table

    async def take(self, team: str, shift: ShiftId, taken: Takeover) -> tuple[Takeover, Takeover | None]:
        """Store a takeover of a shift unless there is one; return the one that counts, and the one before.

        A person whose shift it is replaces one whose shift it is not. Raises DatabaseUnavailable.
        """
        mine = StoredTakeover(
            slack_user_id=taken.person.id,
            slack_user_name=taken.person.name,
            taken_at=taken.at,
            is_theirs=taken.is_theirs,
        )
        counts, before = await self._table.take(_key(team, shift), mine, kept_until=taken.at + TAKEOVER_RETENTION)
        return _takeover(counts), None if before is None else _takeover(before)

    async def of(self, team: str, shift: ShiftId) -> Takeover | None:
        """Return the takeover of a shift that counts; None when nobody has taken it. Raises DatabaseUnavailable."""
        stored = await self._table.read(_key(team, shift))
        return None if stored is None else _takeover(stored)

    async def of_shifts(self, team: str, shifts: Collection[ShiftId]) -> Mapping[ShiftId, Takeover]:
        """Return the takeovers of these shifts, for a message that can do without: none without the database."""
        if not shifts:
            return {}
        try:
            found = await self._table.read_all([_key(team, shift) for shift in shifts])
        except DatabaseUnavailable as error:
            log.warning("takeovers.not_read", team=team, why=str(error))
            return {}
        return {ShiftId(key.schedule_id, key.starts_at): _takeover(stored) for key, stored in found.items()}


def _key(team: str, shift: ShiftId) -> ShiftKey:
    return ShiftKey(team=team, schedule_id=shift.schedule_id, starts_at=shift.starts_at)


def _takeover(stored: StoredTakeover) -> Takeover:
    person = SlackPerson(stored.slack_user_id, stored.slack_user_name, MemberStatus.MEMBER)
    return Takeover(person, stored.taken_at, is_theirs=stored.is_theirs)
