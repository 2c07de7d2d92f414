"""Who may do what only one replica does, as long as every replica trusts its own clock alone."""

import asyncio

import pytest
from recorded import NOW

from bot.storage.leases import LEASE_SECONDS, Leases


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def replica(store, name, clock):
    return Leases(store.database, owner=name, now=lambda: NOW, monotonic=clock)


async def test_hold__by_many_at_once__is_one_replicas(store, clock):
    held = await asyncio.gather(*(replica(store, f"replica {n}", clock).hold("outbox") for n in range(8)))
    assert sum(held) == 1


async def test_hold__again_by_its_holder__is_renewed(store, clock):
    one, two = replica(store, "one", clock), replica(store, "two", clock)
    for _ in range(3):
        assert await one.hold("outbox")
        assert not await two.hold("outbox")
        clock.seconds += LEASE_SECONDS - 1


async def test_hold__when_the_holder_has_not_renewed_it_for_a_lease__is_the_next_replicas(store, clock):
    one, two = replica(store, "one", clock), replica(store, "two", clock)
    assert await one.hold("outbox")
    assert not await two.hold("outbox")
    clock.seconds += LEASE_SECONDS - 1
    assert not await two.hold("outbox")
    clock.seconds += 1
    assert await two.hold("outbox")
    assert not await one.hold("outbox")


async def test_hold__by_two_who_both_see_it_expired__is_one_replicas(store, clock):
    await replica(store, "gone", clock).hold("outbox")
    waiting = [replica(store, f"replica {n}", clock) for n in range(4)]
    assert not any([await one.hold("outbox") for one in waiting])
    clock.seconds += LEASE_SECONDS
    assert sum(await asyncio.gather(*(one.hold("outbox") for one in waiting))) == 1


async def test_hold__of_another_name__waits_for_nobody(store, clock):
    assert await replica(store, "one", clock).hold("outbox")
    assert await replica(store, "two", clock).hold("topic C0PAY")


async def test_release__lets_the_next_replica_have_it_at_once(store, clock):
    one, two = replica(store, "one", clock), replica(store, "two", clock)
    await one.hold("outbox")
    await two.release("outbox")
    assert not await two.hold("outbox")
    await one.release("outbox")
    assert await two.hold("outbox")


async def test_release_all__gives_back_the_leases_of_this_process_alone(store, clock):
    one, two, three = (replica(store, name, clock) for name in ("one", "two", "three"))
    await one.hold("outbox")
    await one.hold("topic C0PAY")
    await two.hold("replica two")
    await one.release_all()
    assert await three.hold("outbox")
    assert await three.hold("topic C0PAY")
    assert not await three.hold("replica two")
