"""Where the database is: opened for as long as the bot runs, or looked at."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from bot.storage.database_errors import DatabaseUnavailable, failures
from bot.storage.engine.engines import engine_for
from bot.storage.engine.migrate import CONNECT_SECONDS, known_schemas, migrate, open_once, schema_of
from bot.storage.engine.remedies import FolderMissingError, NewerSchemaError, cannot_be_used, wrong_address
from bot.storage.engine.sqlite_file import DatabaseFile, is_there_or_can_be_made, make_folder
from bot.storage.transactions import STATEMENT_TIMEOUT, Database, DatabaseState


@asynccontextmanager
async def open_database(address: str, state: DatabaseState | None = None) -> AsyncIterator[Database]:
    """Bring the database up to date, and hold it open until the block ends.

    `address` is a SQLAlchemy URL with an asynchronous driver. Raises DatabaseUnavailable with a sentence for the
    operator within half a minute, and can be cancelled before.
    """
    url = _url(address)
    await _explained(url, _make_folder_and_migrate)
    file = DatabaseFile(url)
    engine = engine_for(url, STATEMENT_TIMEOUT, STATEMENT_TIMEOUT)

    async def make() -> None:
        if file.is_replaced():
            file.drop_log()
        await _explained(url, migrate)
        file.look()

    database = Database(engine, state or DatabaseState(), is_replaced=file.is_replaced, make=make)
    try:
        yield database
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
    DatabaseUnavailable with a sentence for the operator.
    """
    url = _url(address)
    found: list[Seen] = []

    async def look(url: URL) -> None:
        found.append(await _look(url))

    await _explained(url, look)
    return found[0]


async def _look(url: URL) -> Seen:
    kind = url.get_backend_name()
    if kind == "sqlite" and not await asyncio.to_thread(is_there_or_can_be_made, url):
        return Seen(kind, None, is_up_to_date=False)
    open_once(url)
    engine = engine_for(url, CONNECT_SECONDS, STATEMENT_TIMEOUT)
    try:
        async with engine.connect() as connection, connection.begin() as transaction:
            schema = await schema_of(connection)
            await connection.execute(text("CREATE TABLE flashduty_bot_look (one INTEGER)"))
            await transaction.rollback()
        return Seen(kind, schema, is_up_to_date=schema == known_schemas()[0])
    finally:
        await engine.dispose()


def _url(address: str) -> URL:
    url = make_url(address)
    if (wrong := wrong_address(url)) is not None:
        raise DatabaseUnavailable(wrong)
    return url


async def _explained(url: URL, work: Callable[[URL], Awaitable[None]]) -> None:
    """Do work that may block, and raise DatabaseUnavailable with a sentence for what goes wrong."""
    outcome = await _in_a_thread(lambda: work(url))
    if outcome is None:
        return
    if isinstance(outcome, (*failures(), NewerSchemaError, FolderMissingError)):
        raise DatabaseUnavailable(cannot_be_used(outcome, url)) from None
    raise outcome


async def _in_a_thread(work: Callable[[], Awaitable[None]]) -> BaseException | None:
    """Do work in a thread with a loop of its own, and give what it raised.

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
