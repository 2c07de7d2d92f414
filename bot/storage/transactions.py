"""Run work in transactions, on a database that may be slow, fail and recover without a restart.

The database does not delay a caller: one that is cancelled or times out stops waiting at once, and the transaction runs
to its own end. A statement that waits in the driver's thread cannot be cancelled, and cancelling one on its way to
PostgreSQL would leave its outcome unknown.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.runtime.request_trail import Dependency, waiting_on
from bot.storage.database_errors import (
    DatabaseUnavailable,
    ReadOnlyConnection,
    TablesMissing,
    ValueTooLong,
    database_exceptions,
    driver_message,
    error_type,
)

log = structlog.get_logger(__name__)

# How long a statement may take, and how long SQLite waits for another writer.
STATEMENT_TIMEOUT: Final = 5
# How long a caller waits: for a slot, a connection and a statement.
TRANSACTION_TIMEOUT: Final = 8.0
# A transaction whose caller has stopped waiting is cancelled after this, to free its slot.
ABANDONED_TIMEOUT: Final = 30.0
# Concurrent transactions, each with a connection, on SQLite with a thread.
MAX_TRANSACTIONS: Final = 10
CLOSE_TIMEOUT: Final = 2.0

T = TypeVar("T")
P = ParamSpec("P")
Work = Callable[[AsyncConnection], Awaitable[T]]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class DatabaseState:
    """Whether the database is available: not from the first failure until a write is proven to succeed."""

    now: Callable[[], datetime] = _utc_now
    since: datetime | None = None
    """Since when it is unavailable; None while it is available."""
    why: str = ""
    """The last error, for the log and the operators."""
    recreated_at: datetime | None = None
    """When its tables were missing and were created: what has no row may have been done before."""

    def failed(self, why: str) -> None:
        """Record a failure."""
        self.since = self.since or self.now()
        self.why = why

    def proven(self) -> None:
        """Record that a write succeeded."""
        self.since, self.why = None, ""


class Database:
    """Run transactions, at most ten at a time, each to its end; recreate missing tables.

    `is_replaced` says whether the open connections lead to a file that is no longer the one at its address;
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
        self._slots = asyncio.Semaphore(MAX_TRANSACTIONS)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._running = 0
        self._is_recreating = False
        self._recreations = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commit when the block ends, roll back when it raises; raises DatabaseUnavailable."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except database_exceptions() as error:
            raise error_type(error)(driver_message(error)) from None

    async def carry_out(self, work: Work[T]) -> T:
        """Run work in one transaction and wait for it, at most eight seconds; raises DatabaseUnavailable.

        After a cancellation or a time-out it is not known whether the work was done.
        """
        try:
            async with asyncio.timeout(TRANSACTION_TIMEOUT):
                await self._slots.acquire()
                task = asyncio.get_running_loop().create_task(self._in_a_slot(work), name="transaction")
                self._tasks.add(task)
                task.add_done_callback(self._ended)
                with waiting_on(Dependency.DATABASE):
                    return await asyncio.shield(task)
        except TimeoutError:
            why = f"no answer within {TRANSACTION_TIMEOUT:.0f} s"
            self.state.failed(why)
            raise DatabaseUnavailable(why) from None

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        # Retrieved, so that asyncio does not log an exception whose caller has stopped waiting; the state has it.
        if not task.cancelled() and task.exception() is not None:
            log.debug("database.transaction_failed", why=str(task.exception()))

    async def _in_a_slot(self, work: Work[T]) -> T:
        try:
            async with asyncio.timeout(ABANDONED_TIMEOUT):
                return await self._attempt_twice(work)
        except ValueTooLong:
            raise
        except DatabaseUnavailable as error:
            self.state.failed(str(error))
            raise
        except TimeoutError:
            raise DatabaseUnavailable(f"no answer within {ABANDONED_TIMEOUT:.0f} s") from None
        finally:
            self._slots.release()

    async def _attempt_twice(self, work: Work[T]) -> T:
        recreations = self._recreations
        if self._is_replaced():
            await self._recreate("the file was deleted or replaced", recreations)
        recreations = self._recreations
        try:
            return await self._attempt(work)
        except TablesMissing as gone:
            await self._recreate(str(gone), recreations)
            return await self._attempt(work)
        except ReadOnlyConnection:
            # The connection was opened while nothing could be written; the other ones of that time are closed by now.
            return await self._attempt(work)

    async def _attempt(self, work: Work[T]) -> T:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_recreating)
            self._running += 1
        try:
            async with self.transaction() as connection:
                return await work(connection)
        finally:
            self._running -= 1
            async with self._changed:
                self._changed.notify_all()

    async def _recreate(self, why: str, recreations: int) -> None:
        """Close every connection and create the tables, unless another transaction has done it.

        SQLite's connections to a deleted file must be closed before one to the new file is opened: the last one to go
        deletes the write-ahead log by its name.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_recreating and self._running == 0)
            if self._recreations != recreations:
                return
            self._is_recreating = True
        log.error("database.recreating", why=why)
        try:
            await self._engine.dispose()
            await self._make()
            self._recreations += 1
            self.state.recreated_at = self.state.now()
        finally:
            self._is_recreating = False
            async with self._changed:
                self._changed.notify_all()

    async def close(self) -> None:
        """Wait up to two seconds for running transactions, and close the connections."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT)
        await self._engine.dispose()


class Repository(Protocol):
    """Something whose methods are transactions of a database."""

    @property
    def database(self) -> Database:
        """The database they run on."""


K = TypeVar("K", bound=Repository)


def one_transaction(
    method: Callable[Concatenate[K, AsyncConnection, P], Awaitable[T]],
) -> Callable[Concatenate[K, P], Coroutine[Any, Any, T]]:
    """Pass a method its connection, and run it as one transaction; raises DatabaseUnavailable."""

    @wraps(method)
    async def whole(self: K, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.database.carry_out(lambda connection: method(self, connection, *args, **kwargs))

    return whole
