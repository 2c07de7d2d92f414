"""Bring the tables up to date, and read which migration they are at. The only importer of Alembic."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import column, table

from bot.storage.database_errors import database_exceptions
from bot.storage.engine.engines import engine_for
from bot.storage.engine.remedies import NewerSchemaError
from bot.storage.tables import metadata

MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"
# Replicas that start together wait for the first one's migration; a server that does not answer is given up sooner.
MIGRATION_TIMEOUT: Final = 20
CONNECT_TIMEOUT: Final = 8
# An arbitrary number that no other program should lock in the same database.
MIGRATION_LOCK: Final = 0x0F1A54D07

_VERSION: Final = table("alembic_version", column("version_num"))


async def migrate(url: URL) -> None:
    """Bring the tables up to date; replicas that start together do it one after another.

    Blocks the event loop where the tables are not up to date: only then Alembic is imported, which takes a tenth of the
    start-up time and 10 MB.
    """
    check_file_opens(url)
    engine = engine_for(url, CONNECT_TIMEOUT, MIGRATION_TIMEOUT)
    try:
        if url.get_backend_name() == "sqlite":
            await _write_ahead(engine)
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            if await schema_of(connection) == known_schemas()[0]:
                # Our tables may have been dropped without Alembic's own.
                await connection.run_sync(metadata.create_all)
            else:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def check_file_opens(url: URL) -> None:
    """Open an SQLite file and close it: when aiosqlite cannot open it, its thread outlives our loop."""
    if url.get_backend_name() == "sqlite":
        sqlite3.connect(str(url.database)).close()


async def _write_ahead(engine: AsyncEngine) -> None:
    """Allow readers beside one writer; the mode is stored in the file.

    SQLite does not wait for a lock when it changes the mode, so the loser of a race tries again.
    """
    until = asyncio.get_running_loop().time() + MIGRATION_TIMEOUT
    while True:
        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                driver: Any = raw.driver_connection
                async with driver.execute("PRAGMA journal_mode=WAL") as answer:
                    await answer.fetchall()
                return
        except database_exceptions() as error:
            if "locked" not in str(error) or asyncio.get_running_loop().time() > until:
                raise
        await asyncio.sleep(0.05)


async def schema_of(connection: AsyncConnection) -> str | None:
    """Read which migration the tables are at; raises NewerSchemaError for one that is not ours."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(_VERSION.name)):
        return None
    found = (await connection.execute(select(_VERSION.c.version_num))).scalars().first()
    newest, known = known_schemas()
    if found is not None and found not in known:
        raise NewerSchemaError(str(found), newest)
    return found


def known_schemas() -> tuple[str, frozenset[str]]:
    """Return the newest migration, and all of them: `m0001_ledger.py` is migration 0001, and so on."""
    known = sorted(file.name[1:5] for file in (MIGRATIONS / "versions").glob("m[0-9][0-9][0-9][0-9]_*.py"))
    return known[-1], frozenset(known)


def _alembic() -> Any:  # noqa: ANN401 - a class of a module that is loaded late
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above

    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
