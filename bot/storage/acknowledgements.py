"""Who pressed Acknowledge in Slack, and in whose name Flashduty has the acknowledgement. One row for each incident."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import batched, is_kept, replace
from bot.storage.tables import acknowledgements
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class StoredPress:
    """A press of Acknowledge: `acknowledged_at` is Flashduty's time of the acknowledgement right after it."""

    slack_user_id: str
    slack_user_name: str
    acknowledged_at: datetime | None
    press: str
    """Identifies the press, so that of two by one person, on two replicas, one is the first; hashed when stored."""


@dataclass(frozen=True, kw_only=True)
class StoredAcknowledgement:
    """The stored acknowledgement of an incident; `press` is None when it was withdrawn."""

    incident_id: str
    press: str | None
    slack_user_id: str
    slack_user_name: str
    acknowledged_at: datetime | None
    person_id: int | None
    """The presser in Flashduty; 0 where that is not known, None where no attribution is stored."""
    owner_id: int | None
    """In whose name Flashduty has the acknowledgement."""
    put_there_at: datetime | None
    """When a press added the owner to the responders, though they were not paged."""


class AcknowledgementTable:
    """The acknowledgements of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def read(
        self, connection: AsyncConnection, team: str, incident_ids: Collection[str], now: datetime
    ) -> dict[str, StoredAcknowledgement]:
        """Return the stored acknowledgements of these incidents, by id."""
        found: dict[str, StoredAcknowledgement] = {}
        these = and_(acknowledgements.c.team == team, is_kept(acknowledgements, now))
        for some in batched(incident_ids):
            wanted = select(acknowledgements).where(these, acknowledgements.c.incident_id.in_(some))
            found |= {row.incident_id: _acknowledgement(row) for row in await connection.execute(wanted)}
        return found

    @one_transaction
    async def claim(
        self,
        connection: AsyncConnection,
        team: str,
        incident_id: str,
        pressed: StoredPress,
        *,
        stale: str | None,
        now: datetime,
        kept_until: datetime,
    ) -> StoredAcknowledgement | None:
        """Store a press unless another came first, on any replica; return that one, or None.

        `stale` is the `press` that was stored before the incident was found unacknowledged: it may be replaced.
        """
        press = key_fingerprint(pressed.press)
        values = {**asdict(pressed), "team": team, "incident_id": incident_id, "press": press, "kept_until": kept_until}
        is_over = acknowledgements.c.kept_until <= now
        # One that was withdrawn is free, also where that was stored only now.
        is_free = or_(acknowledgements.c.press.is_(None), acknowledgements.c.press == stale, is_over)
        if await replace(connection, acknowledgements, {**values, "person_id": None}, where=is_free):
            return None
        first = await _read(connection, team, incident_id)
        return None if first is None or first.press == press else first

    @one_transaction
    async def attribute(
        self,
        connection: AsyncConnection,
        team: str,
        incident_id: str,
        *,
        slack_user_id: str,
        person_id: int,
        owner_id: int,
        put_there_at: datetime | None,
    ) -> None:
        """Store in whose name Flashduty has an acknowledgement, unless another person has pressed since."""
        theirs = and_(_is_row(team, incident_id), acknowledgements.c.slack_user_id == slack_user_id)
        new = {"person_id": person_id, "owner_id": owner_id, "put_there_at": put_there_at}
        await connection.execute(update(acknowledgements).where(theirs).values(new))

    @one_transaction
    async def withdraw(self, connection: AsyncConnection, team: str, incident_id: str, *, press: str) -> None:
        """Store that an acknowledgement was withdrawn, unless another was made since.

        `press` is the one that was stored before. Who was added to the responders stays stored.
        """
        gone = {"press": None, "acknowledged_at": None}
        withdrawn = and_(_is_row(team, incident_id), acknowledgements.c.press == press)
        await connection.execute(update(acknowledgements).where(withdrawn).values(gone))

    @one_transaction
    async def pressed_by(
        self, connection: AsyncConnection, team: str, slack_user_id: str, now: datetime
    ) -> frozenset[str]:
        """Return the ids of the incidents whose stored press is this person's."""
        theirs = and_(acknowledgements.c.team == team, acknowledgements.c.slack_user_id == slack_user_id)
        wanted = select(acknowledgements.c.incident_id).where(theirs, is_kept(acknowledgements, now))
        return frozenset((await connection.execute(wanted)).scalars())


async def _read(connection: AsyncConnection, team: str, incident_id: str) -> StoredAcknowledgement | None:
    row = (await connection.execute(select(acknowledgements).where(_is_row(team, incident_id)))).one_or_none()
    return None if row is None else _acknowledgement(row)


def _is_row(team: str, incident_id: str) -> Any:  # noqa: ANN401 - a condition
    return and_(acknowledgements.c.team == team, acknowledgements.c.incident_id == incident_id)


def _acknowledgement(row: Row[Any]) -> StoredAcknowledgement:
    return StoredAcknowledgement(
        incident_id=row.incident_id,
        press=row.press,
        slack_user_id=row.slack_user_id,
        slack_user_name=row.slack_user_name,
        acknowledged_at=row.acknowledged_at,
        person_id=row.person_id,
        owner_id=row.owner_id,
        put_there_at=row.put_there_at,
    )
