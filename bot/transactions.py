"""Carries out work in transactions, on a database that may be slow, go away and come back without a restart.

Nobody who waits can be held up by the database: whoever gives up stops waiting at once, and the transaction goes on to
its own end. A statement that waits in the driver's thread cannot be cancelled, and cancelling one on its way to
PostgreSQL would leave open what it did.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

import asyncpg
import structlog
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.trail import Party, asking

log = structlog.get_logger(__name__)

TROUBLE_LENGTH: Final = 200
# How long a statement may take, and how long SQLite waits for another writer.
STATEMENT_SECONDS: Final = 5
# How long anybody waits: for a place, a connection and a statement.
WAIT_SECONDS: Final = 8.0
# What nobody waits for any more is cut off after this, for the sake of its place.
LONGEST_SECONDS: Final = 30.0
# So many transactions at a time, each with a connection, on SQLite with a thread.
PLACES: Final = 10
CLOSING_SECONDS: Final = 2.0

# A server that is down or full shows itself as the driver's own exceptions while connecting, as SQLAlchemy's later.
TROUBLE: Final = (
    SQLAlchemyError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)
# sqlite.org/rescode.html: what another connection may not have. Not a lock of another's, and not a wrong statement.
_OF_A_CONNECTION: Final = frozenset(
    {
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_PRIMARY_CODE: Final = 0xFF

T = TypeVar("T")
P = ParamSpec("P")
Work = Callable[[AsyncConnection], Awaitable[T]]


class StoreUnavailable(Exception):  # noqa: N818 - reads as what happened
    """The database did not do what it was asked, or did it and could not say so; the text says what it said."""


class TablesGone(StoreUnavailable):
    """The database is there and our tables are not in it."""


class CannotWrite(StoreUnavailable):
    """This connection may not write, which is not to say that another may not; nothing was done."""


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@dataclass
class DatabaseState:
    """Whether the database does its work: away from the first failure until something is proven to be written."""

    now: Callable[[], datetime] = utc_now
    since: datetime | None = None
    """Since when it is away; None while all is well."""
    why: str = ""
    """What it said last, for the log and the people who run the bot."""
    made_anew_at: datetime | None = None
    """When its tables were found missing and made: what is not in it may have been done before."""

    def failed(self, why: str) -> None:
        """Note that something was not done."""
        self.since = self.since or self.now()
        self.why = why

    def proven(self) -> None:
        """Note that something was written."""
        self.since, self.why = None, ""


class Database:
    """Carries out transactions: at most ten at a time, each to its end; makes anew what is gone.

    `is_replaced` tells whether the open connections lead to a file that is not the one at its address any more;
    `make` brings the tables of the database at its address up to date.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        state: DatabaseState,
        *,
        is_replaced: Callable[[], bool],
        make: Callable[[], Awaitable[None]],
    ) -> None:
        self.state = state
        self.dialect = engine.dialect.name
        self._engine = engine
        self._is_replaced = is_replaced
        self._make = make
        self._places = asyncio.Semaphore(PLACES)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._at_work = 0
        self._is_being_made = False
        self._times_made = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commit when the block ends, roll back when it raises; raises StoreUnavailable."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except TROUBLE as error:
            raise _kind(error)(in_words(error)) from None

    async def carry_out(self, work: Work[T]) -> T:
        """Do work in one transaction and wait for it, at most eight seconds; raises StoreUnavailable.

        Whoever is cancelled or waits too long is let go, and the work is done or not: nobody knows.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
                task = asyncio.get_running_loop().create_task(self._in_a_place(work), name="transaction")
                self._under_way.add(task)
                task.add_done_callback(self._ended)
                with asking(Party.DATABASE):
                    return await asyncio.shield(task)
        except TimeoutError:
            why = f"no answer within {WAIT_SECONDS:.0f} s"
            self.state.failed(why)
            raise StoreUnavailable(why) from None

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._under_way.discard(task)
        # Looked at, so that asyncio does not call an outcome nobody waited for a defect; the state has it.
        if not task.cancelled() and task.exception() is not None:
            log.debug("transaction failed", why=str(task.exception()))

    async def _in_a_place(self, work: Work[T]) -> T:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await self._on_what_is_there(work)
        except StoreUnavailable as error:
            self.state.failed(str(error))
            raise
        except TimeoutError:
            raise StoreUnavailable(f"no answer within {LONGEST_SECONDS:.0f} s") from None
        finally:
            self._places.release()

    async def _on_what_is_there(self, work: Work[T]) -> T:
        times_made = self._times_made
        if self._is_replaced():
            await self._make_anew("the file was deleted or replaced", times_made)
        times_made = self._times_made
        try:
            return await self._attempt(work)
        except TablesGone as gone:
            await self._make_anew(str(gone), times_made)
            return await self._attempt(work)
        except CannotWrite:
            # Opened while nothing could be written; every other of that time has been thrown away by now.
            return await self._attempt(work)

    async def _attempt(self, work: Work[T]) -> T:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_being_made)
            self._at_work += 1
        try:
            async with self.transaction() as connection:
                return await work(connection)
        finally:
            self._at_work -= 1
            async with self._changed:
                self._changed.notify_all()

    async def _make_anew(self, why: str, times_made: int) -> None:
        """Close every connection and make the tables, unless somebody has since.

        SQLite's connections to a deleted file must be closed before one to the new file is opened: the last one to go
        deletes the write-ahead log by its name.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_being_made and self._at_work == 0)
            if self._times_made != times_made:
                return
            self._is_being_made = True
        log.error("making the database anew", why=why)
        try:
            await self._engine.dispose()
            await self._make()
            self._times_made += 1
            self.state.made_anew_at = self.state.now()
        finally:
            self._is_being_made = False
            async with self._changed:
                self._changed.notify_all()

    async def close(self) -> None:
        """Let what is under way end, for three seconds, and close the connections."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSING_SECONDS)
        await self._engine.dispose()


class Kept(Protocol):
    """Something whose methods are transactions of a database."""

    @property
    def database(self) -> Database:
        """Where they are carried out."""


K = TypeVar("K", bound=Kept)


def one_transaction(
    method: Callable[Concatenate[K, AsyncConnection, P], Awaitable[T]],
) -> Callable[Concatenate[K, P], Coroutine[Any, Any, T]]:
    """Give a method its connection, and carry it out as one transaction; raises StoreUnavailable."""

    @wraps(method)
    async def whole(self: K, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.database.carry_out(lambda connection: method(self, connection, *args, **kwargs))

    return whole


def give_up_connections(context: ExceptionContext) -> None:
    """Throw all connections away after an error that another connection may not have.

    One that was opened while a file could not be written, or led to a server that has become a standby, never writes
    again. A listener of SQLAlchemy's event `handle_error`, docs.sqlalchemy.org/en/20/core/events.html.
    """
    code = getattr(context.original_exception, "sqlite_errorcode", None)
    if code is None:
        context.is_disconnect = True
    elif code & _PRIMARY_CODE in _OF_A_CONNECTION:
        if context.connection is not None:
            # A closed connection whose statements somebody still holds keeps its transaction, and with it the lock.
            with suppress(sqlite3.Error, SQLAlchemyError):
                context.connection.connection.rollback()
        context.is_disconnect = True


def cause_of(error: BaseException) -> BaseException:
    """Give the driver's own exception."""
    cause: BaseException = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    # SQLAlchemy wraps asyncpg's once more.
    return cause.__cause__ if isinstance(cause.__cause__, asyncpg.PostgresError) else cause


def _kind(error: BaseException) -> type[StoreUnavailable]:
    cause = cause_of(error)
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_READONLY or isinstance(cause, asyncpg.ReadOnlySQLTransactionError):
        return CannotWrite
    # SQLite has no code of its own for it, sqlite.org/rescode.html.
    if isinstance(cause, asyncpg.UndefinedTableError) or (code and str(cause).startswith("no such table")):
        return TablesGone
    return StoreUnavailable


def in_words(error: BaseException) -> str:
    """Give what the database said, without the statement."""
    cause = cause_of(error)
    if isinstance(cause, TimeoutError):
        return "TimeoutError: no answer in time"
    said = (str(cause).splitlines() or [""])[0]
    return f"{type(cause).__name__}: {said}"[:TROUBLE_LENGTH]
