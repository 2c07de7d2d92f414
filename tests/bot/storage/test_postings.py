import asyncio
import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from bot.storage.database import open_database
from bot.storage.database_errors import DatabaseUnavailable, ValueTooLong
from bot.storage.engine.migrate import migrate
from bot.storage.postings import PostingKey, PostingKind, PostingTable
from bot.storage.tables import metadata

KEY = PostingKey("payments", PostingKind.DIGEST, date(2026, 11, 24))
ENDS = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.fixture
def postings(database):
    return PostingTable(database)


async def test_migrations__make_the_tables_the_code_has(database):
    def differences(connection):
        # What the tables of earlier versions held stays in them, under another name.
        options = {"include_name": lambda name, kind, _parent: kind != "table" or not name.startswith("old_")}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    async with database.transaction() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrations__of_replicas_that_start_together__do_not_collide(address):
    async def start():
        async with open_database(address) as database:
            return await PostingTable(database).get_or_add(KEY, window_ends=ENDS)

    found = await asyncio.gather(*(start() for _ in range(5)))
    assert {posting.generation for posting in found} == {0}


async def test_migrations__of_a_database_that_is_up_to_date__change_nothing(address, postings):
    made = await postings.get_or_add(KEY, window_ends=ENDS)
    await migrate(make_url(address))
    assert await postings.get_or_add(KEY, window_ends=ENDS) == made


async def test_get_or_add__by_many_at_once__is_one_row(postings):
    found = await asyncio.gather(*(postings.get_or_add(KEY, window_ends=ENDS) for _ in range(8)))
    assert len(set(found)) == 1
    assert found[0].window_ends == ENDS


async def test_get_or_add__of_another_subject__is_another_row(postings):
    for subject in ("1795507200 7002", "1795507200 7003"):
        key = KEY._replace(kind=PostingKind.REMINDER, subject=subject)
        await postings.get_or_add(key, window_ends=ENDS, person_id=int(subject[-4:]))
        await postings.mark_done(key, channel="D0ONE", ts=subject[-4:])
        assert (await postings.find_done(key)).person_id == int(subject[-4:])
    assert await postings.find_done(KEY._replace(kind=PostingKind.REMINDER)) is None


async def test_change__by_many_who_read_the_same__is_one_persons(postings):
    read = await postings.get_or_add(KEY, window_ends=ENDS)
    changed = await asyncio.gather(*(postings.change(read, owner=f"replica {n}") for n in range(8)))
    winners = [posting for posting in changed if posting]
    assert len(winners) == 1
    assert await postings.get_or_add(KEY, window_ends=ENDS) == winners[0]


async def test_change__of_a_done_row__changes_nothing(postings):
    await postings.get_or_add(KEY, window_ends=ENDS)
    await postings.mark_done(KEY, channel="C0ONE", ts="1.0")
    done = await postings.get_or_add(KEY, window_ends=ENDS)
    assert await postings.change(done, owner="replica") is None
    assert done.is_done
    assert (done.channel, done.ts) == ("C0ONE", "1.0")


async def test_mark_done__a_second_time__keeps_the_first_address(postings):
    await postings.get_or_add(KEY, window_ends=ENDS)
    await postings.mark_done(KEY, channel="C0ONE", ts="1.0")
    await postings.mark_done(KEY, channel="C0ONE", ts="2.0")
    assert (await postings.find_done(KEY)).ts == "1.0"


async def test_times__come_back_in_utc(postings):
    read = await postings.get_or_add(KEY, window_ends=ENDS)
    berlin = datetime.fromisoformat("2026-11-24T09:30:00+01:00")
    changed = await postings.change(read, next_attempt=berlin)
    assert changed.next_attempt == berlin
    assert changed.next_attempt.utcoffset() == timedelta(0)


async def test_list_unreported__lists_what_was_not_done_in_its_time(postings):
    for day in (23, 24, 25):
        await postings.get_or_add(KEY._replace(local_date=date(2026, 11, day)), window_ends=ENDS.replace(day=day))
    await postings.mark_done(KEY._replace(local_date=date(2026, 11, 23)), channel="C0ONE", ts="1.0")
    found = await postings.list_unreported(ENDS + timedelta(hours=1))
    assert [posting.local_date for posting in found] == [KEY.local_date]


async def test_a_value_that_does_not_fit__is_refused_on_either_database_and_leaves_it_in_use(postings):
    await postings.get_or_add(KEY._replace(subject="s" * 200), window_ends=ENDS)
    with pytest.raises(ValueTooLong, match="201 characters, at most 200"):
        await postings.get_or_add(KEY._replace(subject="s" * 201), window_ends=ENDS)
    with pytest.raises(ValueTooLong, match="64 bits"):
        await postings.get_or_add(KEY, window_ends=ENDS, person_id=2**63)
    assert postings.database.state.since is None
    await postings.get_or_add(KEY, window_ends=ENDS, person_id=2**63 - 1)


async def test_an_sqlite_file__is_made_with_its_folder_and_write_ahead(tmp_path):
    path = tmp_path / "new" / "bot.db"
    async with open_database(f"sqlite+aiosqlite:///{path}"):
        pass
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize(
    "address", ["postgresql+asyncpg://bot:hush-hush@127.0.0.1:9/bot", "sqlite+aiosqlite:////proc/x/y"]
)
async def test_a_database_that_is_not_there__is_told_without_its_password(address):
    with pytest.raises(DatabaseUnavailable) as raised:
        async with open_database(address):
            pass
    assert "hush-hush" not in str(raised.value)


async def test_list_begun__has_what_is_posted_or_may_be(postings):
    keys = [KEY._replace(kind=PostingKind.CARD_REPLY, subject=f"a:{number}") for number in range(4)]
    made = [await postings.get_or_add(key, window_ends=ENDS) for key in keys[:3]]
    await postings.mark_done(keys[0], channel="C0PAY", ts="1.1")
    await postings.change(made[1], is_posting=True)
    assert await postings.list_begun(keys) == frozenset(keys[:2])
    assert await postings.list_begun([]) == frozenset()
