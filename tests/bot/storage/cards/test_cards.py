"""The rows of cards, on both kinds of database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.cards.cards import CardTable, StoredCard

LATER = NOW + timedelta(days=90)
CARD = StoredCard(
    team="payments",
    incident_id="69da451ef77b1b51f40e83ee",
    channel="C0PAY",
    ts="1795500000.000100",
    started_at=NOW - timedelta(minutes=5),
    posted_at=NOW,
    kept_until=LATER,
)
OTHER = replace(CARD, incident_id="69da451ef77b1b51f40e83ef", ts="2.0", started_at=NOW - timedelta(hours=1))


@pytest.fixture
async def cards(database):
    table = CardTable(database)
    await table.put(CARD)
    return table


async def the_card(cards):
    return (await cards.get("payments", [CARD.incident_id]))[CARD.incident_id]


async def test_a_card__is_found_by_its_team_and_incident(cards):
    await cards.put(OTHER)
    assert await cards.get("payments", [CARD.incident_id, "none"]) == {CARD.incident_id: CARD}
    assert await cards.get("search", [CARD.incident_id]) == {}
    assert await cards.get("payments", []) == {}


async def test_cards__of_more_incidents_than_a_statement_takes__are_all_found(cards):
    asked = [*(f"{number:024x}" for number in range(2_500)), CARD.incident_id]
    assert list(await cards.get("payments", asked)) == [CARD.incident_id]


async def test_live_cards__are_those_of_the_team_neither_closed_nor_lost(cards):
    lost, gone = replace(OTHER, incident_id="lost"), replace(OTHER, incident_id="gone")
    for card in (OTHER, lost, gone, replace(CARD, team="search")):
        await cards.put(card)
    assert await cards.closed(gone, closed_at=NOW, kept_until=LATER)
    assert await cards.lost(lost, kept_until=LATER)
    assert await cards.live("payments") == [OTHER, CARD]


async def test_what_was_drawn_and_told__is_kept_beside_each_other(cards):
    assert await cards.drawn(CARD, fingerprint="f" * 64, seen={"severity": "Critical", "who": ["陈 \0 🔥"]})
    assert await cards.told(CARD, story_until=1_795_500_000_123)
    found = await the_card(cards)
    assert (found.drawn, found.story_until) == ("f" * 64, 1_795_500_000_123)
    assert found.seen == {"severity": "Critical", "who": ["陈 \0 🔥"]}


async def test_what_a_card_shows__is_read_alone__while_it_is_live(cards):
    shown = {"text": "陈 \0 🔥", "blocks": [{"type": "section"}]}
    assert await cards.payload_of(CARD) is None
    await cards.put(replace(CARD, payload=shown))
    assert await cards.payload_of(CARD) == shown
    assert (await the_card(cards)).payload is None
    await cards.drawn(CARD, fingerprint="f" * 64)
    assert await cards.payload_of(CARD) == shown
    assert await cards.payload_of(replace(CARD, ts="3.0")) is None
    await cards.drawn(CARD, fingerprint="", payload={"text": "new"})
    assert await cards.payload_of(CARD) == {"text": "new"}
    await cards.closed(CARD, closed_at=NOW, kept_until=LATER)
    assert await cards.payload_of(CARD) is None


async def test_what_a_card_shows__is_not_stored_beyond_a_limit(cards):
    await cards.put(replace(CARD, payload={"text": "x" * 50_000}))
    assert await cards.payload_of(CARD) is None


async def test_a_card__that_was_posted_anew_meanwhile__is_not_changed_by_who_drew_the_old_one(cards):
    anew = replace(CARD, ts="3.0", reposted=1)
    await cards.put(anew)
    assert not await cards.drawn(CARD, fingerprint="old", seen={})
    assert not await cards.closed(CARD, closed_at=NOW, kept_until=LATER)
    assert not await cards.lost(CARD, kept_until=LATER)
    assert not await cards.told(CARD, story_until=1)
    assert await the_card(cards) == anew


async def test_a_closed_card__whose_incident_is_open_again__is_live_again(cards):
    await cards.closed(CARD, closed_at=NOW, kept_until=LATER)
    closed = await the_card(cards)
    assert closed.closed_at == NOW
    await cards.put(replace(closed, closed_at=None))
    assert await cards.live("payments") == [CARD]


async def test_places_in_a_storm__are_found_by_it_and_are_changed_without_a_message(cards):
    place = replace(OTHER, ts=None, storm=NOW)
    await cards.put(place)
    await cards.put(replace(place, incident_id="of another", storm=NOW - timedelta(days=1)))
    assert await cards.in_storm("payments", "C0PAY", NOW) == [place]
    assert await cards.drawn(place, fingerprint="", seen={"progress": "Closed"})
    await cards.closed(place, closed_at=NOW, kept_until=LATER)
    (found,) = await cards.in_storm("payments", "C0PAY", NOW)
    assert (found.seen, found.closed_at) == ({"progress": "Closed"}, NOW)


async def test_live_cards__are_kept_for_as_long_as_somebody_looks_after_them(cards):
    await cards.closed(CARD, closed_at=NOW, kept_until=LATER)
    await cards.put(OTHER)
    await cards.keep("payments", LATER + timedelta(hours=23))
    assert (await cards.live("payments"))[0].kept_until == LATER
    until = LATER + timedelta(hours=25)
    await cards.keep("search", until)
    await cards.keep("payments", until)
    assert (await cards.live("payments"))[0].kept_until == until
    assert (await the_card(cards)).kept_until == LATER


async def test_the_incident_of_a_message__is_that_of_its_card_also_when_it_is_closed(cards):
    await cards.closed(CARD, closed_at=NOW, kept_until=LATER)
    assert await cards.incident_of("payments", "C0PAY", CARD.ts) == CARD.incident_id
    assert await cards.incident_of("payments", "C0PAY", "2.0") is None
    assert await cards.incident_of("payments", "C0OTHER", CARD.ts) is None
    assert await cards.incident_of("search", "C0PAY", CARD.ts) is None
