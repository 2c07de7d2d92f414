import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import PretendSlack
from sandbox.slack.tiers import CALLS_A_MINUTE
from sandbox.slack.web_api import METHODS

ON_CALL = "S0PAYONCALL"


class Tick:
    """A monotonic clock that stands still until it is told otherwise."""

    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def tick():
    return Tick()


@pytest.fixture
async def slack(clock, workspace, tick):
    async with PretendSlack(clock=clock, workspace=workspace, tick=tick) as pretended:
        yield pretended


async def limited(call):
    """Await a call that must come too often, and give the seconds to wait."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answer = caught.value.response
    assert (answer.status_code, answer.data) == (429, {"ok": False, "error": "ratelimited"})
    return int(answer.headers["Retry-After"])


async def test_method_of_tier_2__asked_a_twenty_first_time_in_a_minute__is_refused(client, slack, tick):
    for _ in range(20):
        await client.usergroups_users_update(usergroup=ON_CALL, users=["U0ALICE"])
    tick.now += 12.5
    assert await limited(client.usergroups_users_update(usergroup=ON_CALL, users=["U0BOB"])) == 48
    assert slack.workspace.groups[ON_CALL].users == ["U0ALICE"]
    assert (slack.calls[-1].status, slack.calls[-1].error) == (429, "ratelimited")
    # Only this method waits.
    assert (await client.usergroups_users_list(usergroup=ON_CALL))["ok"]


async def test_limited_method__asked_after_the_seconds_it_named__answers(client, tick):
    for _ in range(20):
        await client.usergroups_list()
        tick.now += 1
    wait = await limited(client.usergroups_list())
    assert wait == 40
    tick.now += wait - 1
    assert await limited(client.usergroups_list()) == 1
    tick.now += 1
    assert (await client.usergroups_list())["ok"]
    assert await limited(client.usergroups_list()) == 1


async def test_method_of_tier_3__is_refused_the_fifty_first_time(client):
    await asyncio.gather(*(client.conversations_info(channel="C0PAYMENTS") for _ in range(50)))
    assert await limited(client.conversations_info(channel="C0PAYMENTS")) == 60


async def test_post__is_never_too_often(client, slack):
    for number in range(120):
        await client.chat_postMessage(channel="C0PAYMENTS", text=str(number))
    assert len(slack.seen_by("U0ALICE", "C0PAYMENTS")) == 120


@pytest.mark.parametrize(("limits", "expected"), [({}, None), ({"usergroups.list": 2}, 2)])
async def test_limits__can_be_changed_and_switched_off(session, limits, expected):
    async with PretendSlack(calls_a_minute=limits) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        for _ in range(expected or 30):
            await client.usergroups_list()
        if expected:
            assert await limited(client.usergroups_list()) == 60


def test_limits__are_those_of_methods_that_exist():
    assert set(CALLS_A_MINUTE) <= set(METHODS)
