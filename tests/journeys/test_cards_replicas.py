"""Living cards with several replicas: who leads, who hints, and what the operator sees of it."""

import asyncio

import aiohttp
from harbor import CAROL, PAYMENTS, replica_of
from living import cards_at, edits, looks, raised, the_card

from sandbox.faults import Fault


def control(message, label):
    return next(
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element.get("text", {}).get("text") == label
    )


async def readiness(bot):
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/readyz") as answer:
        return await answer.json()


async def test_a_press_that_another_replica_answers__is_on_the_card_a_moment_later():
    async with cards_at(socket_mode=False) as place, replica_of(place) as other:
        raised(place)
        await looks(place)
        place.slack.deliver_to(f"{other.url}/slack/events")
        card = the_card(place)
        await place.presses(card, control(card, "Acknowledge"))
        await place.slack.until(lambda: "*Acknowledged* by Alice Chen" in the_card(place)["text"])
        assert len(edits(place)) == 1


async def test_readiness__tells_of_the_leader_how_old_its_cards_are():
    async with cards_at() as place, replica_of(place) as other:
        await looks(place)
        assert (await readiness(place.bot))["seconds_since_cards"] in range(60)
        assert (await readiness(other))["seconds_since_cards"] is None


async def test_the_end_of_a_leader__lets_another_lead_at_once():
    async with cards_at() as place:
        async with replica_of(place) as other:
            await place.bot.cards.stop()
            raised(place)
            await looks(place, other)
            assert the_card(place)
            await other.cards.stop()
        assert not any(task.get_name().startswith("cards of") for task in asyncio.all_tasks())


async def test_answers_that_make_no_sense__end_one_look_and_no_more():
    async with cards_at() as place:
        raised(place)
        for said in ("[]", '{"data": {"items": [{"incident_id": 7}]}}', '{"data": 7}', "<html>"):
            place.flashduty.fail("/incident/list", Fault.says(said), 1)
            await looks(place)
        await looks(place)
        assert the_card(place)


async def test_somebody_who_may_not_act__is_told_so_and_the_card_stays():
    async with cards_at() as place:
        raised(place)
        await looks(place)
        card = the_card(place)
        await place.presses(card, control(card, "Acknowledge"), user=CAROL)
        await looks(place)
        assert "*Unacknowledged*" in the_card(place)["text"]
        assert place.called("/incident/ack") == []
        assert edits(place) == []
        assert [one for one in place.slack.seen_by(CAROL, PAYMENTS) if one["ts"] != card["ts"]][-1]["text"]
