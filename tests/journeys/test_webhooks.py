"""Webhooks from the pretend Flashduty to the running bot, in both modes, and what ADMINS hear of them."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import aiohttp
import pytest
from harbor import BOB, harbor_at, replica_of
from living import SETTING, cards, cards_at, looks, raised, the_card

from bot.cli.webhook_sample import print_sample

SECRET = "made-up-secret-0001"
SETTINGS = {
    SETTING + "CARDS_CHANNEL": "C0GENERAL",
    SETTING + "WEBHOOK_SECRET": SECRET,
    "ADMINS": BOB,
}


def configured(place, **more):
    """Configure a webhook as the README says."""
    url, headers = f"{place.bot.url}/flashduty/webhook/payments", {"X-Flashduty-Bot-Secret": SECRET}
    return place.flashduty.webhooks.add(**{"url": url, "headers": headers, **more})


async def delivered(place):
    """What Flashduty's history says of the deliveries since the last look."""
    await place.flashduty.webhooks.settled()
    found = [
        (one["event_type"], one["status_code"], one["response_body"]) for one in place.flashduty.account.deliveries
    ]
    place.flashduty.account.deliveries.clear()
    return found


def alerts(place, user=BOB):
    return [text for text in place.sees(user, "D0BOB") if "Webhooks" in text]


async def readiness(place):
    async with aiohttp.ClientSession() as session, session.get(f"{place.bot.url}/readyz") as answer:
        return await answer.json()


@pytest.mark.parametrize("socket_mode", [True, False])
async def test_what_happens_in_flashduty__is_taken_as_it_is_pushed(socket_mode):
    async with harbor_at(socket_mode=socket_mode, **SETTINGS) as place:
        configured(place)
        configured(place, kind="alert")
        incident_id = place.flashduty.raise_incident(title="Something broke")["incident_id"]
        place.flashduty.console.acknowledge(incident_id)
        taken = await delivered(place)
        assert {"i_new", "i_ack"} <= {kind for kind, _, _ in taken}
        assert {(status, text) for _, status, text in taken} == {(200, "Accepted.")}
        assert (await readiness(place))["hints_not_written"] == 0
        assert alerts(place) == []


async def test_another_secret__is_refused_and_seen_in_flashdutys_history():
    async with harbor_at(**SETTINGS) as place:
        configured(place, headers={"X-Flashduty-Bot-Secret": "made-up-secret-0002"})
        place.flashduty.console.comment(place.flashduty.raise_incident()["incident_id"], text="hello")
        assert {status for _, status, _ in await delivered(place)} == {401}


async def test_a_body_of_the_operators_own__is_said_to_admins_once__with_the_cure():
    async with harbor_at(**SETTINGS) as place:
        configured(place, template='{"text": "{{incident.title}} is {{incident.progress}}"}')
        incident_id = place.flashduty.raise_incident()["incident_id"]
        assert {status for _, status, _ in await delivered(place)} == {200}
        await place.slack.until(lambda: alerts(place))
        place.flashduty.console.close(incident_id)
        await delivered(place)
        await place.bot.tick()
        (told,) = alerts(place)
        assert "Webhooks of team payments arrive, but no incident can be found in them" in told
        assert "restore the default body" in told
        assert incident_id not in told


LIVING = {SETTING + "WEBHOOK_SECRET": SECRET, SETTING + "CARDS_POLL_EVERY": "60s"}


def waiting(place):
    """The incidents that nobody has looked at."""
    path = place.settings.database_url.get_secret_value().partition("///")[2]
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT incident_id FROM incident_hints")]


async def test_a_card__comes_and_changes_with_what_is_pushed__long_before_the_next_poll():
    async with cards_at(**LIVING) as place:
        configured(place)
        incident = raised(place)
        await place.slack.until(lambda: cards(place), timeout=20)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await place.slack.until(lambda: "*Acknowledged* by Bob Müller" in the_card(place)["text"], timeout=20)
        assert len(cards(place)) == 1


async def test_an_incident_that_was_opened_and_closed_again_between_two_looks__shows_its_last_end():
    async with cards_at(**LIVING) as place:
        incident = raised(place)
        await looks(place)
        place.flashduty.console.close(incident, by="Alice Chen")
        await looks(place)
        assert "*Closed*" in the_card(place)["text"]
        configured(place)
        place.clock.shift(timedelta(hours=2))
        place.flashduty.console.reopen(incident, by="Alice Chen")
        place.flashduty.console.close(incident, by="Bob Müller")
        await place.slack.until(lambda: "Bob Müller" in the_card(place)["text"], timeout=20)


async def test_what_a_forged_delivery_says__is_not_believed__and_another_teams_incident_is_not_shown():
    async with cards_at(**LIVING) as place:
        foreign = place.flashduty.raise_incident(title="Of another team", flashduty_channel="Search")["incident_id"]
        incident = raised(place)
        headers = {"X-Flashduty-Bot-Secret": SECRET}
        forged = {"title": "Forged", "progress": "Closed", "incident_severity": "Info", "channel_id": 5001}
        async with aiohttp.ClientSession(place.bot.url, headers=headers) as session:
            for name in (foreign, "f" * 24, incident):
                body = {"event_type": "i_rslv", "incident": forged | {"incident_id": name}}
                async with session.post("/flashduty/webhook/payments", json=body) as answer:
                    assert answer.status == 200
        await place.slack.until(lambda: cards(place), timeout=20)
        await looks(place)
        assert "❗ *Unacknowledged*" in the_card(place)["text"]
        assert [one for one in place.shown() if "Forged" in str(one) or "Of another team" in str(one)] == []
        assert waiting(place) == []


async def test_a_sample__is_looked_at_and_leaves_nothing(capsys):
    async with cards_at(**LIVING) as place:
        before = place.shown()
        assert await asyncio.to_thread(print_sample, place.settings, team=None, url=place.bot.url) == 0
        assert "The bot took the delivery" in capsys.readouterr().out
        await looks(place)
        assert waiting(place) == []
        assert place.shown() == before


async def test_a_delivery_to_a_replica_that_does_not_lead__changes_the_card_as_well():
    async with cards_at(**LIVING) as place, replica_of(place) as other:
        configured(place, url=f"{other.url}/flashduty/webhook/payments")
        incident = raised(place)
        await place.slack.until(lambda: cards(place), timeout=20)
        place.flashduty.console.close(incident, by="Bob Müller")
        await place.slack.until(lambda: "✅ *Closed*" in the_card(place)["text"], timeout=20)
        assert len(cards(place)) == 1


async def test_while_the_database_refuses__a_delivery_is_taken_all_the_same__and_shows_later():
    async with cards_at(**LIVING) as place:
        configured(place)
        path = place.settings.database_url.get_secret_value().partition("///")[2]
        with closing(sqlite3.connect(path)) as connection:
            refusing = "BEFORE INSERT ON incident_hints BEGIN SELECT RAISE(ABORT, 'no'); END"
            connection.execute(f"CREATE TRIGGER refusing {refusing}")
            incident = raised(place)
            assert {(status, text) for _, status, text in await delivered(place)} == {(200, "Accepted.")}
            assert (await readiness(place))["hints_not_written"] == 1
            connection.execute("DROP TRIGGER refusing")
        await place.slack.until(lambda: cards(place), timeout=20)
        assert (await readiness(place))["hints_not_written"] == 0
        assert incident[-6:].upper() in the_card(place)["text"]
