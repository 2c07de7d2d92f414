"""Signed bodies of any shape: no traceback, no 5xx, and one line in the log for each that is refused. found.md F11."""

import json
import logging
import os
import random

import pytest
from harbor import ALICE, PAYMENTS, harbor_at
from mutations import OTHER_EVENTS, OTHER_PAYLOADS, bent, payloads_of_every_kind
from structlog.testing import capture_logs

import handlers
from sandbox.slack.deliveries import Delivery
from sandbox.slack.outcome import Sending

BODIES = 3_200 if os.environ.get("FULL_PROOF") == "1" else 400
REFUSED = {"not the shape of Slack's payloads", "refused"}


async def sent(slack, kind, payload):
    delivery = Delivery(kind, payload)
    delivery.sending = Sending(kind, payload)
    return await slack.redeliver(delivery)


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_thousands_of_bodies__bent_out_of_shape__bring_no_traceback(transport, seed, caplog, record_property):
    """found.md F11: 392 tracebacks and 5xx of 12,923."""
    chance = random.Random(seed)
    caplog.set_level(logging.INFO)
    async with harbor_at(socket_mode=transport == "socket") as place:
        kinds = await payloads_of_every_kind(place)
        caplog.clear()
        outcomes = []
        with capture_logs() as lines:
            for number in range(BODIES if transport == "http" else BODIES // 4):
                kind, payload = kinds[number % len(kinds)]
                outcomes.append(await sent(place.slack, kind, bent(payload, chance)))
                if number % 100 == 99:
                    await place.slack.settled(30, quiet=0.01)
            await place.slack.settled(30)
        assert (await place.types("/flashduty incidents"))["text"]
    tracebacks = [line for line in lines if line.get("exc_info") or line["log_level"] in {"error", "critical"}]
    tracebacks += [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert tracebacks == []
    refusals = [line for line in lines if is_refusal(line)]
    statuses = [outcome.status for outcome in outcomes]
    if transport == "http":
        assert set(statuses) <= {200, 400}
        assert statuses.count(400) == len(refusals) > BODIES // 10
    else:
        assert set(statuses) == {"acked"}
        assert len(refusals) > BODIES // 40
    figures = (
        f"{len(outcomes)} signed bodies by {transport}: {statuses.count(400) or len(refusals)} refused, 0 tracebacks"
    )
    record_property("figures", f"{figures}, 0 of 5xx")


def is_refusal(line):
    """One line of a request that was not let in; a person who was refused has a line as well."""
    return line["event"] in REFUSED and ("where" in line or "status" in line)


@pytest.mark.parametrize("payload", [*OTHER_EVENTS, *OTHER_PAYLOADS], ids=lambda one: one["type"])
async def test_what_is_not_for_us__is_answered_200_and_nothing_happens(harbor, payload):
    """found.md F11: 404 was counted by Slack as a failure; in Socket Mode it was not acknowledged at all."""
    envelope = {"type": "event_callback", "team_id": "T0HARBOR", "event_id": "Ev1", "event": payload}
    before = len(harbor.slack.calls)
    delivery = await sent(harbor.slack, "event", envelope if payload in OTHER_EVENTS else payload)
    assert delivery.acked
    await harbor.slack.settled()
    assert (harbor.slack.calls[before:], harbor.flashduty.calls) == ([], [])


async def test_every_kind_of_payload__as_it_is__is_acknowledged(harbor):
    """found.md F11: shortcuts, suggestions, views, home and channel messages included."""
    for kind, payload in await payloads_of_every_kind(harbor):
        assert (await sent(harbor.slack, kind, payload)).acked, payload


async def test_request_url__when_slack_asks__gives_the_challenge_and_takes_the_ssl_check():
    """found.md F11."""
    async with harbor_at(socket_mode=False) as place:
        assert (await place.slack.verify_url()).acked
        assert (await place.slack.check_ssl()).acked


@pytest.mark.parametrize("name", ["/fd", "/故障"])
async def test_a_command__of_another_name__is_told_so(harbor, name):
    """found.md F11 and D: silence, or Slack's dispatch_failed, would say nothing of the cure."""
    command = (await harbor.slack.command(ALICE, PAYMENTS, "/flashduty help")).payload
    delivery = await sent(harbor.slack, "command", {**command, "command": name})
    said = delivery.answer["text"] if isinstance(delivery.answer, dict) else delivery.answer
    assert said.startswith(f"This bot answers /flashduty, not {name}.")


WORDS = [
    "",
    "incidents",
    "incidents page:99999999999999999999",
    "incidents since:99999999999999d",
    "incident " + "0" * 500,
    "oncall at:+999999999999999h",
    "oncall at:-1",
    "digest post " * 50,
    "reminder 1e999 x",
    f"reminder {10**30} {10**30}",
    "reminder -99999999999 6001",
    "S0PAYONCALL " + "f" * 64,
    "x" * 1_900,
    "\u202e<!channel> \u2028 \ufffe \x7f",
]


def pressed(route, number, carried):
    return {
        "type": "block_actions",
        "team": {"id": "T0HARBOR"},
        "user": {"id": ALICE},
        "channel": {"id": PAYMENTS},
        "container": {"type": "message", "message_ts": "1.2", "is_ephemeral": True},
        "actions": [{"action_id": f"{route}:{number}", "action_ts": f"{number}.1", "value": json.dumps(carried)}],
    }


async def test_a_press__that_carries_odd_words__is_answered_in_words(caplog):
    """found.md F11: what a control brings back is as untrusted as everything else."""
    async with harbor_at(socket_mode=False) as place:
        with capture_logs() as lines:
            for route in handlers.ACTIONS:
                for number, words in enumerate(WORDS):
                    incident = ("", "\u00e9" * 64, "6b053a288eed1cf4ce0e83ee")[number % 3]
                    carried = {"t": "payments", "w": words, "i": incident, "o": words[:64], "h": words[:64]}
                    await sent(place.slack, "block_actions", pressed(route, number, carried))
                too_long = {"t": "payments", "w": "incidents", "o": "x" * 1_900}
                await sent(place.slack, "block_actions", pressed(route, 99, too_long))
                await place.slack.settled(30)
        assert (await place.types("/flashduty help"))["text"]
    assert [line for line in lines if line.get("exc_info") or line["log_level"] in {"error", "critical"}] == []
    assert [record for record in caplog.records if record.exc_info] == []
    assert not any("Something went wrong in the bot" in text for text in place.sees())
