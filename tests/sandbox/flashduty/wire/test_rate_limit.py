"""Too many calls."""

import pytest

from sandbox.flashduty import RateLimit
from sandbox.flashduty.wire.refusals import Refusal


class Stopwatch:
    def __init__(self):
        self.at = 1_000.0

    def __call__(self):
        return self.at


def taken(limit, calls):
    """Count how many of so many calls are let through."""
    passed = 0
    for _ in range(calls):
        try:
            limit.take()
        except Refusal:
            continue
        passed += 1
    return passed


def test_fifty_a_second__wherever_the_second_begins():
    watch = Stopwatch()
    limit = RateLimit(monotonic=watch)
    watch.at += 0.9
    assert taken(limit, 60) == 50
    watch.at += 0.5
    assert taken(limit, 60) == 0
    watch.at += 0.5
    assert taken(limit, 60) == 50


def test_a_thousand_a_minute__even_when_evenly_paced():
    watch = Stopwatch()
    limit = RateLimit(monotonic=watch)
    passed = 0
    for _ in range(30):
        passed += taken(limit, 40)
        watch.at += 1.0
    assert passed == 1_000
    watch.at += 31
    assert taken(limit, 10) == 10


def test_the_wait__is_told_in_whole_seconds():
    watch = Stopwatch()
    limit = RateLimit(per_second=2, per_minute=3, monotonic=watch)
    assert taken(limit, 2) == 2
    with pytest.raises(Refusal) as refused:
        limit.take()
    assert refused.value.retry_after == 1
    watch.at += 10.5
    limit.take()
    with pytest.raises(Refusal) as refused:
        limit.take()
    assert refused.value.retry_after == 50


async def test_the_limit__is_shared_by_all_keys_of_the_account(desk):
    desk.flashduty.rate_limit = RateLimit(per_second=3, monotonic=Stopwatch())
    codes = [
        (await desk.ask("/member/info", {}, key=key)).status for key in ("payments", "search", "readonly", "search")
    ]
    assert codes == [200, 200, 200, 429]


async def test_a_call_too_many__says_when_to_come_back(desk):
    desk.flashduty.rate_limit = RateLimit(per_second=1, monotonic=Stopwatch())
    await desk.ask("/member/info", {})
    answer = await desk.ask("/member/info", {})
    assert (answer.code, answer.headers["Retry-After"]) == ("RequestTooFrequently", "1")


async def test_a_call_too_many__may_leave_out_when_to_come_back(desk):
    desk.flashduty.rate_limit = RateLimit(per_second=1, names_retry_after=False, monotonic=Stopwatch())
    await desk.ask("/member/info", {})
    assert "Retry-After" not in (await desk.ask("/member/info", {})).headers


async def test_calls__that_are_unauthorized__do_not_count(desk):
    desk.flashduty.rate_limit = RateLimit(per_second=1, monotonic=Stopwatch())
    await desk.ask("/member/info", {}, key="nobody's")
    assert (await desk.ask("/member/info", {})).status == 200
