"""Databases that cannot be used: each told in a sentence that names DATABASE_URL and the cure."""

import asyncio
import re
import socket
import sqlite3
from datetime import UTC, date, datetime

import asyncpg
import pytest

from bot.storage.database import inspect_database, open_database
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKey, PostingKind, PostingTable

SECRET = "hush-hush"


async def told(address):
    """What an operator is told by the start and by the look, which is the same."""
    with pytest.raises(DatabaseUnavailable) as at_start:
        async with open_database(address):
            pass
    with pytest.raises(DatabaseUnavailable) as by_look:
        await inspect_database(address)
    assert str(by_look.value) == str(at_start.value)
    assert SECRET not in str(at_start.value)
    assert "DATABASE_URL" in str(at_start.value)
    return str(at_start.value)


def sqlite_at(path):
    return f"sqlite+aiosqlite:///{path}"


async def test_a_directory_in_place_of_the_file(tmp_path):
    assert f"names a directory, {tmp_path}. Name a file in it" in await told(sqlite_at(tmp_path))


async def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "bot.db"
    path.write_text("once upon a time " * 100)
    assert "is not an SQLite database. Name another file" in await told(sqlite_at(path))


async def test_a_folder_that_cannot_be_made():
    assert "cannot be made or used: /proc" in await told(sqlite_at("/proc/x/y"))


async def test_a_database_of_a_newer_version(address, database):
    async with database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    words = await told(address)
    assert "made by a newer version of the bot (schema 9001; this one knows" in words
    assert "Run the newer version" in words


async def test_an_unknown_parameter():
    for address in ("postgresql+asyncpg://bot@127.0.0.1:9/bot?foo=bar", "sqlite+aiosqlite:////tmp/x.db?foo=bar"):
        words = await told(address)
        assert "a parameter that the bot does not know, “foo”" in words
        assert "Leave it out" in words


@pytest.mark.parametrize("parameter", ["ssl=perhaps", "prepared_statement_cache_size=many", "ssl=require&ssl=disable"])
async def test_a_parameter_with_a_wrong_value(parameter):
    assert "has a wrong value for" in await told(f"postgresql+asyncpg://bot@127.0.0.1:9/bot?{parameter}")


async def test_a_server_that_is_not_there():
    words = await told(f"postgresql+asyncpg://bot:{SECRET}@127.0.0.1:9/bot")
    assert "The server of DATABASE_URL, 127.0.0.1:9, cannot be reached" in words


async def test_a_host_that_does_not_exist():
    assert "cannot be reached" in await told(f"postgresql+asyncpg://bot:{SECRET}@no-such-host.invalid/bot")


async def test_a_server_that_does_not_answer__is_told_and_not_waited_for_any_longer(monkeypatch):
    for module in ("bot.storage.database", "bot.storage.engine.migrate"):
        monkeypatch.setattr(f"{module}.CONNECT_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        words = await told(f"postgresql+asyncpg://bot:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/bot")
    assert "did not answer in time" in words


async def test_a_start_that_waits__can_be_cancelled():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        starting = asyncio.create_task(
            inspect_database(f"postgresql+asyncpg://bot@127.0.0.1:{silent.getsockname()[1]}/bot")
        )
        await asyncio.sleep(0.1)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting


async def test_a_database_and_a_user_that_do_not_exist(postgresql):
    url = postgresql.replace("postgresql://", "postgresql+asyncpg://")
    assert "has no database nowhere" in await told(f"{url}nowhere")
    assert "does not let the user nobody" in await told(f"{url.replace('bot@', 'nobody@')}postgres")


async def test_a_database_that_is_read_only(postgresql):
    url = postgresql.replace("postgresql://", "postgresql+asyncpg://")
    connection = await asyncpg.connect(f"{postgresql}postgres")
    await connection.execute("CREATE DATABASE standby")
    await connection.execute("ALTER DATABASE standby SET default_transaction_read_only = on")
    await connection.close()
    assert "cannot be written: it is a standby, or set to read-only" in await told(f"{url}standby")


async def test_a_look__makes_nothing_and_says_what_is_there(tmp_path):
    path = tmp_path / "new" / "bot.db"
    seen = await inspect_database(sqlite_at(path))
    assert (seen.schema, seen.is_up_to_date) == (None, False)
    assert not path.parent.exists()
    async with open_database(sqlite_at(path)):
        pass
    before = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    seen = await inspect_database(sqlite_at(path))
    assert re.fullmatch(r"\d{4}", seen.schema)
    assert seen.is_up_to_date
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall() == before


async def test_a_look__beside_a_running_bot__changes_nothing(address, database):
    postings, key = PostingTable(database), PostingKey("payments", PostingKind.DIGEST, date(2026, 11, 24))
    made = await postings.get_or_add(key, window_ends=datetime(2026, 11, 24, tzinfo=UTC))
    assert (await inspect_database(address)).is_up_to_date
    assert await postings.get_or_add(key, window_ends=made.window_ends) == made
