import asyncio

import pytest
from scripted import DONE, HANG, RESET, Answer, html, recorded, refusal

from bot.flashduty import (
    BACKGROUND_BACKOFF,
    Account,
    Backoff,
    Code,
    FlashdutyError,
    Kind,
    Timeouts,
    Unreachable,
    open_pool,
)
from bot.flashduty.api.incidents import INCIDENT_COMMENT
from bot.flashduty.api.lifecycle import INCIDENT_ACK
from bot.flashduty.api.schedules import SCHEDULE_LIST
from bot.flashduty.rate_limit import CallRateLimiter
from bot.flashduty.retry import RetryBudget

ID = "a" * 24


@pytest.mark.parametrize(
    "trouble",
    [
        RESET,
        html(502),
        html(503),
        Answer(b"{", missing=100),
        refusal("InternalError", status=500),
        refusal("ServiceUnavailable", status=503),
        refusal("BrandNew", status=500),
        refusal("RequestTooFrequently", status=429),
        html(429),
    ],
    ids=["reset", "html 502", "html 503", "half", "internal", "unavailable", "new code 500", "429", "html 429"],
)
async def test_passing_trouble__is_tried_again(client, server, naps, trouble):
    server.plays(trouble, trouble, trouble, DONE)
    await client.acknowledge(ID)
    assert len(server.asked) == 4
    assert naps.taken == [0.2, 0.4, 0.8]


async def test_trouble_that_stays__is_told_after_three_retries(client, server):
    server.plays(then=refusal("InternalError", status=500))
    with pytest.raises(FlashdutyError) as caught:
        await client.acknowledge(ID)
    assert caught.value.code is Code.INTERNAL_ERROR
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "refused",
    [
        refusal("InvalidParameter"),
        refusal("Unauthorized", status=401),
        refusal("AccessDenied", status=403),
        refusal("RequestLocked", status=423),
        refusal("BrandNew", status=400),
        html(404),
        html(200),
        Answer({"ok": True}),
    ],
    ids=["parameter", "key", "permission", "locked", "new code 400", "html 404", "html 200", "foreign json"],
)
async def test_what_will_not_change__is_not_tried_again(client, server, refused):
    server.plays(refused)
    with pytest.raises(FlashdutyError):
        await client.acknowledge(ID)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "trouble", [RESET, html(502), refusal("InternalError", status=500)], ids=["reset", "html", "500"]
)
async def test_a_write_that_is_not_idempotent__is_sent_once(client, server, trouble):
    server.plays(trouble)
    with pytest.raises(FlashdutyError) as caught:
        await client.comment(ID, "restarting")
    assert caught.value.is_ambiguous
    assert len(server.asked) == 1


async def test_reads__are_tried_again(client, server, query):
    server.plays(RESET, Answer(recorded("incident-list")))
    assert len((await client.list_incidents(query)).incidents) == 2


async def test_no_connection__is_tried_again(client, server, naps):
    await server.__aexit__()
    with pytest.raises(Unreachable):
        await client.acknowledge(ID)
    assert len(naps.taken) == 3


async def test_doubt__outlives_the_attempt_it_came_from(client, server):
    server.plays(RESET, refusal("AccessDenied", status=403))
    with pytest.raises(FlashdutyError) as caught:
        await client.acknowledge(ID)
    assert caught.value.code is Code.ACCESS_DENIED
    assert caught.value.is_ambiguous


async def test_retry_after__is_waited_for_when_there_is_time(client, server, naps):
    patient = client.copy_with(account=Account(CallRateLimiter(sleep=naps)), timeouts=Timeouts(operation=10.0))
    server.plays(refusal("RequestTooFrequently", status=429, headers=(("Retry-After", "3"),)), DONE)
    await patient.acknowledge(ID)
    assert naps.taken[0] == 3.0


async def test_retry_after__longer_than_the_time_left__is_told_at_once(client, server, naps):
    server.plays(refusal("RequestTooFrequently", status=429, headers=(("Retry-After", "30"),)))
    with pytest.raises(FlashdutyError) as caught:
        await client.acknowledge(ID)
    assert (caught.value.retry_after, naps.taken) == (30.0, [])


async def test_retry_after__holds_back_every_team_of_the_account(client, server):
    server.plays(refusal("RequestTooFrequently", status=429, headers=(("Retry-After", "30"),)))
    with pytest.raises(FlashdutyError):
        await client.acknowledge(ID)
    with pytest.raises(Unreachable) as caught:
        await client.copy_with(team="search").acknowledge(ID)
    assert caught.value.reason == "too_busy"
    assert caught.value.retry_after == pytest.approx(30, abs=2)
    assert len(server.asked) == 1
    await client.copy_with(team="elsewhere", account=Account()).acknowledge(ID)


async def test_retry_after_of_an_outage__holds_nobody_back(client, server):
    server.plays(refusal("ServiceUnavailable", status=503, headers=(("Retry-After", "30"),)))
    with pytest.raises(FlashdutyError):
        await client.acknowledge(ID)
    await client.acknowledge(ID)


async def test_a_retry_that_finds_no_place__tells_the_first_failure(client, server, naps):
    slow = client.copy_with(account=Account(CallRateLimiter(per_second=1, clock=lambda: 100.0, sleep=naps)))
    server.plays(html(502))
    with pytest.raises(Unreachable) as caught:
        await slow.until(asyncio.get_running_loop().time() + 0.7).acknowledge(ID)
    assert (caught.value.reason, caught.value.status) == ("not_json", 502)


async def test_a_hanging_read__is_tried_again_within_the_time(client, server):
    server.plays(HANG, DONE)
    async with open_pool(server.url, timeouts=Timeouts(read=0.05)) as impatient:
        await client.copy_with(pool=impatient).acknowledge(ID)
    assert len(server.asked) == 2


async def test_an_outage__is_hardly_amplified(client, server, unpaced):
    server.plays(then=refusal("InternalError", status=500))
    steady = client.copy_with(account=unpaced, timeouts=Timeouts(operation=60.0))
    for _ in range(1000):
        with pytest.raises(FlashdutyError):
            await steady.acknowledge(ID)
    assert 1000 < len(server.asked) <= 1130


def test_the_budget__comes_back_with_calls_and_with_time():
    now = [0.0]
    budget = RetryBudget(clock=lambda: now[0])
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]
    for _ in range(11):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]
    now[0] += 121.0
    budget.earn()
    assert [budget.spend(), budget.spend(), budget.spend()] == [True, True, False]


def test_pauses__grow_and_are_spread_over_their_whole_length():
    assert [Backoff().pause(attempt, lambda: 1.0) for attempt in (1, 2, 3, 9)] == [0.2, 0.4, 0.8, 4.0]
    assert [BACKGROUND_BACKOFF.pause(attempt, lambda: 0.5) for attempt in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert Backoff().pause(3, lambda: 0.0) == 0.0


def test_operations__know_what_their_pages_say():
    assert (INCIDENT_ACK.permission, INCIDENT_ACK.kind) == ("Incidents Manage", Kind.IDEMPOTENT_WRITE)
    assert (INCIDENT_COMMENT.permission, INCIDENT_COMMENT.kind) == ("Incidents Manage", Kind.WRITE)
    assert (SCHEDULE_LIST.permission, SCHEDULE_LIST.kind) == (None, Kind.READ)
