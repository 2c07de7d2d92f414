"""A storm: many new incidents at once make one message, which stays equal to them."""

import sqlite3
from datetime import timedelta

from harbor import ALICE, BOB, replica_of
from living import SETTING, cards, cards_at, edits, looks, raised

STORM = {SETTING + "CARDS_STORM": "3"}


def storms(place):
    return [one for one in place.shown(BOB) if one["text"].startswith("🌪️")]


def placed_of(place, raging):
    """The incidents without a card."""
    shown = {one["text"].split("#")[1][:6] for one in cards(place, "Host")}
    return [one for one in raging if one[-6:].upper() not in shown]


def drawn_otherwise(place):
    """Have the notes say that the messages of storms were drawn in another way, as by an earlier version."""
    with sqlite3.connect(place.settings.database_url.get_secret_value().partition(":///")[2]) as database:
        database.execute("UPDATE card_storms SET drawn = ?", ["f" * 64])


def rage(place, count, severity="Warning"):
    return [raised(place, f"Host {number} is gone", severity=severity) for number in range(count)]


async def a_minute(place, minutes=1):
    place.clock.shift(timedelta(minutes=minutes))
    await looks(place)


async def test_what_is_open_when_cards_are_switched_on__is_one_message():
    async with cards_at() as place:
        (first,) = storms(place)
        assert first["text"].startswith("🌪️ *14 incidents were open when cards were switched on*, ")
        assert cards(place, "") == []
        for _ in range(3):
            await looks(place)
        assert storms(place) == [first]
        raised(place, "Queue is long", severity="Warning")
        await looks(place)
        assert len(cards(place, "Queue is long")) == 1
        assert storms(place) == [first]


async def test_more_cards_than_the_limit__make_one_message_for_all_others__edited_in_place():
    async with cards_at(**STORM) as place:
        raging = rage(place, 8)
        await looks(place)
        assert len(cards(place, "Host")) == 3
        (_, storm) = storms(place)
        assert "*Incident storm: 5 new incidents* since" in storm["text"]
        assert "❗ 5 unacknowledged" in storm["text"]
        assert "🔶 *Warning* 5" in storm["text"]
        placed = placed_of(place, raging)
        place.flashduty.console.acknowledge(placed[0])
        place.flashduty.console.close(placed[1])
        await place.bot.cards.look()
        await place.slack.until(lambda: "👤 1 acknowledged · ✅ 1 closed" in storms(place)[1]["text"], timeout=15)
        assert storms(place)[1]["ts"] == storm["ts"]


async def test_a_critical_incident_in_a_storm__has_a_card_of_its_own():
    async with cards_at(**STORM) as place:
        rage(place, 6)
        await looks(place)
        raised(place, "Nobody can pay", severity="Critical")
        await looks(place)
        assert len(cards(place, "Nobody can pay")) == 1
        assert "*Incident storm: 3 new incidents*" in storms(place)[1]["text"]


async def test_a_storm__ends_when_nothing_new_comes__and_the_next_card_is_a_card():
    async with cards_at(**STORM) as place:
        rage(place, 5)
        await looks(place)
        await a_minute(place, 6)
        await place.slack.until(lambda: " to <!date" in storms(place)[1]["text"], timeout=15)
        assert storms(place)[1]["text"].startswith("🌪️ *Incident storm over: 2 incidents*, ")
        raised(place, "Queue is long", severity="Warning")
        await looks(place)
        assert len(cards(place, "Queue is long")) == 1
        assert len(storms(place)) == 2


async def test_a_storm__is_one_message_for_the_next_leader_too():
    async with cards_at(**STORM) as place:
        rage(place, 5)
        await looks(place)
        await place.bot.cards.stop()
        async with replica_of(place) as other:
            await looks(place, other)
            await looks(place, other)
        assert len(storms(place)) == 2
        assert [call for call in edits(place) if call.params["ts"] == storms(place)[1]["ts"]] == []


async def test_a_settled_storm_of_an_earlier_leader__is_drawn_once_by_the_next_one():
    async with cards_at(**STORM) as place:
        rage(place, 5)
        await looks(place)
        await a_minute(place, 6)
        await place.slack.until(lambda: " to <!date" in storms(place)[1]["text"], timeout=15)
        await place.slack.settled()
        await place.bot.cards.stop()
        drawn_otherwise(place)
        before = len(edits(place))
        async with replica_of(place) as other:
            await looks(place, other)
            await looks(place, other)
        assert len(edits(place)) == before + 2
        assert len(storms(place)) == 2


async def test_a_workspace_that_forbids_late_edits__gets_the_message_of_a_storm_once_anew():
    async with cards_at(**STORM, ADMINS=ALICE) as place:
        raging = rage(place, 6)
        await looks(place)
        _, old = storms(place)
        place.slack.close_edits_after(timedelta(minutes=2))
        place.clock.shift(timedelta(minutes=3))
        placed = placed_of(place, raging)
        place.flashduty.console.acknowledge(placed[0])
        for _ in range(3):
            await looks(place)
        _, left, new = storms(place)
        assert left == old
        assert "👤 1 acknowledged" in new["text"]
        place.clock.shift(timedelta(minutes=1))
        place.flashduty.console.acknowledge(placed[1])
        await place.bot.cards.look()
        await place.slack.until(lambda: "👤 2 acknowledged" in storms(place)[2]["text"], timeout=15)
        place.clock.shift(timedelta(minutes=3))
        place.flashduty.console.close(placed[2])
        for _ in range(3):
            await looks(place)
        assert len(storms(place)) == 3
        told = [message["text"] for message in place.slack.seen_by(ALICE, "D0ALICE")]
        assert len([one for one in told if "does not let the bot update" in one]) == 1
