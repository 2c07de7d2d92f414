"""The ledger's table and what is done with its rows, each a transaction of its own."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    Row,
    String,
    Table,
    and_,
    delete,
    false,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.columns import UtcTime
from bot.storage.database_errors import TROUBLE_LENGTH, DatabaseUnavailable
from bot.storage.tables import metadata
from bot.storage.transactions import Database, DatabaseState, one_transaction

__all__ = ["TROUBLE_LENGTH", "DatabaseUnavailable", "Posting", "PostingKey", "Store", "UtcTime", "ledger", "metadata"]

MOST_LISTED: Final = 50


ledger: Final = Table(
    "ledger",
    metadata,
    Column("team", String(60), primary_key=True),
    Column("kind", String(60), primary_key=True),
    Column("nominal", Date, key="local_date", primary_key=True),
    Column("window_ends", UtcTime, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("owner", String(80)),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", UtcTime),
    Column("is_posting", Boolean, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("is_reported", Boolean, nullable=False),
    Column("channel", String(40)),
    Column("ts", String(40)),
    Column("trouble", String(TROUBLE_LENGTH)),
)


class PostingKey(NamedTuple):
    """What a row of the ledger is about: a team, a kind of message and the local date it is for."""

    team: str
    kind: str
    local_date: date


@dataclass(frozen=True)
class Posting:
    """One row of the ledger. Every change makes a new `generation`, so a change to a stale row changes nothing."""

    team: str
    kind: str
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
    trouble: str | None = None

    @property
    def key(self) -> PostingKey:
        """What the row is about."""
        return PostingKey(self.team, self.kind, self.local_date)


class Store:
    """The tables; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.insert = database.insert

    @property
    def state(self) -> DatabaseState:
        """Tell whether the database does its work."""
        return self.database.state

    async def prove(self) -> None:
        """Find out whether rows can be written, and note it when they can again; raises DatabaseUnavailable.

        Writes nothing while all is well: what is asked is refused where nothing may be written, and touches no row.
        A disk that is full shows itself only when something is written, so the end of a trouble is proven by a row.
        """
        await (self._try_to_write() if self.state.since is None else self._write_and_delete())
        self.state.proven()

    @one_transaction
    async def _try_to_write(self, connection: AsyncConnection) -> None:
        await connection.execute(update(ledger).where(false()).values(generation=0))

    @one_transaction
    async def _write_and_delete(self, connection: AsyncConnection) -> None:
        row = Posting("", "proof", date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC), is_reported=True)
        await connection.execute(self.insert(ledger).values(_columns(row)).on_conflict_do_nothing())
        await connection.execute(delete(ledger).where(_is_row(row.key)))

    @one_transaction
    async def entry(self, connection: AsyncConnection, key: PostingKey, window_ends: datetime) -> Posting:
        """Read a row; the first to ask for it makes it."""
        found = await _read(connection, key)
        if found is not None:
            return found
        fresh = Posting(*key, window_ends)
        await connection.execute(self.insert(ledger).values(_columns(fresh)).on_conflict_do_nothing())
        return await _read(connection, key) or fresh

    @one_transaction
    async def change(self, connection: AsyncConnection, /, entry: Posting, **values: Any) -> Posting | None:  # noqa: ANN401 - fields of Entry
        """Change an undone row that is still as it was read; None, and nothing is changed, when it is not."""
        new = {**values, "generation": entry.generation + 1}
        same = and_(_is_row(entry.key), ledger.c.generation == entry.generation, ledger.c.is_done == false())
        changed = await connection.execute(update(ledger).where(same).values(new).returning(ledger))
        row = changed.one_or_none()
        return _entry(row) if row is not None else None

    @one_transaction
    async def mark_done(self, connection: AsyncConnection, key: PostingKey, channel: str, ts: str) -> None:
        """Note where the message is, whoever holds the row: what was posted stays posted."""
        done = update(ledger).where(_is_row(key), ledger.c.is_done == false())
        await connection.execute(
            done.values(
                generation=ledger.c.generation + 1,
                is_done=true(),
                is_posting=false(),
                owner=None,
                channel=channel,
                ts=ts,
            )
        )

    @one_transaction
    async def mark_reported(self, connection: AsyncConnection, entry: Posting) -> bool:
        """Note that somebody is told that a row was not done in its time; False when that was noted before.

        Leaves the generation alone: whoever may be at the row is not disturbed.
        """
        unheard = and_(_is_row(entry.key), ledger.c.is_reported == false(), ledger.c.is_done == false())
        told = await connection.execute(
            update(ledger).where(unheard).values(is_reported=true()).returning(ledger.c.team)
        )
        return told.first() is not None

    @one_transaction
    async def mark_missed(
        self, connection: AsyncConnection, key: PostingKey, window_ends: datetime, trouble: str
    ) -> bool:
        """Note that nobody began in time what a row is about; False when somebody did, or it was noted before."""
        row = Posting(*key, window_ends, is_reported=True, trouble=trouble)
        made = self.insert(ledger).values(_columns(row)).on_conflict_do_nothing().returning(ledger.c.team)
        if (await connection.execute(made)).first() is not None:
            return True
        untouched = and_(
            _is_row(key),
            ledger.c.attempts == 0,
            ledger.c.owner.is_(None),
            ledger.c.is_done == false(),
            ledger.c.is_reported == false(),
        )
        told = update(ledger).where(untouched).values(is_reported=true(), trouble=trouble).returning(ledger.c.team)
        return (await connection.execute(told)).first() is not None

    @one_transaction
    async def done(self, connection: AsyncConnection, key: PostingKey) -> Posting | None:
        """Read a row if what it is about was posted."""
        found = await _read(connection, key)
        return found if found is not None and found.is_done else None

    @one_transaction
    async def in_trouble(self, connection: AsyncConnection, ends_after: datetime) -> list[Posting]:
        """List the undone rows that failed and whose window ends after an instant, at most 50."""
        wanted = and_(ledger.c.is_done == false(), ledger.c.trouble.is_not(None), ledger.c.window_ends > ends_after)
        return [_entry(row) for row in await connection.execute(select(ledger).where(wanted).limit(MOST_LISTED))]

    @one_transaction
    async def unreported(self, connection: AsyncConnection, ended_before: datetime) -> list[Posting]:
        """List the rows that were not done before their window ended and of which nobody has been told."""
        wanted = and_(ledger.c.is_done == false(), ledger.c.is_reported == false(), ledger.c.window_ends < ended_before)
        return [_entry(row) for row in await connection.execute(select(ledger).where(wanted))]


async def _read(connection: AsyncConnection, key: PostingKey) -> Posting | None:
    row = (await connection.execute(select(ledger).where(_is_row(key)))).one_or_none()
    return _entry(row) if row is not None else None


def _is_row(key: PostingKey) -> ColumnElement[bool]:
    return and_(ledger.c.team == key.team, ledger.c.kind == key.kind, ledger.c.local_date == key.local_date)


def _entry(row: Row[Any]) -> Posting:
    values: list[Any] = list(row)
    return Posting(*values)


def _columns(entry: Posting) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)}
