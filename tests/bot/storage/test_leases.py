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


def replica(database, name, clock):
    return Leases(database, owner=name, now=lambda: NOW, monotonic=clock)


async def test_hold__by_many_at_once__is_one_replicas(database, clock):
    held = await asyncio.gather(*(replica(database, f"replica {n}", clock).hold("outbox") for n in range(8)))
    assert sum(held) == 1


async def test_hold__again_by_its_holder__is_renewed(database, clock):
    one, two = replica(database, "one", clock), replica(database, "two", clock)
    for _ in range(3):
        assert await one.hold("outbox")
        assert not await two.hold("outbox")
        clock.seconds += LEASE_SECONDS - 1


async def test_hold__when_the_holder_has_not_renewed_it_for_a_lease__is_the_next_replicas(database, clock):
    one, two = replica(database, "one", clock), replica(database, "two", clock)
    assert await one.hold("outbox")
    assert not await two.hold("outbox")
    clock.seconds += LEASE_SECONDS - 1
    assert not await two.hold("outbox")
    clock.seconds += 1
    assert await two.hold("outbox")
    assert not await one.hold("outbox")


async def test_hold__by_two_who_both_see_it_expired__is_one_replicas(database, clock):
    await replica(database, "gone", clock).hold("outbox")
    waiting = [replica(database, f"replica {n}", clock) for n in range(4)]
    assert not any([await one.hold("outbox") for one in waiting])
    clock.seconds += LEASE_SECONDS
    assert sum(await asyncio.gather(*(one.hold("outbox") for one in waiting))) == 1


async def test_hold__of_another_name__waits_for_nobody(database, clock):
    assert await replica(database, "one", clock).hold("outbox")
    assert await replica(database, "two", clock).hold("topic C0PAY")


async def test_release__lets_the_next_replica_have_it_at_once(database, clock):
    one, two = replica(database, "one", clock), replica(database, "two", clock)
    await one.hold("outbox")
    await two.release("outbox")
    assert not await two.hold("outbox")
    await one.release("outbox")
    assert await two.hold("outbox")


async def test_release_all__gives_back_the_leases_of_this_process_alone(database, clock):
    one, two, three = (replica(database, name, clock) for name in ("one", "two", "three"))
    await one.hold("outbox")
    await one.hold("topic C0PAY")
    await two.hold("replica two")
    await one.release_all()
    assert await three.hold("outbox")
    assert await three.hold("topic C0PAY")
    assert not await three.hold("replica two")


async def test_hold__of_a_lease_of_another_length__expires_after_that(database, clock):
    one, two = replica(database, "one", clock), replica(database, "two", clock)
    for name, length in (("cards payments", 15.0), ("outbox", LEASE_SECONDS)):
        assert await one.hold(name, length=length)
        assert not await two.hold(name, length=length)
    clock.seconds += 14
    assert not await two.hold("cards payments", length=15.0)
    clock.seconds += 1
    assert await two.hold("cards payments", length=15.0)
    assert not await two.hold("outbox")
    assert not await one.hold("cards payments", length=15.0)
