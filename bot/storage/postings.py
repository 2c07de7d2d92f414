"""Messages that must be posted exactly once, a row each; every method is a transaction of its own."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, false, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new
from bot.storage.tables import postings
from bot.storage.transactions import Database, one_transaction

MAX_FAILED_POSTINGS: Final = 50


class PostingKind(StrEnum):
    """What a message is. The values are stored, and part of the metadata of messages in Slack."""

    DIGEST = "digest"
    DIGEST_ON_DEMAND = "digest_on_demand"
    REPORT = "report"
    REPORT_ON_DEMAND = "report_on_demand"
    CHART = "chart"
    """Of a report that came by itself."""
    CHART_ON_DEMAND = "chart_on_demand"
    SHIFT_NOTICE = "shift_notice"
    REMINDER = "reminder"
    USER_GROUP = "user_group"
    TOPIC = "topic"
    SCHEDULES = "schedules"
    CARD_REPLY = "card_reply"
    """In the thread of an incident's card."""
    CARD_MENTION = "card_mention"
    """Of those to whom an incident was just assigned, in one of three places."""
    CARD = "card"
    """Of an incident, in the channel of its team's cards."""
    STORM = "storm"
    """In place of many cards."""

    @property
    def is_on_demand(self) -> bool:
        """Whether a person waits for it in Slack; a chart is posted later."""
        return self in {PostingKind.DIGEST_ON_DEMAND, PostingKind.REPORT_ON_DEMAND}

    @property
    def regular(self) -> "PostingKind":
        """The kind of the same thing that comes by itself."""
        return _REGULAR.get(self, self)


_REGULAR: Final = {
    PostingKind.DIGEST_ON_DEMAND: PostingKind.DIGEST,
    PostingKind.REPORT_ON_DEMAND: PostingKind.REPORT,
    PostingKind.CHART_ON_DEMAND: PostingKind.CHART,
}


class PostingKey(NamedTuple):
    """What names a message: of a kind there is one for each team, subject and local date."""

    team: str
    kind: PostingKind
    local_date: date
    subject: str = ""
    """Distinguishes messages of a kind and date: compared as a whole, never parsed."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One row. Every change makes a new `generation`, so a change to a stale row changes nothing."""

    team: str
    kind: PostingKind
    subject: str
    local_date: date
    window_ends: datetime
    generation: int = 0
    owner: str | None = None
    attempts: int = 0
    next_attempt: datetime | None = None
    is_posting: bool = False
    is_done: bool = False
    is_reported: bool = False
    channel: str | None = None
    ts: str | None = None
    last_error: str | None = None
    person_id: int | None = None
    """Whom a reminder is for, in Flashduty."""

    @property
    def key(self) -> PostingKey:
        """What names the message."""
        return PostingKey(team=self.team, kind=self.kind, local_date=self.local_date, subject=self.subject)


class PostingTable:
    """The rows of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def get_or_add(
        self, connection: AsyncConnection, key: PostingKey, *, window_ends: datetime, person_id: int | None = None
    ) -> Posting:
        """Read a row, and create it if there is none."""
        found = await _read(connection, key)
        if found is not None:
            return found
        fresh = _new(key, window_ends=window_ends, person_id=person_id)
        await insert_new(connection, postings, _columns(fresh))
        return await _read(connection, key) or fresh

    @one_transaction
    async def change(self, connection: AsyncConnection, /, posting: Posting, **values: Any) -> Posting | None:  # noqa: ANN401 - fields of Posting
        """Change an undone row that is still as it was read; None, and nothing is changed, when it is not."""
        new = {**values, "generation": posting.generation + 1}
        same = and_(_is_row(posting.key), postings.c.generation == posting.generation, postings.c.is_done == false())
        changed = await connection.execute(update(postings).where(same).values(new).returning(postings))
        row = changed.one_or_none()
        return _posting(row) if row is not None else None

    @one_transaction
    async def mark_done(self, connection: AsyncConnection, key: PostingKey, *, channel: str, ts: str) -> None:
        """Store where the message is, whichever replica holds the row: what was posted stays posted."""
        done = update(postings).where(_is_row(key), postings.c.is_done == false())
        await connection.execute(
            done.values(
                generation=postings.c.generation + 1,
                is_done=true(),
                is_posting=false(),
                owner=None,
                channel=channel,
                ts=ts,
            )
        )

    @one_transaction
    async def mark_reported(self, connection: AsyncConnection, posting: Posting) -> bool:
        """Store that operators are alerted of a row that was not done in its time; False when that was stored before.

        Leaves the generation alone, so that a replica that works on the row is not disturbed.
        """
        open_row = and_(_is_row(posting.key), postings.c.is_reported == false(), postings.c.is_done == false())
        return await _reported(connection, open_row, is_reported=true())

    @one_transaction
    async def mark_missed(
        self, connection: AsyncConnection, key: PostingKey, *, window_ends: datetime, error: str
    ) -> bool:
        """Store that no replica began a posting in time; False when one did, or it was stored before."""
        row = _new(key, window_ends=window_ends, is_reported=True, last_error=error)
        if await insert_new(connection, postings, _columns(row)):
            return True
        untouched = and_(
            _is_row(key),
            postings.c.attempts == 0,
            postings.c.owner.is_(None),
            postings.c.is_done == false(),
            postings.c.is_reported == false(),
        )
        return await _reported(connection, untouched, is_reported=true(), last_error=error)

    @one_transaction
    async def find_done(self, connection: AsyncConnection, key: PostingKey) -> Posting | None:
        """Read a row if its message was posted."""
        found = await _read(connection, key)
        return found if found is not None and found.is_done else None

    @one_transaction
    async def list_begun(self, connection: AsyncConnection, keys: Collection[PostingKey]) -> frozenset[PostingKey]:
        """Return those of the messages that were posted, or that an attempt may have posted."""
        if not keys:
            return frozenset()
        subjects = {key.subject for key in keys}
        kinds, teams = {key.kind.value for key in keys}, {key.team for key in keys}
        wanted = and_(
            postings.c.team.in_(teams),
            postings.c.kind.in_(kinds),
            postings.c.subject.in_(subjects),
            or_(postings.c.is_done, postings.c.is_posting),
        )
        found = {_posting(row).key for row in await connection.execute(select(postings).where(wanted))}
        return frozenset(found & set(keys))

    @one_transaction
    async def list_failed(self, connection: AsyncConnection, ends_after: datetime) -> list[Posting]:
        """List the undone rows that failed and whose window ends after an instant, at most 50."""
        wanted = and_(
            postings.c.is_done == false(), postings.c.last_error.is_not(None), postings.c.window_ends > ends_after
        )
        return [
            _posting(row) for row in await connection.execute(select(postings).where(wanted).limit(MAX_FAILED_POSTINGS))
        ]

    @one_transaction
    async def list_unreported(self, connection: AsyncConnection, ended_before: datetime) -> list[Posting]:
        """List the rows that were not done before their window ended and were not reported to operators."""
        wanted = and_(
            postings.c.is_done == false(),
            postings.c.is_reported == false(),
            postings.c.window_ends < ended_before,
        )
        return [_posting(row) for row in await connection.execute(select(postings).where(wanted))]


async def _reported(connection: AsyncConnection, which: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 - columns
    changed = update(postings).where(which).values(values).returning(postings.c.team)
    return (await connection.execute(changed)).first() is not None


async def _read(connection: AsyncConnection, key: PostingKey) -> Posting | None:
    row = (await connection.execute(select(postings).where(_is_row(key)))).one_or_none()
    return _posting(row) if row is not None else None


def _is_row(key: PostingKey) -> ColumnElement[bool]:
    return and_(
        postings.c.team == key.team,
        postings.c.kind == key.kind.value,
        postings.c.subject == key.subject,
        postings.c.local_date == key.local_date,
    )


def _new(key: PostingKey, **values: Any) -> Posting:  # noqa: ANN401 - fields of Posting
    return Posting(team=key.team, kind=key.kind, subject=key.subject, local_date=key.local_date, **values)


def _posting(row: Row[Any]) -> Posting:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
    return Posting(**{**values, "kind": PostingKind(row.kind)})


def _columns(posting: Posting) -> dict[str, Any]:
    values = {field.name: getattr(posting, field.name) for field in fields(posting)}
    return {**values, "kind": posting.kind.value}
