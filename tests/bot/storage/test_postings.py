import asyncio
import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from bot.storage.database import open_store
from bot.storage.migrate import migrate
from bot.storage.postings import DatabaseUnavailable, PostingKey, metadata

KEY = PostingKey("payments", "digest", date(2026, 11, 24))
ENDS = datetime(2026, 11, 24, 11, tzinfo=UTC)


async def test_migrations__make_the_tables_the_code_has(store):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with store.database.transaction() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrations__of_replicas_that_start_together__do_not_collide(address):
    async def start():
        async with open_store(address) as store:
            return await store.entry(KEY, ENDS)

    entries = await asyncio.gather(*(start() for _ in range(5)))
    assert {entry.generation for entry in entries} == {0}


async def test_migrations__of_a_database_that_is_up_to_date__change_nothing(address, store):
    made = await store.entry(KEY, ENDS)
    await migrate(make_url(address))
    assert await store.entry(KEY, ENDS) == made


async def test_entry__asked_for_by_many_at_once__is_one_row(store):
    entries = await asyncio.gather(*(store.entry(KEY, ENDS) for _ in range(8)))
    assert len(set(entries)) == 1
    assert entries[0].window_ends == ENDS


async def test_change__by_many_who_read_the_same__is_one_persons(store):
    read = await store.entry(KEY, ENDS)
    changed = await asyncio.gather(*(store.change(read, owner=f"replica {n}") for n in range(8)))
    winners = [entry for entry in changed if entry]
    assert len(winners) == 1
    assert await store.entry(KEY, ENDS) == winners[0]


async def test_change__of_a_done_row__changes_nothing(store):
    await store.entry(KEY, ENDS)
    await store.mark_done(KEY, "C0ONE", "1.0")
    done = await store.entry(KEY, ENDS)
    assert await store.change(done, owner="replica") is None
    assert done.is_done
    assert (done.channel, done.ts) == ("C0ONE", "1.0")


async def test_mark_done__a_second_time__keeps_the_first_address(store):
    await store.entry(KEY, ENDS)
    await store.mark_done(KEY, "C0ONE", "1.0")
    await store.mark_done(KEY, "C0ONE", "2.0")
    assert (await store.entry(KEY, ENDS)).ts == "1.0"


async def test_times__come_back_in_utc(store):
    read = await store.entry(KEY, ENDS)
    berlin = datetime.fromisoformat("2026-11-24T09:30:00+01:00")
    changed = await store.change(read, next_attempt=berlin)
    assert changed.next_attempt == berlin
    assert changed.next_attempt.utcoffset() == timedelta(0)


async def test_unreported__lists_what_was_not_done_in_its_time(store):
    for day in (23, 24, 25):
        await store.entry(KEY._replace(local_date=date(2026, 11, day)), ENDS.replace(day=day))
    await store.mark_done(KEY._replace(local_date=date(2026, 11, 23)), "C0ONE", "1.0")
    found = await store.unreported(ENDS + timedelta(hours=1))
    assert [entry.local_date for entry in found] == [KEY.local_date]


async def test_an_sqlite_file__is_made_with_its_folder_and_write_ahead(tmp_path):
    path = tmp_path / "new" / "bot.db"
    async with open_store(f"sqlite+aiosqlite:///{path}"):
        pass
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize(
    "address", ["postgresql+asyncpg://bot:hush-hush@127.0.0.1:9/bot", "sqlite+aiosqlite:////proc/x/y"]
)
async def test_a_database_that_is_not_there__is_told_without_its_password(address):
    with pytest.raises(DatabaseUnavailable) as raised:
        async with open_store(address):
            pass
    assert "hush-hush" not in str(raised.value)
