"""Webhooks from the pretend Flashduty to the running bot, in both modes, and what ADMINS hear of them."""

import aiohttp
import pytest
from harbor import BOB, harbor_at

SECRET = "made-up-secret-0001"
SETTINGS = {
    "FLASHDUTY_TEAMS__PAYMENTS__CARDS_CHANNEL": "C0GENERAL",
    "FLASHDUTY_TEAMS__PAYMENTS__WEBHOOK_SECRET": SECRET,
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
        assert "put the default body back" in told
        assert incident_id not in told
