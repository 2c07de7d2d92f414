"""Comments that are owed to the timelines of incidents. Each is claimed for every attempt to write it.

They lie in the outbox: the subject is the attempt of the audit trail, the number how often it was tried to write it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.outbox import OutboxKind
from bot.storage.statements import MAX_BOUND_VALUES, insert_new, is_kept
from bot.storage.tables import outbox
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class OwedComment:
    """A comment that was not written yet, as far as is known.

    `tries` says how often it was tried, `next_attempt` when it is tried next.
    """

    attempt_id: str
    team: str
    incident_id: str
    text: str
    created_at: datetime
    kept_until: datetime
    tries: int = 0
    next_attempt: datetime | None = None


class OwedComments:
    """The owed comments of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def due(self, connection: AsyncConnection, now: datetime, *, fresh: bool) -> list[OwedComment]:
        """List what was never tried, or with `fresh` False what was, and is to be tried again; the oldest first."""
        never = outbox.c.number == 0
        again = and_(outbox.c.number > 0, or_(outbox.c.next_attempt.is_(None), outbox.c.next_attempt <= now))
        wanted = select(outbox).where(_is_comment(), never if fresh else again, is_kept(outbox, now))
        rows = await connection.execute(wanted.order_by(outbox.c.created_at, outbox.c.subject).limit(MAX_BOUND_VALUES))
        return [_owed(row) for row in rows]

    @one_transaction
    async def claim(self, connection: AsyncConnection, owed: OwedComment, *, next_attempt: datetime) -> bool:
        """Count one more try before it is made; False when another replica makes it, or it is done."""
        taken = update(outbox).where(_is_comment(), outbox.c.subject == owed.attempt_id, outbox.c.number == owed.tries)
        changed = taken.values(number=owed.tries + 1, next_attempt=next_attempt).returning(outbox.c.number)
        return (await connection.execute(changed)).first() is not None

    @one_transaction
    async def drop(self, connection: AsyncConnection, attempt_id: str) -> None:
        """Delete a comment that was written, or never will be."""
        await connection.execute(delete(outbox).where(_is_comment(), outbox.c.subject == attempt_id))


async def put_comments(connection: AsyncConnection, comments: Iterable[OwedComment]) -> None:
    """Store comments that are owed, in the transaction of the caller."""
    for one in comments:
        row = {
            "kind": OutboxKind.TIMELINE_COMMENT.value,
            "subject": one.attempt_id,
            "number": one.tries,
            "team": one.team,
            "payload": {"incident_id": one.incident_id, "text": one.text},
            "created_at": one.created_at,
            "kept_until": one.kept_until,
        }
        await insert_new(connection, outbox, row)


def _is_comment() -> ColumnElement[bool]:
    return outbox.c.kind == OutboxKind.TIMELINE_COMMENT.value


def _owed(row: Row[Any]) -> OwedComment:
    return OwedComment(
        attempt_id=row.subject,
        team=row.team,
        incident_id=row.payload["incident_id"],
        text=row.payload["text"],
        created_at=row.created_at,
        kept_until=row.kept_until,
        tries=row.number,
        next_attempt=row.next_attempt,
    )
