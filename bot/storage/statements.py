"""Statements that every repository needs, in the dialect of the database."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.transactions import Database

# SQLite takes some tens of thousands of values in a statement, PostgreSQL's drivers no more than 32,767.
MOST_VALUES: Final = 1000

T = TypeVar("T")


async def insert_new(database: Database, connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False, and nothing is changed, when there is one of its key."""
    fresh = database.insert(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return (await connection.execute(fresh)).first() is not None


async def replace(
    database: Database,
    connection: AsyncConnection,
    table: Table,
    values: Mapping[str, Any],
    *,
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row in place of the one of its key, if there is one and `where` is true of it; False when it is not."""
    fresh = database.insert(table).values(**values)
    keys = [column.name for column in table.primary_key.columns]
    new = {name: fresh.excluded[name] for name in values if name not in keys}
    whole = fresh.on_conflict_do_update(index_elements=keys, set_=new, where=where)
    return (await connection.execute(whole.returning(*table.primary_key.columns))).first() is not None


def is_kept(table: Table, now: datetime) -> ColumnElement[bool]:
    """Leave out rows whose time is over and which retention has not deleted yet."""
    kept: ColumnElement[bool] = table.c.kept_until > now
    return kept


def batched(values: Collection[T], size: int = MOST_VALUES) -> Iterator[list[T]]:
    """Cut values into lists of at most `size`."""
    ordered = list(values)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
