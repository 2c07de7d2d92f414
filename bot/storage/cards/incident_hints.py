"""Hints: which incidents may have changed, whoever noticed it, until the replica that leads the cards has looked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import MAX_BOUND_VALUES, insert_or_change
from bot.storage.tables import incident_hints
from bot.storage.transactions import Database, one_transaction

# In place of an incident's id: any incident of the team may have changed.
ANY_INCIDENT: Final = ""


@dataclass(frozen=True, kw_only=True)
class StoredHint:
    """One row. Hinting at the same incident again makes a new `generation`, and leaves `hinted_at`.

    `is_urgent` when a person waits for the card to change.
    """

    team: str
    incident_id: str
    hinted_at: datetime
    generation: int = 0
    is_urgent: bool = False


class IncidentHintTable:
    """The hints of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def put(self, connection: AsyncConnection, hints: Iterable[StoredHint]) -> None:
        """Store hints, one for each team and incident, each as a new generation."""
        rows = {(hint.team, hint.incident_id): hint for hint in sorted(hints, key=lambda hint: hint.is_urgent)}
        await insert_or_change(
            connection,
            incident_hints,
            [_columns(hint) for hint in rows.values()],
            changes=lambda new: {
                "generation": incident_hints.c.generation + 1,
                "is_urgent": or_(incident_hints.c.is_urgent, new.is_urgent),
            },
        )

    @one_transaction
    async def take(self, connection: AsyncConnection, team: str, limit: int = MAX_BOUND_VALUES) -> list[StoredHint]:
        """List the hints of a team, the urgent ones first, then the oldest; they stay until they are dropped."""
        first = (incident_hints.c.is_urgent.desc(), incident_hints.c.hinted_at, incident_hints.c.incident_id)
        wanted = select(incident_hints).where(incident_hints.c.team == team).order_by(*first).limit(limit)
        return [StoredHint(**row._mapping) for row in await connection.execute(wanted)]  # noqa: SLF001 - SQLAlchemy's documented name

    @one_transaction
    async def hinted_teams(self, connection: AsyncConnection) -> frozenset[str]:
        """Return the teams that have hints."""
        return frozenset((await connection.execute(select(incident_hints.c.team).distinct())).scalars())

    @one_transaction
    async def drop(self, connection: AsyncConnection, hints: Collection[StoredHint]) -> None:
        """Delete the hints that are still as they were taken."""
        if hints:
            await connection.execute(_DROP, [_as_taken(hint) for hint in hints])


# A row that was deleted and made again begins with the same generation. One statement for all: a condition with all
# hints in it would be compiled anew each time, for a millisecond a hint.
_DROP: Final = delete(incident_hints).where(
    incident_hints.c.team == bindparam("of_team"),
    incident_hints.c.incident_id == bindparam("of_incident"),
    incident_hints.c.generation == bindparam("as_taken"),
    incident_hints.c.hinted_at == bindparam("taken_at"),
)


def _as_taken(hint: StoredHint) -> dict[str, object]:
    return {
        "of_team": hint.team,
        "of_incident": hint.incident_id,
        "as_taken": hint.generation,
        "taken_at": hint.hinted_at,
    }


def _columns(hint: StoredHint) -> dict[str, object]:
    return {
        "team": hint.team,
        "incident_id": hint.incident_id,
        "hinted_at": hint.hinted_at,
        "generation": 0,
        "is_urgent": hint.is_urgent,
    }
