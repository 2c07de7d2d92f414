"""Statements for all repositories, in the dialect of the database."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Table
from sqlalchemy.ext.asyncio import AsyncConnection

# SQLite takes some tens of thousands of values in a statement, PostgreSQL's drivers no more than 32,767.
MAX_BOUND_VALUES: Final = 1000

T = TypeVar("T")


async def insert_new(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False, and nothing is changed, when there is one of its key."""
    fresh = _insert(connection)(table).values(**values).on_conflict_do_nothing()
    return (await connection.execute(fresh.returning(*table.primary_key.columns))).first() is not None


async def replace(
    connection: AsyncConnection,
    table: Table,
    values: Mapping[str, Any],
    *,
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row in place of the one of its key, if there is one and `where` is true of it; False when it is not."""
    fresh = _insert(connection)(table).values(**values)
    keys = [column.name for column in table.primary_key.columns]
    new = {name: fresh.excluded[name] for name in values if name not in keys}
    whole = fresh.on_conflict_do_update(index_elements=keys, set_=new, where=where)
    return (await connection.execute(whole.returning(*table.primary_key.columns))).first() is not None


async def insert_or_change(
    connection: AsyncConnection,
    table: Table,
    rows: Collection[Mapping[str, Any]],
    *,
    changes: Callable[[Any], Mapping[str, Any]],
) -> None:
    """Insert rows; those of a key that is there are changed to what `changes` makes of the row that was to be inserted.

    Rows are locked in the order of their keys, so that replicas that write the same ones do not lock each other out.
    """
    keys = [column.name for column in table.primary_key.columns]
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in keys))
    for batch in batched(ordered, MAX_BOUND_VALUES // len(table.c)):
        fresh = _insert(connection)(table).values(batch)
        await connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=changes(fresh.excluded)))


def _insert(connection: AsyncConnection) -> Any:  # noqa: ANN401 - a function of either dialect
    """Return the INSERT with ON CONFLICT of the database's dialect, and import that dialect alone."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 2 MB where it is not used

        return postgresql.insert
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - same

    return sqlite.insert


def is_kept(table: Table, now: datetime) -> ColumnElement[bool]:
    """Exclude rows that have expired and that retention has not deleted yet."""
    kept: ColumnElement[bool] = table.c.kept_until > now
    return kept


def batched(values: Collection[T], size: int = MAX_BOUND_VALUES) -> Iterator[list[T]]:
    """Cut values into lists of at most `size`."""
    ordered = list(values)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
