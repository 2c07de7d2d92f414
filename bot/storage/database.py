"""Open the database for as long as the bot runs, or inspect it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from bot.storage.database_errors import DatabaseUnavailable, database_exceptions
from bot.storage.engine.engines import engine_for
from bot.storage.engine.migrate import CONNECT_TIMEOUT, check_file_opens, known_schemas, migrate, schema_of
from bot.storage.engine.remedies import FolderMissingError, NewerSchemaError, address_problem, explain_database_error
from bot.storage.engine.sqlite_file import DatabaseFile, exists_or_can_be_created, make_folder
from bot.storage.transactions import STATEMENT_TIMEOUT, Database, DatabaseState


@asynccontextmanager
async def open_database(address: str, state: DatabaseState | None = None) -> AsyncIterator[Database]:
    """Bring the database up to date, and keep it open until the block ends.

    `address` is a SQLAlchemy URL with an asynchronous driver. Raises DatabaseUnavailable with a sentence for the
    operator within half a minute, and can be cancelled before.
    """
    url = _url(address)
    await _run_explained(url, _make_folder_and_migrate)
    file = DatabaseFile(url)
    engine = engine_for(url, STATEMENT_TIMEOUT, STATEMENT_TIMEOUT)

    async def make() -> None:
        if file.is_replaced():
            file.drop_log()
        await _run_explained(url, migrate)
        file.look()

    database = Database(engine, state or DatabaseState(), is_replaced=file.is_replaced, make=make)
    try:
        yield database
    finally:
        await database.close()


@dataclass(frozen=True)
class DatabaseInspection:
    """The state of a database; `schema` is the migration its tables are at, None when there are none yet."""

    kind: str
    schema: str | None
    is_up_to_date: bool


async def inspect_database(address: str) -> DatabaseInspection:
    """Inspect the database and change nothing: not even the file is created.

    Opens it, reads the schema's version and tries to write in a transaction that is rolled back. Raises
    DatabaseUnavailable with a sentence for the operator.
    """
    url = _url(address)
    found: list[DatabaseInspection] = []

    async def look(url: URL) -> None:
        found.append(await _inspect(url))

    await _run_explained(url, look)
    return found[0]


async def _inspect(url: URL) -> DatabaseInspection:
    kind = url.get_backend_name()
    if kind == "sqlite" and not await asyncio.to_thread(exists_or_can_be_created, url):
        return DatabaseInspection(kind, None, is_up_to_date=False)
    check_file_opens(url)
    engine = engine_for(url, CONNECT_TIMEOUT, STATEMENT_TIMEOUT)
    try:
        async with engine.connect() as connection, connection.begin() as transaction:
            schema = await schema_of(connection)
            await connection.execute(text("CREATE TABLE flashduty_bot_look (one INTEGER)"))
            await transaction.rollback()
        return DatabaseInspection(kind, schema, is_up_to_date=schema == known_schemas()[0])
    finally:
        await engine.dispose()


def _url(address: str) -> URL:
    url = make_url(address)
    if (wrong := address_problem(url)) is not None:
        raise DatabaseUnavailable(wrong)
    return url


async def _run_explained(url: URL, work: Callable[[URL], Awaitable[None]]) -> None:
    """Do work that may block, and turn errors into DatabaseUnavailable with a sentence for the operator."""
    outcome = await _in_a_thread(lambda: work(url))
    if outcome is None:
        return
    if isinstance(outcome, (*database_exceptions(), NewerSchemaError, FolderMissingError)):
        raise DatabaseUnavailable(explain_database_error(outcome, url)) from None
    raise outcome


async def _in_a_thread(work: Callable[[], Awaitable[None]]) -> BaseException | None:
    """Do work in a thread with a loop of its own, and return the exception it raised.

    The thread delays neither a caller that is cancelled nor the end of the process.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[BaseException | None] = loop.create_future()

    def finish(outcome: BaseException | None) -> None:
        if not ended.done():
            ended.set_result(outcome)

    async def gathered() -> BaseException | None:
        (outcome,) = await asyncio.gather(work(), return_exceptions=True)
        return outcome

    def run() -> None:
        outcome = asyncio.run(gathered())
        # The loop that started it may be closed by now.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finish, outcome)

    threading.Thread(target=run, name="database", daemon=True).start()
    return await ended


async def _make_folder_and_migrate(url: URL) -> None:
    make_folder(url)
    await migrate(url)
