"""Notes and queues, on both kinds of database."""

import asyncio
from datetime import date, timedelta

import pytest
from recorded import NOW

from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable, PostingKey
from bot.storage.rate_limits import RateLimit, SharedRateLimiter

LATER = NOW + timedelta(hours=1)
AT = NOW.timestamp()


@pytest.fixture
def notes(store):
    return Notes(store)


async def test_first__of_many_at_once__is_one_and_the_same_for_all(notes):
    told = await asyncio.gather(*(notes.first("payments", "kind", "name", f"body {n}") for n in range(8)))
    assert len(set(told)) == 1
    assert await notes.read("payments", "kind", ["name"], NOW) == {"name": told[0]}


async def test_write__replaces_what_there_was(notes):
    await notes.write("payments", "kind", "name", "old", NOW + timedelta(minutes=1))
    await notes.write("payments", "kind", "name", "new", LATER)
    assert await notes.read("payments", "kind", ["name"], NOW + timedelta(minutes=30)) == {"name": "new"}


async def test_read__leaves_out_what_is_kept_no_longer_and_what_is_anothers(notes):
    await notes.write("payments", "kind", "over", "x", NOW)
    await notes.write("payments", "kind", "for good", "x")
    await notes.write("search", "kind", "theirs", "x", LATER)
    assert await notes.read("payments", "kind", ["over", "for good", "theirs"], NOW) == {"for good": "x"}
    assert await notes.read("payments", "kind", [], NOW) == {}


async def test_all_of__a_kind__whoevers_they_are(notes):
    await notes.write("payments", "kind", "one", "a", LATER)
    await notes.write("search", "kind", "two", "b")
    await notes.write("search", "other", "three", "c")
    await notes.write("search", "kind", "over", "d", NOW)
    assert sorted(await notes.all_of("kind", NOW)) == [("payments", "one", "a"), ("search", "two", "b")]


async def test_drop__of_what_is_not_there__does_nothing(notes):
    await notes.write("payments", "kind", "name", "x")
    await notes.drop("payments", "kind", "name")
    await notes.drop("payments", "kind", "name")
    assert await notes.read("payments", "kind", ["name"], NOW) == {}


async def test_clear_out__deletes_what_is_over_and_rows_of_long_ago(notes):
    await notes.write("payments", "kind", "over", "x", NOW - timedelta(minutes=1))
    await notes.write("payments", "kind", "kept", "x", LATER)
    await notes.write("payments", "kind", "for good", "x")
    old, new = PostingKey("payments", "digest", date(2026, 1, 2)), PostingKey("payments", "digest", date(2026, 11, 24))
    await notes.store.entry(old, NOW - timedelta(days=61))
    await notes.store.entry(new, NOW)
    assert await notes.clear_out(NOW, NOW - timedelta(days=60)) == 2
    assert await notes.clear_out(NOW, NOW - timedelta(days=60)) == 0
    assert set(await notes.read("payments", "kind", ["over", "kept", "for good"], NOW)) == {"kept", "for good"}


async def test_book__many_at_once_from_anywhere__are_one_after_another(notes):
    waits = await asyncio.gather(*(notes.book("queue", AT, cost=0.5) for _ in range(8)))
    assert sorted(waits) == pytest.approx([n / 2 for n in range(8)])


async def test_book__after_a_pause__lets_a_burst_go_at_once(notes):
    waits = [await notes.book("queue", AT, cost=6, burst=36) for _ in range(9)]
    assert waits == pytest.approx([-36, -30, -24, -18, -12, -6, 0, 6, 12])
    assert await notes.book("queue", AT + 60, cost=6, burst=36) <= 0


async def test_book__in_another_queue__waits_for_nobody(notes):
    await notes.book("queue", AT, cost=30)
    assert await notes.book("other", AT, cost=30) == 0


async def test_book__after_a_clock_that_was_far_ahead__begins_anew(notes):
    await notes.book("queue", AT + 3600, cost=1)
    assert await notes.book("queue", AT, cost=1, longest=60) == 0
    assert await notes.book("queue", AT, cost=1, longest=60) == pytest.approx(1)


async def test_turns__of_several_replicas__are_in_a_row(notes):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    queue = RateLimit("queue", 10.0)
    one, two = SharedRateLimiter(notes, lambda: NOW, sleep), SharedRateLimiter(notes, lambda: NOW, sleep)
    await asyncio.gather(*(turns.wait(queue) for turns in (one, two) for _ in range(3)))
    assert sorted(slept) == pytest.approx([10, 20, 30, 40, 50], abs=1)


async def test_turns__that_many_ask_for_at_once_after_a_pause__keep_within_the_limit(notes):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    queue = RateLimit("queue", 5.0, burst=25.0)
    one, two = SharedRateLimiter(notes, lambda: NOW, sleep), SharedRateLimiter(notes, lambda: NOW, sleep)
    await asyncio.gather(*(turns.wait(queue) for turns in (one, two) for _ in range(10)))
    # Six at once, and then one every five seconds, whoever asks.
    assert sorted(slept) == pytest.approx([5 * n for n in range(1, 15)], abs=1)


async def test_turns__in_a_long_queue__are_as_long_as_the_queue_may_be(notes):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    queue = RateLimit("queue", 10.0, longest=600.0)
    turns = SharedRateLimiter(notes, lambda: NOW, sleep)
    await asyncio.gather(*(turns.wait(queue) for _ in range(40)))
    assert max(slept) == pytest.approx(390, abs=1)
    assert len({round(seconds) for seconds in slept}) == 39


async def test_turns__when_whoever_books_gives_up__the_others_go_on(notes):
    class Slow:
        def __init__(self):
            self.begun, self.may_end = asyncio.Event(), asyncio.Event()

        async def book(self, *arguments, **more):
            self.begun.set()
            await self.may_end.wait()
            return await notes.book(*arguments, **more)

    async def sleep(_seconds):
        pass

    slow = Slow()
    turns, queue = SharedRateLimiter(slow, lambda: NOW, sleep), RateLimit("queue", 1.0)
    first = asyncio.create_task(turns.wait(queue))
    await slow.begun.wait()
    others = [asyncio.create_task(turns.wait(queue)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    slow.may_end.set()
    await asyncio.gather(*others)
    assert first.cancelled()
    assert turns.asking["queue"] == []


async def test_turns__without_a_database__wait_for_nobody():
    class Gone:
        async def book(self, *_arguments, **_more):
            raise DatabaseUnavailable("gone")

    async def sleep(seconds):
        raise AssertionError(seconds)

    await SharedRateLimiter(Gone(), lambda: NOW, sleep).wait(RateLimit("queue", 60.0))
