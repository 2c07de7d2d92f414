"""Storms from outside: how many cards and messages there are, what "Show" lists, and what faults leave behind."""

import asyncio
import re
from datetime import timedelta

from harbor import ALICE, BOB, PAYMENTS, replica_of
from living import SETTING, cards, cards_at, posts, raised

from sandbox.faults import Fault

STORM = {SETTING + "CARDS_STORM": "3"}
SHOW = "open:storm"


def storms(place):
    """The messages of storms, without the one of what was open before."""
    return [one for one in place.shown(BOB) if one["text"].startswith("🌪️ *Incident storm")]


def the_storm(place):
    (storm,) = storms(place)
    return storm


def rage(place, count, severity="Warning"):
    return [raised(place, f"Host {number} is gone", severity=severity) for number in range(count)]


def numbers(message):
    return set(re.findall(r"#([0-9A-F]{6})", str(message["blocks"])))


def placed(place, raging):
    """Those of the incidents that have no card."""
    with_card = {number for one in cards(place, "Host") for number in re.findall(r"#([0-9A-F]{6})", one["text"])}
    return [one for one in raging if one[-6:].upper() not in with_card]


async def looks(place, bot=None):
    """Have the bot read all open incidents; edits of the message of a storm may wait for ten seconds."""
    await (bot or place.bot).cards.look()


async def deleted(place):
    """Delete the message of the storm, change the storm, and let the bot notice."""
    place.slack.delete_message(PAYMENTS, the_storm(place)["ts"])
    raised(place, "Host 100 is gone", severity="Warning")
    await looks(place)
    await place.slack.settled(15)
    await looks(place)


async def test_sixty_in_a_minute__are_ten_cards_and_the_critical_ones__and_one_message_whose_counts_are_right():
    async with cards_at() as place:
        raging = []
        for _ in range(3):
            raging += rage(place, 20)
            await looks(place)
            place.clock.shift(timedelta(seconds=20))
        critical = [raised(place, "Nobody can pay", severity="Critical") for _ in range(2)]
        await looks(place)
        assert len(cards(place, "Host")) == 10
        assert len(cards(place, "Nobody can pay")) == len(critical)
        assert len(posts(place)) == 12
        for one in placed(place, raging)[:7]:
            place.flashduty.console.close(one)
        await place.bot.cards.look()
        await place.slack.until(lambda: "❗ 43 unacknowledged · ✅ 7 closed" in the_storm(place)["text"], timeout=15)
        assert the_storm(place)["text"].startswith("🌪️ *Incident storm: 50 new incidents* since ")
        assert "🔶 *Warning* 43" in the_storm(place)["text"]
        assert "• Payments API · 43" in the_storm(place)["text"]


async def test_show__lists_the_open_incidents_of_that_storm_alone__privately():
    async with cards_at(**STORM) as place:
        raging = rage(place, 8)
        await looks(place)
        others = placed(place, raging)
        place.flashduty.console.close(others[0])
        await looks(place)
        await place.presses(the_storm(place), SHOW)
        listed = place.slack.seen_by(ALICE, PAYMENTS)[-1]
        assert numbers(listed) == {one[-6:].upper() for one in others[1:]}
        assert "in one incident storm" in str(listed["blocks"])
        assert listed not in place.shown(BOB)


async def test_a_storm__ends_while_single_incidents_go_on_coming():
    async with cards_at(**STORM) as place:
        rage(place, 6)
        await looks(place)
        for number in range(4):
            place.clock.shift(timedelta(minutes=2))
            raised(place, f"Queue {number} is long", severity="Warning")
            await looks(place)
        assert len(cards(place, "Queue")) == 2
        await place.slack.until(lambda: "Incident storm over: 5 incidents" in the_storm(place)["text"], timeout=15)


async def test_the_message_of_a_storm_deleted__comes_once_more__and_the_storm_ends_nevertheless():
    async with cards_at(ADMINS=ALICE, **STORM) as place:
        rage(place, 6)
        await looks(place)
        first = the_storm(place)["ts"]
        await deleted(place)
        assert the_storm(place)["ts"] != first
        await deleted(place)
        assert storms(place) == []
        place.clock.shift(timedelta(minutes=6))
        await looks(place)
        raised(place, "Queue is long", severity="Warning")
        await looks(place)
        assert len(cards(place, "Queue is long")) == 1
        assert storms(place) == []
        told = [one["text"] for one in place.slack.seen_by(ALICE, "D0ALICE")]
        assert len([one for one in told if "deleted" in one]) == 1


async def test_a_card_that_may_be_in_slack__gets_no_place_in_a_storm_besides():
    async with cards_at(**{SETTING + "CARDS_STORM": "1"}) as place:
        rage(place, 1)
        place.slack.fail("chat.postMessage", Fault.lost_answer(), 1)
        place.slack.fail("conversations.history", Fault.hang(), times=None)
        look = asyncio.create_task(place.bot.cards.look())
        await place.slack.until(lambda: cards(place, "Host"))
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)
        await place.bot.cards.stop()
        place.slack.mend()
        for number in range(1, 4):
            raised(place, f"Host {number} is gone", severity="Critical")
        async with replica_of(place) as other:
            await looks(place, other)
            await looks(place, other)
        assert len(cards(place, "Host 0")) == 1
        assert "*Incident storm: 2 new incidents*" in the_storm(place)["text"]


async def test_a_process_that_dies_before_it_notes_the_message__leaves_one():
    async with cards_at(**{SETTING + "CARDS_STORM": "1"}) as place:
        rage(place, 1)
        await looks(place)
        raised(place, "Host 1 is gone", severity="Warning")
        place.slack.fail("chat.postMessage", Fault.lost_answer(), 1)
        place.slack.fail("conversations.history", Fault.hang(), times=None)
        look = asyncio.create_task(place.bot.cards.look())
        await place.slack.until(lambda: storms(place))
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)
        await place.bot.cards.stop()
        place.slack.mend()
        async with replica_of(place) as other:
            for _ in range(3):
                await looks(place, other)
        assert the_storm(place)


async def test_two_replicas__make_one_message():
    async with cards_at(**STORM) as place, replica_of(place) as other:
        for _ in range(2):
            rage(place, 4)
            await asyncio.gather(looks(place), looks(place, other))
        await place.bot.cards.stop()
        rage(place, 4)
        await looks(place, other)
        await place.slack.until(lambda: "*Incident storm: 9 new incidents*" in the_storm(place)["text"], timeout=15)
        assert len(cards(place, "Host")) == 3
