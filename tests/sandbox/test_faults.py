import asyncio
import time

import aiohttp
import pytest

from sandbox.faults import Fault, Faults
from sandbox.slack import PretendSlack


@pytest.fixture
async def slack():
    async with PretendSlack() as pretended:
        yield pretended


@pytest.fixture
async def post(slack):
    """Post a message; gives the answer as (status, headers, text)."""
    async with aiohttp.ClientSession() as session:

        async def call(text="hello", patience=5):
            body = {"channel": "C0PAYMENTS", "text": text}
            headers = {"Authorization": f"Bearer {slack.bot_token}"}
            limit = aiohttp.ClientTimeout(total=patience)
            address = f"{slack.api_url}chat.postMessage"
            async with session.post(address, json=body, headers=headers, timeout=limit) as answer:
                return answer.status, answer.headers, await answer.text()

        yield call


def posted(slack):
    return [message["text"] for message in slack.seen_by("U0ALICE", "C0PAYMENTS")]


def test_faults__planned_a_number_of_times__are_taken_in_order_and_end():
    faults = Faults()
    faults.plan("a", Fault.reset(), 2)
    faults.plan("a", Fault.html(503), 1)
    assert [faults.take("a") for _ in range(4)] == [Fault.reset(), Fault.reset(), Fault.html(503), None]


def test_faults__planned_for_everything__spare_what_has_its_own():
    faults = Faults()
    faults.plan("*", Fault.reset(), None)
    faults.plan("a", Fault.hang(), 1)
    assert [faults.take(name) for name in ("b", "a", "a")] == [Fault.reset(), Fault.hang(), Fault.reset()]
    faults.clear()
    assert faults.take("a") is None


@pytest.mark.parametrize("given", [{}, {"kind": "explode"}, {"kind": "delay", "minutes": 3}])
def test_fault__from_json_that_makes_no_sense__is_refused(given):
    with pytest.raises(ValueError, match="a fault has a kind"):
        Fault.from_json(given)


async def test_delay__answers_late_and_properly(slack, post):
    slack.fail("chat.postMessage", Fault.delay(0.05))
    began = time.monotonic()
    status, _, text = await post()
    assert time.monotonic() - began >= 0.05
    assert status == 200
    assert '"ok": true' in text


async def test_hang__ends_when_the_caller_gives_up(slack, post):
    slack.fail("chat.postMessage", Fault.hang())
    with pytest.raises(TimeoutError):
        await post(patience=0.05)
    call = await slack.until(lambda: slack.calls and slack.calls[-1])
    assert call.error == "cut_off"
    assert posted(slack) == []


async def test_hang__ends_when_the_server_stops(slack, post):
    slack.fail("chat.postMessage", Fault.hang())
    hanging = asyncio.ensure_future(post())
    await slack.until(lambda: slack.notices.under_way)
    began = time.monotonic()
    await slack.__aexit__()
    with pytest.raises(aiohttp.ClientError):
        await hanging
    assert time.monotonic() - began < 2


async def test_reset__does_nothing_and_cuts_the_line(slack, post):
    slack.fail("chat.postMessage", Fault.reset())
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await post()
    assert posted(slack) == []
    assert slack.calls[-1].error == "reset"


async def test_lost_answer__does_the_work_and_cuts_the_line(slack, post):
    slack.fail("chat.postMessage", Fault.lost_answer())
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await post("twice?")
    assert posted(slack) == ["twice?"]


async def test_half_body__announces_more_than_it_sends(slack, post):
    slack.fail("chat.postMessage", Fault.half_body())
    with pytest.raises(aiohttp.ClientPayloadError):
        await post()
    assert posted(slack) == []


async def test_html__is_what_a_proxy_says(slack, post):
    slack.fail("chat.postMessage", Fault.html(502))
    status, headers, text = await post()
    assert status == 502
    assert headers["Content-Type"].startswith("text/html")
    assert "<html>" in text


@pytest.mark.parametrize("retry_after", [7, None])
async def test_rate_limit__comes_with_or_without_a_time_to_wait(slack, post, retry_after):
    slack.fail("chat.postMessage", Fault.rate_limited(retry_after))
    status, headers, text = await post()
    assert status == 429
    assert headers.get("Retry-After") == (None if retry_after is None else "7")
    assert "ratelimited" in text


async def test_error__is_slacks_word_with_status_200(slack, post):
    slack.fail("chat.postMessage", Fault.error("fatal_error"), times=2)
    for _ in range(2):
        status, _, text = await post()
        assert (status, "fatal_error" in text) == (200, True)
    assert (await post())[2].startswith('{"ok": true')
