"""The messages of storms, on both kinds of database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.cards.card_storms import STORM_CHANGED, STORM_EDITING, STORM_LOST, CardStormTable, StoredStorm
from bot.storage.cards.cards import CardTable, StoredCard

LATER = NOW + timedelta(days=90)
STORM = StoredStorm(team="payments", channel="C0PAY", started_at=NOW, kept_until=LATER)
PLACE = StoredCard(
    team="payments",
    incident_id="a",
    channel="C0PAY",
    storm=NOW,
    started_at=NOW,
    posted_at=NOW,
    kept_until=NOW + timedelta(days=1),
)


@pytest.fixture
def storms(database):
    return CardStormTable(database)


async def drawn(storms):
    return (await storms.get("payments", "C0PAY", NOW)).drawn


async def test_a_storm__is_one_in_its_channel_until_it_ends(storms):
    assert await storms.current("payments", "C0PAY") is None
    assert await storms.open(STORM) == STORM
    assert await storms.open(replace(STORM, started_at=NOW + timedelta(minutes=1))) == STORM
    elsewhere = replace(STORM, channel="C0OTHER")
    assert await storms.open(elsewhere) == elsewhere
    await storms.posted(STORM, ts="1.0", drawn="f" * 64)
    assert await storms.current("payments", "C0PAY") == replace(STORM, ts="1.0", drawn="f" * 64)
    await storms.end(STORM, ended_at=LATER, kept_until=LATER)
    assert await storms.current("payments", "C0PAY") is None
    assert await storms.current("payments", "C0OTHER") == elsewhere


async def test_the_next_storm__has_a_row_of_its_own(storms):
    await storms.open(STORM)
    await storms.end(STORM, ended_at=NOW, kept_until=LATER)
    following = replace(STORM, started_at=NOW + timedelta(hours=1))
    assert await storms.open(following) == following
    await storms.posted(STORM, ts="1.0", drawn="of the first")
    assert await storms.current("payments", "C0PAY") == following


async def test_a_change_during_an_edit__leaves_unknown_what_the_message_shows(storms):
    await storms.open(STORM)
    await storms.posted(STORM, ts="1.0", drawn="before")
    await storms.begin_edit(STORM)
    assert await drawn(storms) == STORM_EDITING
    await storms.drawn(STORM, fingerprint="after")
    assert await drawn(storms) == "after"
    await storms.begin_edit(STORM)
    await storms.changed("payments", "C0PAY", NOW, kept_until=LATER)
    await storms.drawn(STORM, fingerprint="too old")
    assert await drawn(storms) == STORM_CHANGED


async def test_storms_that_are_not_settled(storms):
    await storms.open(STORM)
    await storms.posted(STORM, ts="1.0", drawn="f")
    (found,) = await storms.unsettled("payments")
    await storms.end(found, ended_at=LATER, kept_until=LATER)
    (found,) = await storms.unsettled("payments")
    assert (found.ended_at, found.drawn) == (LATER, STORM_CHANGED)
    await storms.posted(found, ts="1.0", drawn="f")
    assert await storms.unsettled("payments") == []
    await storms.gone(found)
    (found,) = await storms.unsettled("payments")
    assert (found.ts, found.reposted) == (None, 1)
    await storms.lost(found)
    await storms.changed("payments", "C0PAY", NOW, kept_until=LATER)
    assert await storms.unsettled("payments") == []
    assert await drawn(storms) == STORM_LOST
    assert await storms.unsettled("search") == []


async def test_a_storm_with_live_places__is_kept_as_long_as_they_are(storms):
    cards, soon = CardTable(storms.database), NOW + timedelta(days=1)
    for channel in ("C0PAY", "C0OTHER"):
        await storms.open(replace(STORM, channel=channel, kept_until=soon))
    await cards.put(PLACE)
    await cards.keep("payments", LATER)
    kept = [(await storms.get("payments", channel, NOW)).kept_until for channel in ("C0PAY", "C0OTHER")]
    assert kept == [LATER, soon]
