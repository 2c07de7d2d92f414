"""A storm: many new incidents at once make one message, which stays equal to them."""

from datetime import timedelta

from harbor import BOB, replica_of
from living import SETTING, cards, cards_at, edits, looks, raised

STORM = {SETTING + "CARDS_STORM": "3"}


def storms(place):
    return [one for one in place.shown(BOB) if one["text"].startswith("🌪️")]


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
        shown = {one["text"].split("#")[1][:6] for one in cards(place, "Host")}
        placed = [one for one in raging if one[-6:].upper() not in shown]
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
