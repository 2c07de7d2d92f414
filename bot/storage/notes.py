"""Notes: small things that outlive a process and hold on every replica, by team, kind and name."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Float, String, Table, Text, and_, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.postings import Store, UtcTime, ledger, metadata
from bot.storage.transactions import Database, one_transaction

# SQLite takes some tens of thousands of values in a statement, PostgreSQL's drivers no more than 32,767.
MOST_NAMES: Final = 1000

NAME_LENGTH: Final = 120
MINUTES: Final = "minute"
MINUTE_KEPT: Final = timedelta(hours=1)

notes: Final = Table(
    "notes",
    metadata,
    Column("team", String(60), primary_key=True),
    Column("kind", String(60), primary_key=True),
    Column("name", String(NAME_LENGTH), primary_key=True),
    Column("body", Text, nullable=False),
    Column("kept_until", UtcTime),
)

turns: Final = Table(
    "turns",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("free_at", Float, nullable=False),
)


@dataclass(frozen=True)
class Notes:
    """The notes of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    store: Store

    @property
    def database(self) -> Database:
        """Where the transactions are carried out."""
        return self.store.database

    @one_transaction
    async def first(  # noqa: PLR0917 - the columns
        self,
        connection: AsyncConnection,
        team: str,
        kind: str,
        name: str,
        body: str,
        kept_until: datetime | None = None,
    ) -> str:
        """Keep a note unless there is one of that name already; give the one that stands."""
        fresh = self.store.insert(notes).values(
            team=team, kind=kind, name=name, body=body, kept_until=kept_until
        ).on_conflict_do_nothing()  # fmt: skip
        await connection.execute(fresh)
        found = await connection.execute(select(notes.c.body).where(_is(team, kind, name)))
        return str(found.scalar_one())

    async def minute_is_mine(self, team: str, subject: str, owner: str, now: datetime) -> bool:
        """Take this minute's turn at something that every replica looks after; one of them gets it."""
        minute = now.replace(second=0, microsecond=0)
        name = f"{minute:%Y-%m-%d %H:%M} {subject}"[:NAME_LENGTH]
        return owner == await self.first(team, MINUTES, name, owner, minute + MINUTE_KEPT)

    @one_transaction
    async def write(  # noqa: PLR0917 - same
        self,
        connection: AsyncConnection,
        team: str,
        kind: str,
        name: str,
        body: str,
        kept_until: datetime | None = None,
    ) -> None:
        """Keep a note in place of the one there was of that name."""
        fresh = self.store.insert(notes).values(team=team, kind=kind, name=name, body=body, kept_until=kept_until)
        new = {"body": fresh.excluded.body, "kept_until": fresh.excluded.kept_until}
        keys = [notes.c.team, notes.c.kind, notes.c.name]
        await connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=new))

    @one_transaction
    async def read(
        self, connection: AsyncConnection, team: str, kind: str, names: Collection[str], now: datetime
    ) -> dict[str, str]:
        """Give the notes of these names that are still kept."""
        kept = or_(notes.c.kept_until.is_(None), notes.c.kept_until > now)
        these = and_(notes.c.team == team, notes.c.kind == kind, kept)
        found: dict[str, str] = {}
        for some in batched(names, MOST_NAMES):
            wanted = select(notes.c.name, notes.c.body).where(and_(these, notes.c.name.in_(some)))
            found |= {str(name): str(body) for name, body in await connection.execute(wanted)}
        return found

    @one_transaction
    async def all_of(self, connection: AsyncConnection, kind: str, now: datetime) -> list[tuple[str, str, str]]:
        """List the notes of a kind that are still kept, as team, name and body, at most 1,000."""
        kept = or_(notes.c.kept_until.is_(None), notes.c.kept_until > now)
        wanted = select(notes.c.team, notes.c.name, notes.c.body).where(and_(notes.c.kind == kind, kept))
        rows = await connection.execute(wanted.limit(MOST_NAMES))
        return [(str(team), str(name), str(body)) for team, name, body in rows]

    @one_transaction
    async def last_before(self, connection: AsyncConnection, team: str, kind: str, name: str) -> str | None:
        """Give the last note of a kind whose name comes before this one."""
        earlier = and_(notes.c.team == team, notes.c.kind == kind, notes.c.name < name)
        newest = select(notes.c.body).where(earlier).order_by(notes.c.name.desc()).limit(1)
        found = (await connection.execute(newest)).scalar_one_or_none()
        return None if found is None else str(found)

    @one_transaction
    async def drop(self, connection: AsyncConnection, team: str, kind: str, name: str) -> None:
        """Throw one note away; harmless when there is none."""
        await connection.execute(delete(notes).where(_is(team, kind, name)))

    @one_transaction
    async def clear_out(self, connection: AsyncConnection, now: datetime, ledger_before: datetime) -> int:
        """Delete the notes that are kept no longer and the ledger's rows whose window ended long ago; count them."""
        over = delete(notes).where(notes.c.kept_until < now).returning(notes.c.name)
        old = delete(ledger).where(ledger.c.window_ends < ledger_before).returning(ledger.c.kind)
        return len((await connection.execute(over)).all()) + len((await connection.execute(old)).all())

    @one_transaction
    async def book(
        self,
        connection: AsyncConnection,
        name: str,
        now: float,
        *,
        cost: float,
        burst: float = 0.0,
        longest: float = 60.0,
    ) -> float:
        """Take the next turn of a queue that all replicas stand in; give the seconds until it, or since it is free.

        A turn lasts `cost` seconds; a queue that was idle lets turns of `burst` seconds in all go at once; one of more
        than `longest` seconds begins anew. `now` is in Unix seconds.
        """
        await connection.execute(self._queue(name, now - burst))
        # Locks the row, so that replicas which ask together are given one turn after another.
        start = case((turns.c.free_at.between(now - burst, now + longest), turns.c.free_at), else_=now - burst)
        mine = update(turns).where(turns.c.name == name).values(free_at=start + cost)
        free_at: Any = (await connection.execute(mine.returning(turns.c.free_at))).scalar_one()
        return float(free_at) - cost - now

    def _queue(self, name: str, free_at: float) -> Any:  # noqa: ANN401 - an insert of either dialect
        return self.store.insert(turns).values(name=name, free_at=free_at).on_conflict_do_nothing()


def batched(names: Collection[str], size: int) -> Iterator[list[str]]:
    """Cut names into lists of at most `size`."""
    ordered = list(names)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))


def _is(team: str, kind: str, name: str) -> ColumnElement[bool]:
    return and_(notes.c.team == team, notes.c.kind == kind, notes.c.name == name)
