"""A PostgreSQL of our own: a fresh cluster in a temporary folder, on a free port of 127.0.0.1, gone afterwards."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

START_SECONDS = 60
MOST_CONNECTIONS = 60
MISSING = "PostgreSQL is not installed here (Debian: apt-get install postgresql)"


def _programs():
    """Where initdb and pg_ctl are: the newest of Debian's, else what is on the path."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _nobody_special():
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def is_installed():
    """Whether a server can be started here."""
    return _programs() is not None


def skip_or_fail_without():
    if not is_installed():
        if os.environ.get("POSTGRES_REQUIRED") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)


class Server:
    """One cluster: its address, and what can be done to it from outside."""

    def __init__(self, folder, programs):
        user = _nobody_special()
        self._as_user = {"user": user.pw_name, "group": user.pw_gid, "extra_groups": []} if user else {}
        self._folder, self._programs, self._data = folder, programs, folder / "data"
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"postgresql://bot@127.0.0.1:{port}/"
        self._options = (
            f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
            f" -c max_connections={MOST_CONNECTIONS}"
        )

    def _run(self, program, *words):
        command = [self._programs / program, *words]
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        # The server keeps the log, not our pipes: a pipe would keep us waiting for its end.
        with Path(f"{self._folder}.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - our own words
                command,
                check=True,
                cwd=self._folder,
                env=environ,
                stdout=log,
                stderr=log,
                timeout=START_SECONDS,
                **self._as_user,
            )

    def make(self):
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "bot", "-E", "UTF8", "--no-sync")

    def start(self):
        self._run("pg_ctl", "-D", self._data, "-o", self._options, "-w", "-t", str(START_SECONDS), "start")

    def stop(self):
        """End it as a crash does: without a word to whoever is connected."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def processes(self):
        """The server's process and its children."""
        head = int((self._data / "postmaster.pid").read_text().split()[0])
        told = (_words(stat) for stat in Path("/proc").glob("[0-9]*/stat"))
        return [head, *(int(name) for name, parent in filter(None, told) if int(parent) == head)]

    def signal(self, number):
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)


def _words(stat):
    """A process's number and its parent's; None for one that has ended since."""
    try:
        told = stat.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return told.split()[0], told.rpartition(")")[2].split()[1]


@contextmanager
def server():
    """Start a cluster of our own; end and delete it when the block ends."""
    programs = _programs()
    assert programs, MISSING
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        own = Server(folder, programs)
        own.make()
        own.start()
        try:
            yield own
        finally:
            own.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        Path(f"{folder}.log").unlink(missing_ok=True)


@contextmanager
def cluster():
    """Start a cluster of our own and give its address, to which a database's name is added."""
    with server() as own:
        yield own.address


async def fresh_database(address):
    """Make an empty database in the cluster and give its address."""
    name = f"bot_{uuid4().hex[:12]}"
    connection = await asyncpg.connect(f"{address}postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{address}{name}"


async def cut_connections(address, database, random):
    """End one connection to a database from the server's side, as a fail-over does."""
    connection = await asyncpg.connect(f"{address}postgres")
    try:
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE datname = $1", database)
        if rows:
            await connection.execute("SELECT pg_terminate_backend($1)", random.choice(rows)["pid"])
    finally:
        await connection.close()


def new_database(address):
    return asyncio.run(fresh_database(address))
