import asyncio
import heapq
import itertools
from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flashduty import Account, Kind, Operation
from bot.flashduty.api.incidents import INCIDENT_LIST
from bot.flashduty.rate_limit import CallRateLimiter, RateLimited

EXPORT = Operation("/insight/export", Kind.READ, "/en/api-reference/insight/export", per_second=2, per_minute=10)


class Time:
    """A clock that jumps to the next alarm when everybody sleeps; `lag` makes every sleep that much too long."""

    def __init__(self):
        self.now = 1000.0
        self.lag = 0.0
        self.alarms = []
        self.turn = itertools.count()

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        alarm = asyncio.get_running_loop().create_future()
        heapq.heappush(self.alarms, (self.now + seconds + self.lag, next(self.turn), alarm))
        await alarm

    async def passes(self, *waiting):
        """Let everybody sleep and wake until all are done; gives what they returned or raised."""
        together = asyncio.gather(*waiting, return_exceptions=True)
        while not together.done():
            for _ in range(5):
                await asyncio.sleep(0)
            if self.alarms and not together.done():
                at, _, alarm = heapq.heappop(self.alarms)
                self.now = max(self.now, at)
                if not alarm.done():
                    alarm.set_result(None)
        return await together


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def limiter(time):
    return CallRateLimiter(clock=time.clock, sleep=time.sleep)


def taken_by(time, limiter, patience=1e9):
    places = []

    async def take(number):
        await limiter.acquire(patience)
        places.append((time.now, number))

    return places, take


def most_within(span, places):
    """The most places in any stretch of so many seconds, both ends included."""
    at = [place[0] for place in places]
    return max(bisect_left(at, start + span + 1e-9) - index for index, start in enumerate(at))


async def test_three_hundred_at_once__keep_both_limits_in_order(time, limiter):
    places, take = taken_by(time, limiter)
    await time.passes(*(take(number) for number in range(300)))
    assert [number for _, number in places] == list(range(300))
    assert most_within(1.0, places) <= 50
    assert places[-1][0] - places[0][0] < 300 / 50 * 1.27


async def test_more_than_a_minutes_worth__keeps_the_minute(time, limiter):
    places, take = taken_by(time, limiter)
    await time.passes(*(take(number) for number in range(2100)))
    assert most_within(1.0, places) <= 50
    assert most_within(60.0, places) <= 1000


async def test_an_idle_account__lets_five_go_at_once(time, limiter):
    places, take = taken_by(time, limiter)
    await time.passes(*(take(number) for number in range(6)))
    assert [at - 1000 for at, _ in places] == pytest.approx([0, 0, 0, 0, 0, 1 / 45])


async def test_a_late_loop__does_not_let_a_crowd_go_at_once(time, limiter):
    places, take = taken_by(time, limiter)
    time.lag = 0.4
    waiting = [asyncio.ensure_future(take(number)) for number in range(40)]
    await asyncio.sleep(0)
    time.lag = 0.0
    await time.passes(*waiting)
    assert len(places) == 40
    late = [place for place in places if place[0] > 1000.1]
    assert most_within(0.1, late) <= 11
    assert most_within(1.0, places) <= 50


async def test_no_place_in_time__is_told_at_once_and_takes_none(time, limiter):
    places, take = taken_by(time, limiter)
    crowd = [asyncio.ensure_future(take(number)) for number in range(100)]
    await asyncio.sleep(0)
    with pytest.raises(RateLimited) as caught:
        await limiter.acquire(0.5)
    assert time.now == 1000.0
    assert caught.value.wait == pytest.approx(96 / 45, abs=0.1)
    await time.passes(*crowd)
    assert len(places) == 100


async def test_a_pause__holds_back_those_who_wait_already_and_keeps_their_order(time, limiter):
    places, take = taken_by(time, limiter)
    crowd = [asyncio.ensure_future(take(number)) for number in range(30)]
    await asyncio.sleep(0)
    limiter.pause(10.0)
    await time.passes(*crowd)
    assert [number for _, number in places] == list(range(30))
    assert [at for at, _ in places[:5]] == [1000.0] * 5
    assert min(at for at, _ in places[5:]) >= 1010.0
    assert most_within(1.0, places[5:]) <= 50


async def test_a_pause_longer_than_the_patience__ends_the_waiting(time, limiter):
    _, take = taken_by(time, limiter, patience=2.0)
    crowd = [asyncio.ensure_future(take(number)) for number in range(10)]
    await asyncio.sleep(0)
    limiter.pause(10.0)
    told = await time.passes(*crowd)
    assert [type(each) for each in told] == [type(None)] * 5 + [RateLimited] * 5


async def test_a_pause__is_at_most_five_minutes(limiter):
    limiter.pause(3600.0)
    with pytest.raises(RateLimited) as caught:
        await limiter.acquire(1.0)
    assert caught.value.wait == pytest.approx(300.0)


async def test_an_operation_with_its_own_limits__keeps_them_and_holds_nobody_up(time, limiter):
    account = Account(limiter)
    exports, lists = [], []

    async def ask(operation, places):
        await account.acquire(operation, 1e9)
        places.append((time.now, operation.path))

    await time.passes(*(ask(EXPORT, exports) for _ in range(25)), *(ask(INCIDENT_LIST, lists) for _ in range(25)))
    assert most_within(1.0, exports) <= 2
    assert most_within(60.0, exports) <= 10
    assert lists[-1][0] < 1001.0


async def test_an_operation_with_its_own_limits__has_them_for_each_account_alone(time):
    first, second = (Account(CallRateLimiter(clock=time.clock, sleep=time.sleep)) for _ in range(2))
    await first.acquire(EXPORT, 0.0)
    await second.acquire(EXPORT, 0.0)
    with pytest.raises(RateLimited):
        await first.acquire(EXPORT, 0.1)


@settings(deadline=None)
@given(gaps=st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.1, 0.7, 3.0]), max_size=150))
def test_any_rhythm_of_calls__keeps_the_second(gaps):
    time = Time()
    limiter = CallRateLimiter(clock=time.clock, sleep=time.sleep)
    places, take = taken_by(time, limiter)

    async def calls():
        waiting = []
        for number, gap in enumerate([*gaps, 0.0]):
            time.now += gap
            waiting.append(asyncio.ensure_future(take(number)))
            await asyncio.sleep(0)
        await time.passes(*waiting)

    asyncio.run(calls())
    assert len(places) == len(gaps) + 1
    assert most_within(1.0, sorted(places)) <= 50


@pytest.mark.usefixtures("server")
async def test_two_teams_of_one_account__share_its_places(client, naps):
    frozen = Account(CallRateLimiter(clock=lambda: 100.0, sleep=naps))
    payments = client.copy_with(account=frozen)
    search = client.copy_with(account=frozen, team="search")
    for _ in range(3):
        await payments.acknowledge("a" * 24)
        await search.acknowledge("a" * 24)
    assert naps.taken == pytest.approx([1 / 45])


async def placed(time, account, calls, operation=INCIDENT_LIST, **how):
    """The times at which calls of one replica go."""

    async def one():
        await account.acquire(operation, 1e9, **how)
        return time.now

    return await asyncio.gather(*(one() for _ in range(calls)))


def most_in_a_second(times):
    ordered = sorted(times)
    return max(bisect_left(ordered, at + 1.0) - place for place, at in enumerate(ordered))


@pytest.mark.parametrize("replicas", [2, 3, 7])
async def test_replicas__that_share_an_account__keep_within_its_limits_together(time, replicas):
    accounts = [Account(CallRateLimiter(clock=time.clock, sleep=time.sleep)) for _ in range(replicas)]
    for account in accounts:
        account.share_among(replicas)
    by_replica = await time.passes(*(placed(time, account, 120 // replicas) for account in accounts))
    times = [at for one in by_replica for at in one]
    assert most_in_a_second(times) <= 50
    # And none of them wastes what it may use.
    assert max(times) - min(times) <= 120 / 50 * 1.5


async def test_what_all_replicas_book_in_turns__may_use_the_whole_limit(time, limiter):
    account = Account(limiter)
    account.share_among(2)
    (booked,) = await time.passes(placed(time, account, 90, is_booked=True))
    assert max(booked) - min(booked) <= 90 / 45
    alone = Account(CallRateLimiter(clock=time.clock, sleep=time.sleep))
    alone.share_among(2)
    alone.share_among(1)
    (whole,) = await time.passes(placed(time, alone, 90))
    assert max(whole) - min(whole) <= 90 / 45


@pytest.mark.parametrize("replicas", [1, 2])
async def test_calls_that_nobody_waits_for__leave_half_of_the_limit_to_people(time, limiter, replicas):
    account = Account(limiter)
    account.share_among(replicas)
    in_background = placed(time, account, 90 // replicas, is_background=True)
    background, people = await time.passes(in_background, placed(time, account, 10))
    # Their queue is as long as it was without the others.
    assert max(people) - min(background) <= 10 / 20 * replicas
    assert most_in_a_second(background + people) <= 50
    assert max(background) - min(background) >= 90 / 25 * 0.9


async def test_an_operation_with_limits_of_its_own__is_shared_as_well(time):
    accounts = [Account(CallRateLimiter(clock=time.clock, sleep=time.sleep)) for _ in range(2)]
    for account in accounts:
        account.share_among(2)
    by_replica = await time.passes(*(placed(time, account, 3, EXPORT) for account in accounts))
    assert most_in_a_second([at for one in by_replica for at in one]) <= 2
