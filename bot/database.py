"""Where the database is and how it is brought up to date: engines for SQLite and PostgreSQL, and the migrations."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Connection, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql import column, table

from bot.database_words import FolderMissingError, NewerSchemaError, cannot_be_used, wrong_address
from bot.store import Store, metadata
from bot.transactions import (
    PLACES,
    STATEMENT_SECONDS,
    TROUBLE,
    Database,
    DatabaseState,
    StoreUnavailable,
    give_up_connections,
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"
# Replicas that start together wait for the first one's migration; a server that does not answer is given up sooner.
MIGRATION_SECONDS: Final = 20
CONNECT_SECONDS: Final = 8
# Kept open while they are idle; more come and go.
IDLE_CONNECTIONS: Final = 5
# Any number will do as long as nobody else locks it in the same database.
MIGRATION_LOCK: Final = 0x0F1A54D07
FAILURES: Final = (*TROUBLE, NewerSchemaError, FolderMissingError)

# A file by its device and its number there.
Number = tuple[int, int]

_VERSION: Final = table("alembic_version", column("version_num"))


@asynccontextmanager
async def open_store(address: str, state: DatabaseState | None = None) -> AsyncIterator[Store]:
    """Bring the database up to date, and hold it open until the block ends.

    `address` is a SQLAlchemy URL with an asynchronous driver. Raises StoreUnavailable with a sentence for the operator
    within half a minute, and can be cancelled before.
    """
    url = _url(address)
    await _explained(url, _make_folder_and_migrate)
    file = _File(url)
    engine = _engine(url, STATEMENT_SECONDS, STATEMENT_SECONDS)

    async def make() -> None:
        if file.is_replaced():
            file.drop_log()
        await _explained(url, migrate)
        file.look()

    database = Database(engine, state or DatabaseState(), is_replaced=file.is_replaced, make=make)
    try:
        yield Store(database)
    finally:
        await database.close()


@dataclass(frozen=True)
class Seen:
    """What a look at the database found; `schema` is the migration its tables are at, None when there are none yet."""

    kind: str
    schema: str | None
    is_up_to_date: bool


async def look_at(address: str) -> Seen:
    """Look at the database and change nothing: not even the file is made.

    Opens it, reads the schema's version and tries to write in a transaction that is rolled back. Raises
    StoreUnavailable with a sentence for the operator.
    """
    url = _url(address)
    found: list[Seen] = []

    async def look(url: URL) -> None:
        found.append(await _look(url))

    await _explained(url, look)
    return found[0]


async def _look(url: URL) -> Seen:
    kind = url.get_backend_name()
    if kind == "sqlite" and not await asyncio.to_thread(_is_there_or_can_be_made, url):
        return Seen(kind, None, is_up_to_date=False)
    _open_once(url)
    engine = _engine(url, CONNECT_SECONDS, STATEMENT_SECONDS)
    try:
        async with engine.connect() as connection, connection.begin() as transaction:
            schema = await _schema(connection)
            await connection.execute(text("CREATE TABLE flashduty_bot_look (one INTEGER)"))
            await transaction.rollback()
        return Seen(kind, schema, is_up_to_date=schema == _known()[0])
    finally:
        await engine.dispose()


def _is_there_or_can_be_made(url: URL) -> bool:
    """Tell whether the file is there; raises FolderMissingError when it is not and cannot be made."""
    path = Path(str(url.database)).absolute()
    if path.exists():
        return True
    folder = next(parent for parent in path.parents if parent.exists())
    try:
        # Rights alone do not tell: root has all of them, also where nothing can be made.
        with TemporaryDirectory(prefix=".flashduty-bot-", dir=folder):
            return False
    except OSError as error:
        raise FolderMissingError(path.parent, error.strerror or type(error).__name__) from None


def _url(address: str) -> URL:
    url = make_url(address)
    if (wrong := wrong_address(url)) is not None:
        raise StoreUnavailable(wrong)
    return url


async def _explained(url: URL, work: Callable[[URL], Awaitable[None]]) -> None:
    """Do work that may block, and raise StoreUnavailable with a sentence for what goes wrong."""
    outcome = await _in_a_thread(lambda: work(url))
    if isinstance(outcome, FAILURES):
        raise StoreUnavailable(cannot_be_used(outcome, url)) from None
    if outcome is not None:
        raise outcome


async def _in_a_thread(work: Callable[[], Awaitable[None]]) -> BaseException | None:
    """Do work in a thread with a loop of its own, and give what it raised.

    The thread holds nobody up: not whoever is cancelled, nor the end of the process.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[BaseException | None] = loop.create_future()

    def tell(outcome: BaseException | None) -> None:
        if not ended.done():
            ended.set_result(outcome)

    async def gathered() -> BaseException | None:
        (outcome,) = await asyncio.gather(work(), return_exceptions=True)
        return outcome

    def run() -> None:
        outcome = asyncio.run(gathered())
        # Whoever started it may have ended since.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, outcome)

    threading.Thread(target=run, name="database", daemon=True).start()
    return await ended


def _engine(url: URL, connect_seconds: int, statement_seconds: int) -> AsyncEngine:
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": IDLE_CONNECTIONS,
        "max_overflow": PLACES - IDLE_CONNECTIONS,
        "pool_timeout": statement_seconds,
    }
    if url.get_backend_name() == "postgresql":
        limits = {"timeout": connect_seconds, "command_timeout": statement_seconds}
        engine = create_async_engine(url, connect_args=limits, pool_pre_ping=True, **shared)
    else:
        engine = create_async_engine(url, connect_args={"timeout": statement_seconds}, **shared)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "handle_error", give_up_connections)
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


class _File:
    """The file of an SQLite database, told by its number: one that is deleted or replaced keeps its connections."""

    def __init__(self, url: URL) -> None:
        self._path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self._log = Path(f"{self._path}-wal")
        self._index = Path(f"{self._path}-shm")
        self._seen: Number | None = None
        self._log_seen: Number | None = None
        self.look()

    def look(self) -> None:
        """Take the file that is there now for the right one."""
        if self._path is not None:
            self._seen, self._log_seen = _number(self._path, self._seen), _number(self._log, self._log_seen)

    def is_replaced(self) -> bool:
        """Tell whether the file is gone, or another than before."""
        if self._path is None:
            return False
        if _number(self._path, self._seen) != self._seen:
            return True
        self.look()
        return False

    def drop_log(self) -> None:
        """Delete the write-ahead log of the file that is gone: SQLite finds it by its name, and would read it again.

        Call it when every connection is closed. Source: sqlite.org/howtocorrupt.html, 1.4 and 2.5.
        """
        if self._path is not None and self._log_seen is not None and _number(self._log, None) == self._log_seen:
            for path in (self._log, self._index):
                path.unlink(missing_ok=True)


def _number(path: Path, unknown: Number | None) -> Number | None:
    """Tell which file is at a path: None for none, `unknown` when that cannot be found out now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        return unknown
    return found.st_dev, found.st_ino


def _make_folder(url: URL) -> None:
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderMissingError(folder, error.strerror or type(error).__name__) from None


async def _make_folder_and_migrate(url: URL) -> None:
    _make_folder(url)
    await migrate(url)


async def migrate(url: URL) -> None:
    """Bring the tables up to date; replicas that do it together do it one after another.

    Blocks the event loop: Alembic reads files and loads modules.
    """
    _open_once(url)
    engine = _engine(url, CONNECT_SECONDS, MIGRATION_SECONDS)
    try:
        if url.get_backend_name() == "sqlite":
            await _write_ahead(engine)
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            was_up_to_date = await _schema(connection) == _known()[0]
            await connection.run_sync(_upgrade)
            if was_up_to_date:
                # Who dropped our tables may have left the migrations' own.
                await connection.run_sync(metadata.create_all)
    finally:
        await engine.dispose()


def _open_once(url: URL) -> None:
    """Open an SQLite file and close it: aiosqlite leaves a thread behind that outlives our loop when it cannot."""
    if url.get_backend_name() == "sqlite":
        sqlite3.connect(str(url.database)).close()


async def _write_ahead(engine: AsyncEngine) -> None:
    """Let readers and one writer work side by side; the file remembers it.

    SQLite does not wait for others when it changes the mode, so the loser of a race looks again.
    """
    until = asyncio.get_running_loop().time() + MIGRATION_SECONDS
    while True:
        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                driver: Any = raw.driver_connection
                async with driver.execute("PRAGMA journal_mode=WAL") as answer:
                    await answer.fetchall()
                return
        except TROUBLE as error:
            if "locked" not in str(error) or asyncio.get_running_loop().time() > until:
                raise
        await asyncio.sleep(0.05)


async def _schema(connection: AsyncConnection) -> str | None:
    """Read which migration the tables are at; raises NewerSchemaError for one that is not ours."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(_VERSION.name)):
        return None
    found = (await connection.execute(select(_VERSION.c.version_num))).scalars().first()
    newest, known = _known()
    if found is not None and found not in known:
        raise NewerSchemaError(str(found), newest)
    return found


def _known() -> tuple[str, frozenset[str]]:
    """Give the newest of our migrations, and all of them."""
    # Imported where it is needed: in the migration's own thread, beside the start-up of everything else.
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    scripts = ScriptDirectory.from_config(_alembic())
    return str(scripts.get_current_head()), frozenset(one.revision for one in scripts.walk_revisions())


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
