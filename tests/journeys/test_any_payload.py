"""Signed bodies of any shape: no traceback, no 5xx, and one line in the log for each that is refused."""

import asyncio
import json
import logging
import os
from collections import Counter
from itertools import count

import pytest
from harbor import ALICE, PAYMENTS, harbor_at
from hypothesis import given, settings
from mutations import OTHER_EVENTS, OTHER_PAYLOADS, as_new, bent_payloads, payloads_of_every_kind
from structlog.testing import capture_logs

from handlers import routes
from sandbox.slack.delivery.deliveries import Delivery
from sandbox.slack.delivery.outcome import Sending

BODIES = 3_200 if os.environ.get("FULL_PROOF") == "1" else 400
REFUSED = {"slack.payload.malformed", "http.refused"}
# Said of an answer for somebody, or a channel, that is not in Slack.
NOBODY_THERE = "slack.response.failed"


async def sent(slack, kind, payload):
    delivery = Delivery(kind, payload)
    delivery.sending = Sending(kind, payload)
    return await slack.redeliver(delivery)


class Mouth:
    """Hands bodies to one running bot from a thread of hypothesis, and sees what each of them brought about."""

    def __init__(self, place, lines, caplog):
        self.place, self.lines, self.caplog = place, lines, caplog
        self.loop = asyncio.get_running_loop()
        self.sent, self.statuses, self.refusals = 0, Counter(), 0
        # What is no JSON that Slack sends is told at once the first time, and then counted for a minute.
        self.are_counted = False

    def feeds(self, kind, payload):
        """Send one body, from the thread; give its status, tracebacks and lines of refusal, when all of it is over."""
        return asyncio.run_coroutine_threadsafe(self._feed(kind, payload), self.loop).result(60)

    async def _feed(self, kind, payload):
        status = (await sent(self.place.slack, kind, payload)).status
        await self.place.slack.settled(30, quiet=0.001)
        self.sent += 1
        refusals = sum(map(is_refusal, self.lines))
        self.statuses[status] += 1
        self.refusals += refusals
        self.are_counted |= any(line["event"] == "http.refused" and "status" in line for line in self.lines)
        wrong = tracebacks(self.lines, self.caplog)
        self.lines.clear()
        self.caplog.clear()
        return status, wrong, refusals


def tracebacks(lines, caplog):
    loud = [line for line in lines if line["log_level"] in {"error", "critical"} and line["event"] != NOBODY_THERE]
    told = [*loud, *(line for line in lines if line.get("exc_info") and line not in loud)]
    return told + [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_thousands_of_bodies__bent_out_of_shape__bring_no_traceback(transport, caplog, record_property):
    """392 of 12,923 such bodies once ended in a traceback or a 5xx."""
    caplog.set_level(logging.INFO)
    accepted = {200, 400} if transport == "http" else {"acked"}
    async with harbor_at(socket_mode=transport == "socket") as place:
        kinds = await payloads_of_every_kind(place)
        numbers = count()
        with capture_logs() as lines:
            mouth = Mouth(place, lines, caplog)

            @settings(max_examples=BODIES if transport == "http" else BODIES // 4)
            @given(bent_payloads(kinds))
            def is_taken(body):
                kind, payload = body
                status, wrong, refusals = mouth.feeds(kind, as_new(payload, next(numbers)))
                assert status in accepted
                assert wrong == []
                assert refusals == (status == 400) or mouth.are_counted or transport == "socket"

            # Hypothesis decides what comes next, so it runs beside the loop that the bot runs in.
            await asyncio.to_thread(is_taken)
            await place.slack.settled(30)
            assert tracebacks(lines, caplog) == []
        assert (await place.types("/flashduty incidents"))["text"]
    assert mouth.refusals > mouth.sent // 10
    figures = f"{mouth.sent} signed bodies by {transport}: {mouth.refusals} refused, 0 tracebacks, 0 of 5xx"
    record_property("figures", figures)


def is_refusal(line):
    """One line of a request that was not let in; a person who was refused has a line as well."""
    return line["event"] in REFUSED and ("where" in line or "status" in line)


@pytest.mark.parametrize("payload", [*OTHER_EVENTS, *OTHER_PAYLOADS], ids=lambda one: one["type"])
async def test_what_is_not_for_us__is_answered_200_and_nothing_happens(harbor, payload):
    """Slack counts a 404 as a failure; in Socket Mode such a request has to be acknowledged."""
    envelope = {"type": "event_callback", "team_id": "T0HARBOR", "event_id": "Ev1", "event": payload}
    before = len(harbor.slack.calls)
    delivery = await sent(harbor.slack, "event", envelope if payload in OTHER_EVENTS else payload)
    assert delivery.acked
    await harbor.slack.settled()
    assert (harbor.slack.calls[before:], harbor.flashduty.calls) == ([], [])


async def test_every_kind_of_payload__as_it_is__is_acknowledged(harbor):
    """Shortcuts, suggestions, views, home and channel messages are included."""
    for kind, payload in await payloads_of_every_kind(harbor):
        assert (await sent(harbor.slack, kind, payload)).acked, payload


async def test_request_url__when_slack_asks__gives_the_challenge_and_takes_the_ssl_check():
    async with harbor_at(socket_mode=False) as place:
        assert (await place.slack.verify_url()).acked
        assert (await place.slack.check_ssl()).acked


@pytest.mark.parametrize("name", ["/fd", "/故障"])
async def test_a_command__of_another_name__is_told_so(harbor, name):
    """Silence, or Slack's dispatch_failed, would not say which setting is wrong."""
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
    """The value of a control is as untrusted as everything else."""
    async with harbor_at(socket_mode=False) as place:
        with capture_logs() as lines:
            for route in routes.BUTTONS:
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
