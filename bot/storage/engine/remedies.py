"""Why a database cannot be used, in a sentence that names DATABASE_URL, what is wrong and what to do."""

import os
import sqlite3
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from bot.storage.database_errors import READ_ONLY_SQL_TRANSACTION, driver_exception

# What asyncpg and SQLAlchemy take from the address, docs.sqlalchemy.org/en/20/dialects/postgresql.html.
SSL_MODES: Final = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
SESSION_ATTRIBUTES: Final = frozenset({"any", "primary", "standby", "read-write", "read-only", "prefer-standby"})
_ANY: Final[frozenset[str]] = frozenset()
URL_PARAMETERS: Final[Mapping[str, frozenset[str]]] = {
    "ssl": SSL_MODES,
    "target_session_attrs": SESSION_ATTRIBUTES,
    "prepared_statement_cache_size": frozenset({"0", "100"}),
    "host": _ANY,
}
_PRIMARY_CODE: Final = 0xFF


class NewerSchemaError(Exception):
    """The tables are at a migration that this version does not have."""

    def __init__(self, found: str, newest: str) -> None:
        super().__init__(f"schema {found}, known up to {newest}")
        self.found = found
        self.newest = newest


class FolderMissingError(Exception):
    """The folder of the file is not there and cannot be made."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder}: {why}")
        self.folder = folder
        self.why = why


def address_problem(url: URL) -> str | None:
    """Return a sentence on what is wrong with the address itself; None when it is valid."""
    known = URL_PARAMETERS if url.get_backend_name() == "postgresql" else {}
    for name, given in sorted(url.query.items()):
        if name not in known:
            taken = "It takes sslmode, target_session_attrs and prepared_statement_cache_size."
            return (
                f"DATABASE_URL has a parameter that the bot does not know, “{name[:40]}”."
                f" {taken if known else 'An SQLite file takes none.'} Leave it out."
            )
        if known[name] and given not in known[name]:
            setting = "sslmode" if name == "ssl" else name
            return f"DATABASE_URL has a wrong value for {setting}: it takes {', '.join(sorted(known[name]))}."
    return None


def explain_database_error(error: BaseException, url: URL) -> str:
    """Return a sentence on why the database cannot be used, and what to do."""
    if isinstance(error, NewerSchemaError):
        return (
            f"The database of DATABASE_URL was made by a newer version of the bot (schema {error.found[:20]}; this one"
            f" knows {error.newest} and older). Run the newer version, or give this one a database of its own."
        )
    if url.get_backend_name() == "sqlite":
        return _sqlite(error, url)
    return _postgresql(driver_exception(error), url)


def _sqlite(error: BaseException, url: URL) -> str:
    path = Path(str(url.database))
    if isinstance(error, FolderMissingError):
        return (
            f"The folder of DATABASE_URL's file cannot be made or used: {error.folder} ({error.why}). Name a file in a"
            f" folder that {_BOT_USER} may write to."
        )
    if path.is_dir():
        return f"DATABASE_URL names a directory, {path}. Name a file in it: sqlite:///{path}/bot.db"
    cause = driver_exception(error)
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    known = _SQLITE.get(code)
    if known is None:
        name = _error_name(cause)
        return f"The database file of DATABASE_URL, {path}, cannot be used ({name}). Look at the file and disk."
    return f"The database file of DATABASE_URL, {path}, {known}"


_BOT_USER: Final = f"the bot's user (uid {os.getuid()})"
_NOT_WRITABLE: Final = (
    f"cannot be written. The file and its folder must belong to {_BOT_USER}, and the place must not be mounted"
    " read-only."
)
_SQLITE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_NOTADB: "is not an SQLite database. Name another file, or move this one away.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Put an older copy in its place, or move it away: the bot makes a new one.",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Make room there.",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk fails or is full. Look at the disk.",
    sqlite3.SQLITE_BUSY: "stays locked by another program. End what has it open, a backup or a shell for example.",
}


def _postgresql(cause: BaseException, url: URL) -> str:
    """Explain an error of PostgreSQL; of the server's message only the code is repeated."""
    state = str(getattr(cause, "sqlstate", None) or "")
    if state:
        known = _STATES.get(state) or _STATES.get(state[:2])
        said = f"PostgreSQL {state}, {type(cause).__name__}"
        if known is None:
            return f"The database of DATABASE_URL cannot be used ({said}). Look at the server's log."
        user, name = (url.username or "")[:60], (url.database or "")[:60]
        return f"{known.format(user=user, name=name)} ({said})"
    where, name = f"{url.host}:{url.port or 5432}", _error_name(cause)
    if isinstance(cause, TimeoutError):
        return f"The server of DATABASE_URL, {where}, did not answer in time. Look whether it runs, and at the network."
    if isinstance(cause, ssl.SSLError) or "SSL_MODES" in str(cause):
        return (
            f"The server of DATABASE_URL, {where}, and the bot do not agree about TLS. Set sslmode=require or"
            " sslmode=disable behind the address, and look at the server's certificate."
        )
    if isinstance(cause, OSError):
        return f"The server of DATABASE_URL, {where}, cannot be reached ({name}). Look at host, port and network."
    return f"The database of DATABASE_URL at {where} cannot be used ({name}). Look at the server and its log."


def _error_name(cause: BaseException) -> str:
    """Return the name of an error, with the operating system's or SQLite's own text."""
    word = getattr(cause, "strerror", None) or getattr(cause, "sqlite_errorname", None)
    return f"{type(cause).__name__}: {word}" if word else type(cause).__name__


# postgresql.org/docs/current/errcodes-appendix.html: codes, and classes of codes.
_WRONG_CREDENTIALS: Final = (
    "PostgreSQL does not take the password of DATABASE_URL for user {user}. Copy it again; in an address, signs such as"
    " @ : / ? # % are written with percent signs, @ as %40."
)
_STATES: Final[Mapping[str, str]] = {
    "28P01": _WRONG_CREDENTIALS,
    "28000": ("PostgreSQL does not let the user {user} of DATABASE_URL in. Make that role, or look at pg_hba.conf."),
    "3D000": (
        "PostgreSQL has no database {name}, which DATABASE_URL names. Make it (CREATE DATABASE), or name another."
    ),
    "42501": (
        "The user {user} of DATABASE_URL may not make or write tables in {name}. Give it the right: GRANT CREATE, USAGE"
        " ON SCHEMA public, and own tables that are there."
    ),
    READ_ONLY_SQL_TRANSACTION: (
        "The database {name} of DATABASE_URL cannot be written: it is a standby, or set to read-only. Name the primary."
    ),
    "57P03": "PostgreSQL at DATABASE_URL is just starting or stopping. Try again soon.",
    "53": "PostgreSQL at DATABASE_URL has run out of connections, memory or disk. Make room there, and try again.",
}
