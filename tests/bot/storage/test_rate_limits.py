"""Rate limits that replicas share, on both kinds of database."""

import asyncio

import pytest
from recorded import NOW

from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.rate_limits import RateLimit, RateLimitTable, SharedRateLimiter

AT = NOW.timestamp()


@pytest.fixture
def table(database):
    return RateLimitTable(database)


def limit(turn, *, name="queue", **more):
    return RateLimit(name=name, interval=turn, **more)


async def test_book__many_at_once_from_anywhere__are_one_after_another(table):
    waits = await asyncio.gather(*(table.book(limit(0.5), now=AT) for _ in range(8)))
    assert sorted(waits) == pytest.approx([n / 2 for n in range(8)])


async def test_book__after_a_pause__lets_a_burst_go_at_once(table):
    waits = [await table.book(limit(6, burst=36), now=AT) for _ in range(9)]
    assert waits == pytest.approx([-36, -30, -24, -18, -12, -6, 0, 6, 12])
    assert await table.book(limit(6, burst=36), now=AT + 60) <= 0


async def test_book__in_another_queue__waits_for_nobody(table):
    await table.book(limit(30), now=AT)
    assert await table.book(limit(30, name="other"), now=AT) == 0


async def test_book__after_a_clock_that_was_far_ahead__begins_anew(table):
    await table.book(limit(1), now=AT + 3600)
    assert await table.book(limit(1, longest=60), now=AT) == 0
    assert await table.book(limit(1, longest=60), now=AT) == pytest.approx(1)


async def test_turns__of_several_replicas__are_in_a_row(table):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    queue = limit(10.0)
    one, two = SharedRateLimiter(table, lambda: NOW, sleep), SharedRateLimiter(table, lambda: NOW, sleep)
    await asyncio.gather(*(turns.wait(queue) for turns in (one, two) for _ in range(3)))
    assert sorted(slept) == pytest.approx([10, 20, 30, 40, 50], abs=1)


async def test_turns__that_many_ask_for_at_once_after_a_pause__keep_within_the_limit(table):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    queue = limit(5.0, burst=25.0)
    one, two = SharedRateLimiter(table, lambda: NOW, sleep), SharedRateLimiter(table, lambda: NOW, sleep)
    await asyncio.gather(*(turns.wait(queue) for turns in (one, two) for _ in range(10)))
    # Six at once, and then one every five seconds, whoever asks.
    assert sorted(slept) == pytest.approx([5 * n for n in range(1, 15)], abs=1)


async def test_turns__in_a_long_queue__are_as_long_as_the_queue_may_be(table):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    queue = limit(10.0, longest=600.0)
    turns = SharedRateLimiter(table, lambda: NOW, sleep)
    await asyncio.gather(*(turns.wait(queue) for _ in range(40)))
    assert max(slept) == pytest.approx(390, abs=1)
    assert len({round(seconds) for seconds in slept}) == 39


async def test_turns__when_whoever_books_gives_up__the_others_go_on(table):
    class Slow:
        def __init__(self):
            self.begun, self.may_end = asyncio.Event(), asyncio.Event()

        async def book(self, *arguments, **more):
            self.begun.set()
            await self.may_end.wait()
            return await table.book(*arguments, **more)

    async def sleep(_seconds):
        pass

    slow = Slow()
    turns, queue = SharedRateLimiter(slow, lambda: NOW, sleep), limit(1.0)
    first = asyncio.create_task(turns.wait(queue))
    await slow.begun.wait()
    others = [asyncio.create_task(turns.wait(queue)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    slow.may_end.set()
    await asyncio.gather(*others)
    assert first.cancelled()
    assert turns._waiting["queue"] == []  # noqa: SLF001


async def test_turns__without_a_database__wait_for_nobody():
    class Gone:
        async def book(self, *_arguments, **_more):
            raise DatabaseUnavailable("gone")

    async def sleep(seconds):
        raise AssertionError(seconds)

    await SharedRateLimiter(Gone(), lambda: NOW, sleep).wait(limit(60.0))
