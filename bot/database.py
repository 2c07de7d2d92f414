"""Where the database is and how it is brought up to date: engines for SQLite and PostgreSQL, and the migrations."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import TROUBLE, Store, StoreUnavailable, in_words

MIGRATIONS: Final = Path(__file__).parent / "migrations"
# How long a statement may take, and how long SQLite waits for another writer.
STATEMENT_SECONDS: Final = 5
# Replicas that start together wait for the first one's migration.
MIGRATION_SECONDS: Final = 60
MOST_CONNECTIONS: Final = 5
# Any number will do as long as nobody else locks it in the same database.
MIGRATION_LOCK: Final = 0x0F1A54D07


@asynccontextmanager
async def open_store(address: str) -> AsyncIterator[Store]:
    """Bring the database up to date, and hold it open until the block ends; raises StoreUnavailable.

    `address` is a SQLAlchemy URL with an asynchronous driver.
    """
    url = make_url(address)
    await asyncio.to_thread(_make_folder, url)
    # In a thread with a loop of its own: Alembic reads files and loads modules.
    await asyncio.to_thread(_migrate_now, url)
    engine = _engine(url, STATEMENT_SECONDS)
    try:
        yield Store(engine)
    finally:
        await engine.dispose()


def _engine(url: URL, seconds: int) -> AsyncEngine:
    if url.get_backend_name() == "postgresql":
        limits = {"timeout": seconds, "command_timeout": seconds}
        return create_async_engine(
            url, connect_args=limits, pool_size=MOST_CONNECTIONS, pool_pre_ping=True, hide_parameters=True
        )
    engine = create_async_engine(url, connect_args={"timeout": seconds}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    # Python's own idea of when to begin is too late for a claim: see docs.sqlalchemy.org, "pysqlite", "SAVEPOINT".
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # The write lock at once: a transaction that first reads and then writes cannot wait for it, it fails.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _make_folder(url: URL) -> None:
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"the folder of the database file cannot be made: {error.strerror}") from None


def _migrate_now(url: URL) -> None:
    asyncio.run(migrate(url))


async def migrate(url: URL) -> None:
    """Bring the tables up to date; replicas that do it together do it one after another."""
    engine = _engine(url, MIGRATION_SECONDS)
    try:
        if url.get_backend_name() == "sqlite":
            await _write_ahead(engine)
        async with Store(engine).transaction() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def _write_ahead(engine: AsyncEngine) -> None:
    """Let readers and one writer work side by side; the file remembers it.

    SQLite does not wait for others when it changes the mode, so the loser of a race looks again.
    """
    for _ in range(MIGRATION_SECONDS * 20):
        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                driver: Any = raw.driver_connection
                async with driver.execute("PRAGMA journal_mode=WAL") as answer:
                    await answer.fetchall()
                return
        except TROUBLE as error:
            if "locked" not in str(error):
                raise StoreUnavailable(in_words(error)) from None
        await asyncio.sleep(0.05)
    raise StoreUnavailable("the database file stays locked")


def _upgrade(connection: Connection) -> None:
    # Imported where it is needed: in the migration's own thread, beside the start-up of everything else.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
