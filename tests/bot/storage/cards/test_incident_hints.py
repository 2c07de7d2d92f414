"""Which incidents may have changed, on both kinds of database, whoever says so at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.cards.incident_hints import ANY_INCIDENT, IncidentHintTable, StoredHint

HINT = StoredHint(team="payments", incident_id="69da451ef77b1b51f40e83ee", hinted_at=NOW)


@pytest.fixture
def hints(database):
    return IncidentHintTable(database)


def hint(incident_id, seconds=0, **more):
    return replace(HINT, incident_id=incident_id, hinted_at=NOW + timedelta(seconds=seconds), **more)


async def test_hints__are_one_for_an_incident_and_oldest_first(hints):
    await hints.put([hint("b", 1), hint("a", 2), hint(ANY_INCIDENT, 3)])
    await hints.put([hint("a", 9), replace(HINT, team="search")])
    assert [(one.incident_id, one.generation) for one in await hints.take("payments")] == [("b", 0), ("a", 1), ("", 0)]
    assert [one.incident_id for one in await hints.take("payments", 1)] == ["b"]
    assert await hints.hinted_teams() == {"payments", "search"}


async def test_an_urgent_hint__comes_first_and_stays_urgent(hints):
    await hints.put([hint("a", 1), hint("b", 2), hint("b", 2, is_urgent=True), hint("b", 2)])
    await hints.put([hint("b", 3)])
    assert [(one.incident_id, one.is_urgent) for one in await hints.take("payments")] == [("b", True), ("a", False)]


async def test_drop__leaves_what_was_hinted_at_again(hints):
    await hints.put([hint("a"), hint("b")])
    taken = await hints.take("payments")
    await hints.put([hint("a", 1)])
    await hints.drop(taken)
    assert [(one.incident_id, one.generation) for one in await hints.take("payments")] == [("a", 1)]


async def test_drop__leaves_what_was_dropped_and_hinted_at_again(hints):
    await hints.put([hint("a")])
    taken = await hints.take("payments")
    await hints.drop(taken)
    await hints.put([hint("a", 1)])
    await hints.drop(taken)
    assert [one.generation for one in await hints.take("payments")] == [0]


async def test_hints__of_many_at_once__lock_nobody_out(hints):
    names = [f"incident {number}" for number in range(400)]
    await asyncio.gather(*(hints.put([hint(name) for name in order]) for order in (names, names[::-1]) * 4))
    taken = await hints.take("payments")
    assert sorted((one.incident_id, one.generation) for one in taken) == [(name, 7) for name in sorted(names)]
    await hints.drop(taken)
    assert await hints.hinted_teams() == frozenset()
    await hints.put([])
    await hints.drop([])
