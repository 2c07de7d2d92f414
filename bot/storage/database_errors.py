"""Database errors: one family of exceptions, their messages, and whether another connection may succeed."""

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
# sqlite.org/rescode.html: errors that another connection may not have. Neither locks nor invalid statements.
_CONNECTION_ERRORS: Final = frozenset(
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


def database_exceptions() -> tuple[type[Exception], ...]:
    """Return the exceptions of a database.

    While connecting, a server that is down or full causes the driver's own exceptions, later SQLAlchemy's. The driver
    of PostgreSQL takes 3 MB and is imported by SQLAlchemy where it is used.
    """
    asyncpg: Any = sys.modules.get("asyncpg")
    driver_exceptions = () if asyncpg is None else (asyncpg.PostgresError, asyncpg.InterfaceError)
    return (SQLAlchemyError, sqlite3.Error, OSError, TimeoutError, *driver_exceptions)


class DatabaseUnavailable(Exception):  # noqa: N818 - reads as what happened
    """A transaction failed, or its outcome is unknown; the text is the driver's message."""


class TablesMissing(DatabaseUnavailable):
    """The database is available and our tables are missing."""


class ValueTooLong(DatabaseUnavailable):
    """A value does not fit into its column; nothing was changed, and the database is available."""


class ReadOnlyConnection(DatabaseUnavailable):
    """This connection may not write, though another may; nothing was changed."""


def discard_connections(context: ExceptionContext) -> None:
    """Discard all connections after an error that another connection may not have.

    One that was opened while a file could not be written, or led to a server that has become a standby, never writes
    again. A listener of SQLAlchemy's event `handle_error`, docs.sqlalchemy.org/en/20/core/events.html.
    """
    if isinstance(context.original_exception, ValueTooLongError):
        return
    code = getattr(context.original_exception, "sqlite_errorcode", None)
    if code is None:
        context.is_disconnect = True
    elif code & _PRIMARY_CODE in _CONNECTION_ERRORS:
        if context.connection is not None:
            # A closed connection with statements that are still referenced keeps its transaction, and with it the lock.
            with suppress(sqlite3.Error, SQLAlchemyError):
                context.connection.connection.rollback()
        context.is_disconnect = True


def driver_exception(error: BaseException) -> BaseException:
    """Return the driver's own exception."""
    cause: BaseException = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    # SQLAlchemy wraps asyncpg's once more.
    return cause.__cause__ if _sqlstate(cause.__cause__) is not None and cause.__cause__ else cause


def error_type(error: BaseException) -> type[DatabaseUnavailable]:
    """Return the exception to raise for an error, by how it is handled."""
    cause = driver_exception(error)
    if isinstance(cause, ValueTooLongError):
        return ValueTooLong
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_READONLY or _sqlstate(cause) == READ_ONLY_SQL_TRANSACTION:
        return ReadOnlyConnection
    # SQLite has no code of its own for it, sqlite.org/rescode.html.
    if _sqlstate(cause) == UNDEFINED_TABLE or (code and str(cause).startswith("no such table")):
        return TablesMissing
    return DatabaseUnavailable


def driver_message(error: BaseException) -> str:
    """Return the driver's message, without the statement."""
    cause = driver_exception(error)
    if isinstance(cause, TimeoutError):
        return "TimeoutError: no answer in time"
    first_line = (str(cause).splitlines() or [""])[0]
    return f"{type(cause).__name__}: {first_line}"[:ERROR_TEXT_LENGTH]


def _sqlstate(error: BaseException | None) -> str | None:
    """Return PostgreSQL's code, which asyncpg's exceptions have."""
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None
