"""Which replicas are alive, judged by one's own clock."""

import pytest
from recorded import NOW

from bot.storage.replicas import MAX_UNPROVEN_REPLICAS, REPLICA_LEASE_SECONDS, Replicas


class Monotonic:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def monotonic():
    return Monotonic()


@pytest.fixture
def replica(database, monotonic):
    return lambda name: Replicas(database, owner=name, now=lambda: NOW, monotonic=monotonic)


async def passing(monotonic, seconds, *alive):
    """Let time pass in steps of 20 s, in which those who are alive renew their leases."""
    ends = monotonic.seconds + seconds
    while monotonic.seconds < ends:
        monotonic.seconds = min(ends, monotonic.seconds + 20)
        for one in alive:
            await one.renew()


async def test_replicas__count_one_another(replica):
    one, other = replica("one"), replica("other")
    await one.renew()
    assert one.count == 1
    await other.renew()
    await one.renew()
    assert (one.count, other.count) == (2, 2)


async def test_a_replica__that_renews_no_more__is_gone_after_its_time(replica, monotonic):
    one, other = replica("one"), replica("other")
    await one.renew()
    await other.renew()
    await passing(monotonic, REPLICA_LEASE_SECONDS - 10, one)
    assert not one.is_gone("other")
    await passing(monotonic, 40, one)
    assert one.is_gone("other")
    assert one.count == 1
    await other.renew()
    await one.renew()
    assert not one.is_gone("other")


async def test_a_replica__that_gave_its_lease_back_or_never_had_one__is_gone_at_once(replica):
    one = replica("one")
    assert not one.is_gone("other")
    await one.renew()
    assert one.is_gone("other")
    assert not one.is_gone("one")


async def test_whoever_could_not_look_for_a_while__takes_nobody_for_gone(replica, monotonic):
    """As after an outage of the database, in which nobody could renew anything."""
    one, other = replica("one"), replica("other")
    await other.renew()
    await one.renew()
    monotonic.seconds += 3600
    await one.renew()
    assert not one.is_gone("other")
    assert one.count == 2
    await passing(monotonic, REPLICA_LEASE_SECONDS, one)
    assert one.is_gone("other")


async def test_leases_of_a_process_that_was_restarted_again_and_again__count_a_few(replica):
    for number in range(20):
        await replica(f"dead {number}").renew()
    one = replica("one")
    await one.renew()
    assert one.count == 1 + MAX_UNPROVEN_REPLICAS


async def test_the_age__is_that_of_the_last_lease_written(replica, monotonic):
    one = replica("one")
    assert one.age() is None
    await one.renew()
    monotonic.seconds += 30
    assert one.age() == 30
