"""Hints while the database answers, refuses and comes back."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from recorded import NOW

from bot.cards import hints as module
from bot.cards.hints import CardHints
from bot.storage.cards.incident_hints import ANY_INCIDENT, IncidentHintTable
from bot.storage.database import open_database

ONE, TWO = "69da451ef77b1b51f40e83ee", "69da451ef77b1b51f40e83ef"


class Place:
    """A database that refuses hints when it is told to, and a clock that stands until it is told to go on."""

    def __init__(self, database, path):
        self.table, self.path = IncidentHintTable(database), path
        self.woken, self.pauses, self.goes_on = [], 0, asyncio.Event()
        self.has_written = asyncio.Event()
        self.hints = CardHints(self.table, teams=["payments", "search"], now=lambda: NOW, sleep=self.sleep)
        self.hints.wake = self.wake

    def wake(self, team):
        self.woken.append(team)
        self.has_written.set()

    async def written(self):
        """Let the time go on, and wait until nothing waits in memory."""
        self.goes_on.set()
        async with asyncio.timeout(20):
            while self.hints.unwritten:
                self.has_written.clear()
                await self.has_written.wait()

    async def sleep(self, _seconds):
        self.pauses += 1
        await self.goes_on.wait()

    def refuses(self):
        self._change("CREATE TRIGGER refusing BEFORE INSERT ON incident_hints BEGIN SELECT RAISE(ABORT, 'no'); END")

    def takes(self):
        self._change("DROP TRIGGER refusing")

    def _change(self, statement):
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(statement)

    async def stored(self, team="payments"):
        return {one.incident_id: (one.generation, one.is_urgent) for one in await self.table.take(team)}


@pytest.fixture
async def place(tmp_path):
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db") as database:
        here = Place(database, tmp_path / "bot.db")
        yield here
        here.goes_on.set()
        await here.hints.close()


async def test_a_hint__is_stored_when_its_giver_goes_on__and_wakes_the_leader(place):
    assert await place.hints.changed("payments", [ONE])
    assert await place.stored() == {ONE: (0, True)}
    assert place.woken == ["payments"]
    assert place.hints.unwritten == 0


async def test_a_webhook__is_not_urgent__and_may_be_about_any_incident(place):
    await place.hints.received("payments", [ONE], poll_now=True)
    assert await place.stored() == {ONE: (0, False), ANY_INCIDENT: (0, False)}


async def test_a_team_without_cards_and_no_incident__leave_nothing(place):
    assert not await place.hints.changed("platform", [ONE])
    assert not await place.hints.changed("payments", [])
    assert place.woken == []


async def test_many_at_once__are_written_in_few_transactions(place):
    await asyncio.gather(*(place.hints.received("payments", [f"{n:024x}"], poll_now=False) for n in range(300)))
    assert len(await place.stored()) == 300
    assert len(place.woken) <= 3


async def test_while_the_database_refuses__hints_wait_in_memory__and_are_written_later(place):
    place.refuses()
    assert not await place.hints.changed("payments", [ONE])
    await place.hints.received("payments", [ONE, TWO], poll_now=False)
    await place.hints.received("search", [], poll_now=True)
    assert place.hints.unwritten == 3
    assert place.woken == []
    place.takes()
    await place.written()
    assert await place.stored() == {ONE: (0, True), TWO: (0, False)}
    assert await place.stored("search") == {ANY_INCIDENT: (0, False)}
    assert set(place.woken) == {"payments", "search"}


async def test_more_hints_than_fit_into_memory__become_one_for_their_team(place, monkeypatch):
    monkeypatch.setattr(module, "MAX_UNWRITTEN_HINTS", 5)
    place.refuses()
    for number in range(50):
        await place.hints.received("payments", [f"{number:024x}"], poll_now=False)
        await place.hints.received("search", [f"{number:024x}"], poll_now=False)
    assert place.hints.unwritten == 7
    place.takes()
    await place.written()
    assert ANY_INCIDENT in await place.stored("search")
    assert ANY_INCIDENT in await place.stored()


async def test_a_database_that_hangs__delays_nobody_for_long(place):
    with closing(sqlite3.connect(place.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(4):
            assert not await place.hints.changed("payments", [ONE])
        assert place.hints.unwritten == 1
        other.execute("ROLLBACK")
    await place.written()
    assert await place.stored() == {ONE: (0, True)}


async def test_at_the_end__what_waits_is_tried_once_more(place):
    place.refuses()
    await place.hints.received("payments", [ONE], poll_now=False)
    place.takes()
    await place.hints.close()
    assert await place.stored() == {ONE: (0, False)}
