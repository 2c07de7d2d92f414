"""What happens to databases: each fault breaks one when its block begins, proves that it is broken, and mends it after.

Root may write to every file. The bot is therefore started as `stopped_by_modes(command)`, or a store in this process is
used within `stopped_by_modes_here()`: root without the rights that overrule the modes of files.
"""

import ctypes
import errno
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

BESIDE = ("-wal", "-shm")
SECONDS = 10
# Beyond this a tmpfs of 1 MiB is full.
FILLED = 1 << 21

_HOLDS_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


# linux/capability.h: to write, and to read and search, what the modes of files forbid.
_OVERRULE = (1 << 1) | (1 << 2)
_VERSION = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Rights(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def stopped_by_modes(command):
    """A command to run as somebody whom the modes of files stop."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]


def _overrules(*, wanted):
    """Take the rights that overrule modes to this thread and those it starts, or lay them aside."""
    libc, header, rights = ctypes.CDLL(None, use_errno=True), _Header(_VERSION, 0), (_Rights * 2)()
    assert libc.capget(ctypes.byref(header), rights) == 0, os.strerror(ctypes.get_errno())
    held = rights[0].effective
    rights[0].effective = held | (_OVERRULE & rights[0].permitted) if wanted else held & ~_OVERRULE
    assert libc.capset(ctypes.byref(header), rights) == 0, os.strerror(ctypes.get_errno())
    return bool(held & _OVERRULE)


@contextmanager
def stopped_by_modes_here(*, are_stopped=True):
    """Let the modes of files stop this thread and those it starts until the block ends, or not."""
    before = _overrules(wanted=not are_stopped)
    try:
        yield
    finally:
        _overrules(wanted=before)


@contextmanager
def folder_for_a_database():
    """A folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="database-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _all_of(path):
    return [one for one in (path, *(Path(f"{path}{end}") for end in BESIDE)) if one.exists()]


@contextmanager
def unwritable(path):
    """An SQLite file and its folder whose modes forbid writing; who has it open writes on, who opens it anew cannot."""
    files = _all_of(path)
    for one in files:
        one.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with stopped_by_modes_here(), pytest.raises(PermissionError):
            path.open("r+b")
        yield
    finally:
        path.parent.chmod(0o755)
        for one in files:
            with suppress(FileNotFoundError):
                one.chmod(0o644)


@contextmanager
def small_disk():
    """A folder on a disk of 1 MiB of its own; where nothing can be mounted, an ordinary one."""
    with folder_for_a_database() as folder, ExitStack() as stack:
        if os.geteuid() == 0 and _mounted(folder):
            stack.callback(subprocess.run, ["umount", "--lazy", folder], check=False, timeout=SECONDS)
        yield folder


def _mounted(folder):
    command = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", folder]
    return subprocess.run(command, check=False, capture_output=True, timeout=SECONDS).returncode == 0  # noqa: S603


@contextmanager
def full(folder, process=0):
    """A disk that is full; where the folder has none of its own, a process (0: this one) may make no file longer."""
    if not folder.is_mount():
        longest = max(one.stat().st_size for one in folder.iterdir())
        before = resource.prlimit(process, resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
        try:
            assert resource.prlimit(process, resource.RLIMIT_FSIZE)[0] == longest
            yield
        finally:
            resource.prlimit(process, resource.RLIMIT_FSIZE, before)
        return
    filler = folder / "filler"
    try:
        with pytest.raises(OSError, match="No space left") as refused:
            _fill(filler)
        assert refused.value.errno == errno.ENOSPC
        yield
    finally:
        filler.unlink()


def _fill(path):
    with path.open("wb", buffering=0) as file:
        for _ in range(FILLED // 512):
            file.write(b"x" * 512)


@contextmanager
def locked(path):
    """An SQLite file that another process is writing to for long."""
    command = [sys.executable, "-c", _HOLDS_THE_LOCK, str(path)]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        try:
            assert holder.stdout.readline() == b"locked\n"
            other = sqlite3.connect(path, timeout=0, isolation_level=None)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
            yield
        finally:
            holder.kill()


@contextmanager
def deleted(path):
    """An SQLite file that is deleted under whoever has it open; it stays away."""
    for one in _all_of(path):
        one.unlink()
    assert not path.exists()
    yield


@contextmanager
def replaced(path):
    """An SQLite file in whose place another is put, one that is empty but for a table of somebody's."""
    before = path.stat().st_ino
    other = path.with_name("other.db")
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE strange (one INTEGER)")
    connection.commit()
    connection.close()
    other.replace(path)
    assert path.stat().st_ino != before
    yield


@contextmanager
def without_tables(path):
    """An SQLite database whose tables somebody has dropped, but for the note of the migrations."""
    connection = sqlite3.connect(path, isolation_level=None)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert "postings" in names
    for name in names:
        if name != "alembic_version":
            connection.execute(f"DROP TABLE {name}")
    connection.close()
    yield


def _parts(address):
    return f"{address.rpartition('/')[0]}/postgres", address.rpartition("/")[2]


async def _at_the_server(address, *statements):
    connection = await asyncpg.connect(_parts(address)[0], server_settings={"default_transaction_read_only": "off"})
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"


async def _cut_all(address):
    server, name = _parts(address)
    connection = await asyncpg.connect(server)
    await connection.execute(_CUT, name)
    await connection.close()


async def _take_all(server, taken):
    with suppress(asyncpg.TooManyConnectionsError):
        while True:
            taken.append(await asyncpg.connect(server))


@asynccontextmanager
async def read_only(address):
    """A PostgreSQL database that has become read-only for every connection, as a standby is."""
    name = _parts(address)[1]
    await _at_the_server(address, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await _cut_all(address)
    try:
        connection = await asyncpg.connect(address)
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("CREATE TABLE strange (one INTEGER)")
        await connection.close()
        yield
    finally:
        await _at_the_server(address, f"ALTER DATABASE {name} RESET default_transaction_read_only")


@asynccontextmanager
async def without_its_tables(address):
    """A PostgreSQL database whose schema somebody has dropped."""
    connection = await asyncpg.connect(address)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    yield


@asynccontextmanager
async def out_of_connections(address):
    """A server that takes no further connection, and has ended those of this database."""
    server, name = _parts(address)
    taken = []
    try:
        await _take_all(server, taken)
        await taken[0].execute(_CUT, name)
        await _take_all(server, taken)
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await asyncpg.connect(server)
        yield
    finally:
        for connection in taken:
            await connection.close()


@contextmanager
def crashed(server):
    """A server that has crashed and is started again."""
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def stopped(server):
    """A server whose processes stand still: connections are taken by the system, and nothing is answered."""
    server.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.signal(signal.SIGCONT)
