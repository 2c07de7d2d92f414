"""What goes wrong with a database: as one exception, in words, and whether another connection would do better."""

import sqlite3
import sys
from contextlib import suppress
from typing import Any, Final

from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError, StatementError

from bot.storage.columns import ValueTooLongError

ERROR_TEXT_LENGTH: Final = 200
# postgresql.org/docs/current/errcodes-appendix.html
READ_ONLY_SQL_TRANSACTION: Final = "25006"
UNDEFINED_TABLE: Final = "42P01"
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


def failures() -> tuple[type[Exception], ...]:
    """List what a database raises.

    A server that is down or full raises the driver's own exceptions while connecting, SQLAlchemy's later. The driver of
    PostgreSQL takes 3 MB and is imported by SQLAlchemy where it is used.
    """
    asyncpg: Any = sys.modules.get("asyncpg")
    of_the_driver = () if asyncpg is None else (asyncpg.PostgresError, asyncpg.InterfaceError)
    return (SQLAlchemyError, sqlite3.Error, OSError, TimeoutError, *of_the_driver)


class DatabaseUnavailable(Exception):  # noqa: N818 - reads as what happened
    """The database did not do what it was asked, or did it and could not say so; the text says what it said."""


class TablesGone(DatabaseUnavailable):
    """The database is there and our tables are not in it."""


class ValueTooLong(DatabaseUnavailable):
    """A value does not fit into its column; nothing was done, and the database is there."""


class CannotWrite(DatabaseUnavailable):
    """This connection may not write, which is not to say that another may not; nothing was done."""


def give_up_connections(context: ExceptionContext) -> None:
    """Throw all connections away after an error that another connection may not have.

    One that was opened while a file could not be written, or led to a server that has become a standby, never writes
    again. A listener of SQLAlchemy's event `handle_error`, docs.sqlalchemy.org/en/20/core/events.html.
    """
    if isinstance(context.original_exception, ValueTooLongError):
        return
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
    cause: BaseException = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    # SQLAlchemy wraps asyncpg's once more.
    return cause.__cause__ if _sqlstate(cause.__cause__) is not None and cause.__cause__ else cause


def kind_of(error: BaseException) -> type[DatabaseUnavailable]:
    """Tell what is to be done about it."""
    cause = cause_of(error)
    if isinstance(cause, ValueTooLongError):
        return ValueTooLong
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_READONLY or _sqlstate(cause) == READ_ONLY_SQL_TRANSACTION:
        return CannotWrite
    # SQLite has no code of its own for it, sqlite.org/rescode.html.
    if _sqlstate(cause) == UNDEFINED_TABLE or (code and str(cause).startswith("no such table")):
        return TablesGone
    return DatabaseUnavailable


def driver_words(error: BaseException) -> str:
    """Give what the database said, without the statement."""
    cause = cause_of(error)
    if isinstance(cause, TimeoutError):
        return "TimeoutError: no answer in time"
    said = (str(cause).splitlines() or [""])[0]
    return f"{type(cause).__name__}: {said}"[:ERROR_TEXT_LENGTH]


def _sqlstate(error: BaseException | None) -> str | None:
    """Give PostgreSQL's code, which asyncpg's exceptions have."""
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None
