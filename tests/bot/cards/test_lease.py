"""Who leads the cards of a team, and for how long that is certain."""

import pytest

from bot.cards.lease import CARDS_LEASE, CardsLease
from bot.storage.leases import Leases
from tests.bot.recorded import NOW


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def replicas(database, clock):
    """Two replicas of one database, whose clocks run alike."""

    def lease(owner):
        leases = Leases(database, owner=owner, now=lambda: NOW, monotonic=clock)
        return CardsLease(leases, "payments", monotonic=clock)

    return lease("one"), lease("two")


async def test_one_replica_leads__and_another_when_it_has_renewed_nothing_for_the_length_of_the_lease(replicas, clock):
    one, two = replicas
    assert await one.renew()
    assert not await two.renew()
    clock.seconds += CARDS_LEASE - 0.1
    assert not await two.renew()
    clock.seconds += 0.2
    assert await two.renew()


async def test_a_leader_that_was_paused__knows_by_its_own_clock_that_it_leads_no_longer(replicas, clock):
    """The other can begin no earlier, so an edit within the rest of the lease shows no old state over a new one."""
    one, two = replicas
    await one.renew()
    await two.renew()
    assert one.covers(CARDS_LEASE - 1)
    clock.seconds += CARDS_LEASE - 6
    assert one.covers(5)
    assert not one.covers(6)
    clock.seconds += 6
    assert await two.renew()
    assert not one.is_held
    assert not await one.renew()


async def test_a_term__is_new_whenever_another_may_have_led(replicas, clock):
    one, _ = replicas
    await one.renew()
    clock.seconds += 5
    await one.renew()
    assert one.term == 1
    clock.seconds += CARDS_LEASE
    await one.renew()
    assert one.term == 2


async def test_a_release__lets_another_lead_at_once(replicas):
    one, two = replicas
    await one.renew()
    await one.release()
    assert not one.is_held
    assert await two.renew()
    await one.release()
    assert two.is_held
    assert not await one.renew()
