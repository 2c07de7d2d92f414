"""What is deleted, when, and what a wrong clock cannot delete."""

from datetime import date, timedelta

import pytest
from recorded import NOW

from bot.storage.notes import Notes
from bot.storage.postings import PostingKey
from bot.storage.retention import Retention

KEY = PostingKey("payments", "digest", date(2026, 11, 24))


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
async def clearing(store, hands):
    notes = Notes(store)
    await store.entry(KEY, NOW - timedelta(days=61))
    await store.mark_done(KEY, "C0ONE", "1.0")
    return Retention(notes, lambda: hands.wall, lambda: hands.steady)


async def is_there(clearing):
    return await clearing.notes.store.done(KEY) is not None


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
