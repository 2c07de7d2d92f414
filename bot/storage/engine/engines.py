"""Engines for SQLite and PostgreSQL, with their time-outs and pool sizes."""

from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage.database_errors import discard_connections
from bot.storage.transactions import MAX_TRANSACTIONS

# Kept open while they are idle; further connections are closed after use.
IDLE_CONNECTIONS: Final = 5


def engine_for(url: URL, connect_seconds: int, statement_seconds: int) -> AsyncEngine:
    """Make an engine; SQLite has nothing to connect to, and waits for a lock as long as for a statement."""
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": IDLE_CONNECTIONS,
        "max_overflow": MAX_TRANSACTIONS - IDLE_CONNECTIONS,
        "pool_timeout": statement_seconds,
    }
    if url.get_backend_name() == "postgresql":
        limits = {"timeout": connect_seconds, "command_timeout": statement_seconds}
        engine = create_async_engine(url, connect_args=limits, pool_pre_ping=True, **shared)
    else:
        engine = create_async_engine(url, connect_args={"timeout": statement_seconds}, **shared)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "handle_error", discard_connections)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    # sqlite3 begins a transaction too late for a claim: see docs.sqlalchemy.org, "pysqlite", "SAVEPOINT".
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # The write lock at once: a transaction that first reads and then writes cannot wait for it, it fails.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
