"""A PostgreSQL of our own: a fresh cluster in a temporary folder, on a free port of 127.0.0.1, gone afterwards."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

START_SECONDS = 60
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


def skip_or_fail_without():
    if _programs() is None:
        if os.environ.get("POSTGRES_REQUIRED") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)


@contextmanager
def cluster():
    """Start a cluster and give its address without a database."""
    programs, user = _programs(), _nobody_special()
    assert programs, MISSING
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    name = user.pw_name if user else None
    as_user = {"user": name, "group": user.pw_gid, "extra_groups": []} if user else {}

    def run(program, *words):
        command = [programs / program, *words]
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        # The server keeps the log, not our pipes: a pipe would keep us waiting for its end.
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - our own words
                command, check=True, cwd=folder, env=environ, stdout=log, stderr=log, timeout=START_SECONDS, **as_user
            )

    data = folder / "data"
    options = (
        f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off -c max_connections=60"
    )
    try:
        run("initdb", "-D", data, "-A", "trust", "-U", "bot", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-D", data, "-o", options, "-w", "-t", str(START_SECONDS), "start")
        try:
            yield f"postgresql://bot@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        Path(f"{folder}.log").unlink(missing_ok=True)


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
