"""Whatever Flashduty does, a person knows within five seconds what is the matter."""

import asyncio

import pytest
from harbor import ALICE, PAYMENTS, harbor_at

from bot.flashduty import Code
from sandbox.faults import Fault

WORDS = {
    "Unauthorized": "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
    "AccessDenied": "or Dana Okoye who made it, lacks “Incidents Read”",
    "NoLicense": "billing centre",
    "BalanceNotEnough": "billing centre",
    "UndonedOrderExist": "billing centre",
    "RequestTooFrequently": "Flashduty's rate limit is reached",
}


@pytest.mark.parametrize("code", [*(code.value for code in Code if code is not Code.UNKNOWN), "BrandNewCode"])
async def test_every_code_becomes_a_sentence(quay, code):
    quay.flashduty.fail("/incident/list", Fault.code(code), times=None)
    message = await quay.types("/flashduty incidents")
    assert message["ephemeral"]
    assert WORDS.get(code, "Flashduty") in message["text"]
    assert "request id" in message["text"]
    assert not any(key in message["text"] for key in quay.flashduty.keys.values())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.hang(), "Flashduty timed out"),
        (Fault.reset(), "broke before its answer"),
        (Fault.html(502), "The reply was not from Flashduty"),
        (Fault.half_body(), "broke before its answer"),
        (Fault.rate_limited(retry_after=2), "Try again in 2 seconds"),
        (Fault.rate_limited(retry_after=None), "Try again in a few seconds"),
    ],
    ids=["hang", "reset", "html", "half", "429", "429-bare"],
)
@pytest.mark.parametrize("command", ["incidents", "oncall", "incident 0E83EE"])
async def test_every_failure_is_told_within_five_seconds__with_a_way_to_try_again(quay, fault, words, command):
    for path in ("/incident/list", "/schedule/list"):
        quay.flashduty.fail(path, fault, times=None)
    began = asyncio.get_running_loop().time()
    message = await quay.types(f"/flashduty {command}")
    assert asyncio.get_running_loop().time() - began < 5
    assert words in message["text"]
    quay.flashduty.mend()
    await quay.presses(message, "again:retry")
    assert words not in "".join(quay.sees())


async def test_no_connection_is_told():
    async with harbor_at(FLASHDUTY_API_URL="http://127.0.0.1:9") as place:
        message = await place.types("/flashduty incidents")
    assert "cannot reach Flashduty" in message["text"]


async def test_a_mention_in_a_thread_is_answered_there(quay):
    await quay.slack.say(ALICE, PAYMENTS, "something is wrong")
    root = quay.slack.seen_by(ALICE, PAYMENTS)[-1]
    delivery = await quay.slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> incidents", thread_ts=root["ts"])
    assert delivery.acked
    await quay.slack.settled()
    answer = quay.slack.seen_by(ALICE, PAYMENTS)[-1]
    assert not answer["ephemeral"]
    assert answer["thread_ts"] == root["ts"]


async def test_a_mistyped_command_gets_the_nearest_one(quay):
    message = await quay.types("/flashduty incidnets")
    assert "Did you mean `incidents`?" in message["text"]


async def test_slow_slack_does_not_lose_a_command(quay):
    quay.slack.fail("users.info", Fault.hang(), times=1)
    began = asyncio.get_running_loop().time()
    message = await quay.types("/flashduty incidents")
    assert asyncio.get_running_loop().time() - began < 5
    assert "Slack timed out" in message["text"]
