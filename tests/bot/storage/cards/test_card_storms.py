"""The messages of storms, on both kinds of database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.cards.card_storms import CardStormTable, StoredStorm

LATER = NOW + timedelta(days=90)
STORM = StoredStorm(team="payments", channel="C0PAY", started_at=NOW, kept_until=LATER)


@pytest.fixture
def storms(database):
    return CardStormTable(database)


async def test_a_storm__is_one_in_its_channel_until_it_ends(storms):
    assert await storms.current("payments", "C0PAY") is None
    assert await storms.open(STORM) == STORM
    assert await storms.open(replace(STORM, started_at=NOW + timedelta(minutes=1))) == STORM
    elsewhere = replace(STORM, channel="C0OTHER")
    assert await storms.open(elsewhere) == elsewhere
    await storms.drawn(STORM, ts="1.0", fingerprint="f" * 64)
    assert await storms.current("payments", "C0PAY") == replace(STORM, ts="1.0", drawn="f" * 64)
    await storms.end(STORM, ended_at=LATER, kept_until=LATER)
    assert await storms.current("payments", "C0PAY") is None
    assert await storms.current("payments", "C0OTHER") == elsewhere


async def test_the_next_storm__has_a_row_of_its_own(storms):
    await storms.open(STORM)
    await storms.end(STORM, ended_at=NOW, kept_until=LATER)
    following = replace(STORM, started_at=NOW + timedelta(hours=1))
    assert await storms.open(following) == following
    await storms.drawn(STORM, ts="1.0", fingerprint="of the first")
    assert await storms.current("payments", "C0PAY") == following
