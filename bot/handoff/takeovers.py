"""Who pressed "I have it" for a shift, stored for all replicas."""

from datetime import datetime, timedelta
from typing import Final

from bot.handoff.model import Takeover
from bot.storage.oncall.shift_takeovers import ShiftKey, ShiftTakeoverTable, StoredTakeover
from bot.teams.team import MemberStatus, SlackPerson

# As long as the button can be pressed.
TAKEOVER_RETENTION: Final = timedelta(days=60)


class Takeovers:
    """The takeovers of all teams: the first counts, on whichever replica the button was pressed."""

    def __init__(self, table: ShiftTakeoverTable) -> None:
        self._table = table

    async def take(self, team: str, taken: Takeover, *, schedule_id: int, starts_at: datetime) -> Takeover:
        """Store a takeover of a shift unless there is one; return the one that counts.

        A person whose shift it is replaces one whose shift it is not. Raises DatabaseUnavailable.
        """
        mine = StoredTakeover(
            slack_user_id=taken.person.id,
            slack_user_name=taken.person.name,
            taken_at=taken.at,
            is_theirs=taken.is_theirs,
        )
        shift = ShiftKey(team=team, schedule_id=schedule_id, starts_at=starts_at)
        return _takeover(await self._table.take(shift, mine, kept_until=taken.at + TAKEOVER_RETENTION))

    async def of(self, team: str, *, schedule_id: int, starts_at: datetime) -> Takeover | None:
        """Return the takeover of a shift that counts; None when nobody has taken it. Raises DatabaseUnavailable."""
        stored = await self._table.read(ShiftKey(team=team, schedule_id=schedule_id, starts_at=starts_at))
        return None if stored is None else _takeover(stored)


def _takeover(stored: StoredTakeover) -> Takeover:
    person = SlackPerson(stored.slack_user_id, stored.slack_user_name, MemberStatus.MEMBER)
    return Takeover(person, stored.taken_at, is_theirs=stored.is_theirs)
