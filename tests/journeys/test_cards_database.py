"""Two replicas on PostgreSQL, one of which is cut off from it: it answers what needs none, and catches up."""

import aiohttp
import pytest
from harbor import BOB, PAYMENTS, replica_of
from living import SETTING, Later, cards_at, looks, posts, raised, the_card
from pydantic import SecretStr
from way import Way

from tests.proofs.chaos.postgres import cluster, fresh_database, skip_or_fail_without

SECRET = "made-up-secret-0001"


@pytest.fixture(scope="module")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address


def replies(place, words):
    return [one for one in place.slack.seen_by(BOB, PAYMENTS) if words in one["text"]]


async def pushed(bot, incident):
    """Deliver a webhook of Flashduty to one replica."""
    body = {"event_type": "i_ack", "incident": {"incident_id": incident}}
    url = f"{bot.url}/flashduty/webhook/payments"
    headers = {"X-Flashduty-Bot-Secret": SECRET}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, json=body) as answer:
        return answer.status


async def test_a_leader_that_loses_its_database__answers__another_leads__and_what_it_was_told_is_shown(postgresql):
    address, later = await fresh_database(postgresql), Later()
    settings = {"socket_mode": False, "DATABASE_URL": address, SETTING + "WEBHOOK_SECRET": SECRET}
    async with Way(address).stands() as way, cards_at(monotonic=later, **settings) as place:
        await place.bot.cards.stop()
        through = place.settings.model_copy(update={"database_url": SecretStr(way.address)})
        async with (
            replica_of(place, through, monotonic=later) as first,
            replica_of(place, monotonic=later) as second,
        ):
            place.slack.deliver_to(f"{first.url}/slack/events")
            incident = raised(place, severity="Warning")
            await looks(place, first)
            await looks(place, second)
            shown = the_card(place)["ts"]
            way.cut()
            assert "`incidents`" in (await place.types("/flashduty help"))["text"]
            assert "Ledger is behind" in str(await place.types("/flashduty incidents"))
            place.flashduty.console.comment(incident, text="Rolling back.")
            place.flashduty.console.acknowledge(incident, by="Bob Müller")
            assert await pushed(first, incident) == 200
            await looks(place, first)
            assert "*Unacknowledged*" in the_card(place)["text"]
            later.ahead += 16
            await looks(place, second)
            await place.slack.until(lambda: "*Acknowledged* by Bob Müller" in the_card(place)["text"])
            place.flashduty.console.severity(incident, severity="Critical")
            assert await pushed(first, incident) == 200
            way.mend()
            # What it was told meanwhile is stored now, and read by the other one.
            await place.slack.until(lambda: the_card(place)["text"].startswith("🔴"), timeout=20)
            await looks(place, first)
            assert the_card(place)["ts"] == shown
            assert len(posts(place)) == 1
            assert len(replies(place, "Rolling back.")) == 1
