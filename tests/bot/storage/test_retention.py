"""What is deleted, when, and what a wrong clock cannot delete."""

from datetime import date, datetime, timedelta

import pytest
from recorded import NOW
from sqlalchemy import insert, select

from bot.storage.leases import Leases
from bot.storage.postings import PostingKey, PostingKind, PostingTable
from bot.storage.retention import Retention
from bot.storage.tables import leases, metadata

KEY = PostingKey("payments", PostingKind.DIGEST, date(2026, 11, 24))


class Hands:
    def __init__(self):
        self.wall, self.steady = NOW, 0.0

    def passes(self, seconds):
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
async def clearing(database, hands):
    postings = PostingTable(database)
    await postings.get_or_add(KEY, window_ends=NOW - timedelta(days=61))
    await postings.mark_done(KEY, channel="C0ONE", ts="1.0")
    return Retention(database, lambda: hands.wall, lambda: hands.steady)


async def is_there(clearing):
    return await PostingTable(clearing.database).find_done(KEY) is not None


async def test_on_start__nothing_is_deleted(clearing):
    await clearing.tick()
    assert await is_there(clearing)


async def test_after_an_hour__what_is_long_over_is_deleted(clearing, hands):
    await clearing.tick()
    hands.passes(1800)
    await clearing.tick()
    assert await is_there(clearing)
    hands.passes(1801)
    await clearing.tick()
    assert not await is_there(clearing)


async def test_after_a_jump_of_the_clock__nothing_is_deleted_for_another_hour(clearing, hands):
    await clearing.tick()
    hands.passes(3601)
    hands.wall += timedelta(days=62)
    await clearing.tick()
    assert await is_there(clearing)
    hands.passes(3601)
    await clearing.tick()
    assert not await is_there(clearing)


async def test_every_kind_of_row__is_deleted_when_its_time_is_over_and_no_sooner(database, hands):
    """Each table that says until when its rows are kept, and the leases nobody renews."""
    kept = [table for table in metadata.sorted_tables if "kept_until" in table.c]
    async with database.transaction() as connection:
        for table in kept:
            for name, until in (("over", NOW), ("kept", NOW + timedelta(hours=3))):
                await connection.execute(insert(table).values(values_for(table, name) | {"kept_until": until}))
    await Leases(database, owner="gone", now=lambda: NOW - timedelta(days=1), monotonic=lambda: 0).hold("replica gone")
    clearing = Retention(database, lambda: hands.wall, lambda: hands.steady)
    await clearing.tick()
    hands.passes(3601)
    await clearing.tick()
    async with database.transaction() as connection:
        left = {table.name: len((await connection.execute(select(table))).all()) for table in [*kept, leases]}
    assert left == {table.name: 1 for table in kept} | {"leases": 0}


def values_for(table, name):
    """A row with something in every column that must have something."""
    plain = {str: name, int: 1, bool: False, datetime: NOW, date: NOW.date(), object: {}}
    columns = [column for column in table.c if not column.nullable]
    return {column.name: plain[getattr(column.type, "impl", column.type).python_type] for column in columns}
