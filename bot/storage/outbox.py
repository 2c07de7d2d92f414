"""Messages to be sent later: thread replies and charts of postings, and messages to operators.

The comments that are owed to Flashduty lie in the same table: see `bot.storage.audit.owed_comments`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.postings import PostingKey, PostingKind
from bot.storage.statements import MAX_BOUND_VALUES, insert_new, is_kept, replace
from bot.storage.tables import operator_alerts, outbox
from bot.storage.transactions import Database, one_transaction

MessagePayload = Mapping[str, Any]
"""A message as Slack takes it, rendered when it was stored."""


class OutboxKind(StrEnum):
    """The kind of message; the values are stored."""

    THREAD_REPLY = "thread_reply"
    CHART = "chart"
    OPERATOR_MESSAGE = "operator_message"
    TIMELINE_COMMENT = "timeline_comment"


@dataclass(frozen=True, kw_only=True)
class OutboxThread:
    """The messages for the thread of a posting, in their order."""

    posting: PostingKey
    messages: tuple[MessagePayload, ...]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class OutboxMessage:
    """A message that was not delivered to an operator yet. The messages of one alert differ by user alone."""

    alert_key: str
    number: int
    slack_user_id: str
    payload: MessagePayload
    created_at: datetime


class OutboxTable:
    """The outbox of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def put_thread(self, connection: AsyncConnection, owed: OutboxThread, *, kept_until: datetime) -> None:
        """Store the thread of a posting, and delete its earlier messages."""
        await connection.execute(delete(outbox).where(_is_of(OutboxKind.THREAD_REPLY, owed.posting)))
        for number, payload in enumerate(owed.messages, 1):
            row = _row(OutboxKind.THREAD_REPLY, owed.posting, created_at=owed.created_at, kept_until=kept_until)
            await replace(connection, outbox, {**row, "number": number, "payload": dict(payload)})

    @one_transaction
    async def thread(self, connection: AsyncConnection, posting: PostingKey, now: datetime) -> OutboxThread | None:
        """Return the messages for the thread of a posting."""
        wanted = select(outbox).where(_is_of(OutboxKind.THREAD_REPLY, posting), is_kept(outbox, now))
        rows = (await connection.execute(wanted.order_by(outbox.c.number))).all()
        if not rows:
            return None
        return OutboxThread(posting=posting, messages=tuple(row.payload for row in rows), created_at=rows[0].created_at)

    @one_transaction
    async def threads(
        self, connection: AsyncConnection, now: datetime, *, created_before: datetime
    ) -> list[PostingKey]:
        """List the postings whose thread was stored before an instant."""
        old = and_(outbox.c.kind == OutboxKind.THREAD_REPLY.value, outbox.c.number == 1)
        wanted = select(outbox).where(old, outbox.c.created_at <= created_before, is_kept(outbox, now))
        return [_posting_key(row) for row in await connection.execute(wanted.limit(MAX_BOUND_VALUES))]

    @one_transaction
    async def drop_thread(self, connection: AsyncConnection, posting: PostingKey) -> None:
        """Delete the messages for the thread of a posting."""
        await connection.execute(delete(outbox).where(_is_of(OutboxKind.THREAD_REPLY, posting)))

    @one_transaction
    async def put_chart(
        self, connection: AsyncConnection, posting: PostingKey, *, created_at: datetime, kept_until: datetime
    ) -> None:
        """Store that a report has no chart yet."""
        row = _row(OutboxKind.CHART, posting, created_at=created_at, kept_until=kept_until)
        await replace(connection, outbox, {**row, "number": 1})

    @one_transaction
    async def charts(self, connection: AsyncConnection, now: datetime) -> list[PostingKey]:
        """List the reports without their chart."""
        wanted = select(outbox).where(outbox.c.kind == OutboxKind.CHART.value, is_kept(outbox, now))
        return [_posting_key(row) for row in await connection.execute(wanted.limit(MAX_BOUND_VALUES))]

    @one_transaction
    async def drop_chart(self, connection: AsyncConnection, posting: PostingKey) -> None:
        """Delete the entry for a report's chart."""
        await connection.execute(delete(outbox).where(_is_of(OutboxKind.CHART, posting)))

    @one_transaction
    async def put_messages(
        self,
        connection: AsyncConnection,
        alert_key: str,
        *,
        payloads: Mapping[str, MessagePayload],
        created_at: datetime,
        kept_until: datetime,
    ) -> datetime:
        """Store the message of each operator, by their Slack id; return when.

        An alert that has some, or whose messages were all delivered, gets no others: two tasks may alert of one cause.
        """
        waiting = select(outbox.c.created_at).where(_is_alert(alert_key))
        alerted = select(operator_alerts.c.alerted_at).where(
            operator_alerts.c.alert_key == alert_key, is_kept(operator_alerts, created_at)
        )
        for earlier in (waiting, alerted):
            stored: datetime | None = (await connection.execute(earlier.limit(1))).scalar()
            if stored is not None:
                return stored
        for number, (user, payload) in enumerate(payloads.items(), 1):
            row = {
                "kind": OutboxKind.OPERATOR_MESSAGE.value,
                "subject": alert_key,
                "number": number,
                "slack_user_id": user,
                "payload": dict(payload),
                "created_at": created_at,
                "kept_until": kept_until,
            }
            await insert_new(connection, outbox, row)
        return created_at

    @one_transaction
    async def messages(
        self, connection: AsyncConnection, now: datetime, *, alert_key: str | None = None
    ) -> list[OutboxMessage]:
        """List the messages to operators, of one alert or of all, in the order in which they were stored."""
        these = _is_alert(alert_key) if alert_key else outbox.c.kind == OutboxKind.OPERATOR_MESSAGE.value
        wanted = select(outbox).where(these, is_kept(outbox, now))
        rows = await connection.execute(
            wanted.order_by(outbox.c.created_at, outbox.c.subject, outbox.c.number).limit(MAX_BOUND_VALUES)
        )
        return [
            OutboxMessage(
                alert_key=row.subject,
                number=row.number,
                slack_user_id=row.slack_user_id,
                payload=row.payload,
                created_at=row.created_at,
            )
            for row in rows
        ]

    @one_transaction
    async def drop_message(self, connection: AsyncConnection, owed: OutboxMessage) -> None:
        """Delete a message that was delivered."""
        await connection.execute(delete(outbox).where(_is_alert(owed.alert_key), outbox.c.number == owed.number))

    @one_transaction
    async def drop_messages(self, connection: AsyncConnection, alert_key: str) -> bool:
        """Delete the messages of an alert; False when there were none."""
        gone = delete(outbox).where(_is_alert(alert_key)).returning(outbox.c.number)
        return (await connection.execute(gone)).first() is not None


def _row(kind: OutboxKind, posting: PostingKey, *, created_at: datetime, kept_until: datetime) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "subject": _subject(posting),
        "team": posting.team,
        "posting_kind": posting.kind.value,
        "posting_subject": posting.subject,
        "local_date": posting.local_date,
        "created_at": created_at,
        "kept_until": kept_until,
    }


def _posting_key(row: Row[Any]) -> PostingKey:
    return PostingKey(
        team=row.team,
        kind=PostingKind(row.posting_kind),
        local_date=row.local_date,
        subject=row.posting_subject,
    )


def _subject(posting: PostingKey) -> str:
    """Return the key of a posting in one column; its fields are read from the columns beside it."""
    return key_fingerprint(repr((posting.team, posting.kind.value, posting.local_date.isoformat(), posting.subject)))


def _is_of(kind: OutboxKind, posting: PostingKey) -> ColumnElement[bool]:
    return and_(outbox.c.kind == kind.value, outbox.c.subject == _subject(posting))


def _is_alert(alert_key: str) -> ColumnElement[bool]:
    return and_(outbox.c.kind == OutboxKind.OPERATOR_MESSAGE.value, outbox.c.subject == alert_key)
