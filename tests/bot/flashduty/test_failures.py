import asyncio

import pytest
from scripted import HANG, HEADER, RESET, Answer, html, ok, recorded, refusal

from bot.flashduty import Account, Backoff, Code, FlashdutyError, Timeouts, Unreachable, open_pool
from bot.flashduty.api.lifecycle import INCIDENT_ACK
from bot.flashduty.rate_limit import CallRateLimiter

CODES = {
    "OK": 200,
    "InvalidParameter": 400,
    "BadRequest": 400,
    "InvalidContentType": 400,
    "ResourceNotFound": 400,
    "NoLicense": 400,
    "ReferenceExist": 400,
    "Unauthorized": 401,
    "BalanceNotEnough": 402,
    "AccessDenied": 403,
    "RouteNotFound": 404,
    "MethodNotAllowed": 405,
    "UndonedOrderExist": 409,
    "RequestLocked": 423,
    "EntityTooLarge": 413,
    "RequestTooFrequently": 429,
    "RequestVerifyRequired": 428,
    "DangerousOperation": 428,
    "InternalError": 500,
    "ServiceUnavailable": 503,
}
ID = "a" * 24


@pytest.fixture
def once(client):
    """The client without its retries."""
    return client.copy_with(backoff=Backoff(retries=0))


async def failure(call, kind=FlashdutyError):
    with pytest.raises(kind) as caught:
        await call
    assert type(caught.value) is kind
    return caught.value


@pytest.mark.parametrize(("code", "status"), CODES.items())
async def test_every_code__becomes_its_error(once, server, code, status):
    server.plays(refusal(code, message="Because.", status=status))
    error = await failure(once.acknowledge(ID))
    assert (error.code, error.raw_code, error.code.value) == (Code(code), code, code)
    assert (error.message, error.status, error.request_id) == ("Because.", status, "01REFUSED")
    assert (error.team, error.operation.path) == ("payments", "/incident/ack")
    assert error.operation.permission == "Incidents Manage"
    assert error.operation.page == "/en/api-reference/on-call/incidents/incident-ack"


def test_the_codes_tested__are_all_there_are():
    assert {code.value for code in Code} == {*CODES, "Unknown"}


async def test_a_code_nobody_knows__is_kept_as_it_came(once, server):
    server.plays(refusal("QuotaOnTheMoonExceeded" * 10, status=418))
    error = await failure(once.acknowledge(ID))
    assert error.code is Code.UNKNOWN
    assert error.raw_code == ("QuotaOnTheMoonExceeded" * 10)[:100]


@pytest.mark.parametrize(
    "body",
    [
        {"request_id": "01", "data": {"items": []}, "error": {"code": "AccessDenied", "message": "m"}},
        {"request_id": "01", "data": "odd", "error": {"code": "AccessDenied", "message": "m"}},
        {"error": {"code": "AccessDenied", "message": None, "reason": "new"}},
    ],
    ids=["with data", "with odd data", "without request id"],
)
async def test_an_error_object__is_a_failure_whatever_else_is_said(once, server, query, body):
    server.plays(Answer(body, 200))
    assert (await failure(once.list_incidents(query))).code is Code.ACCESS_DENIED


async def test_an_error_without_a_code__is_unknown(once, server):
    server.plays(Answer({"request_id": "01", "error": {}}, 400))
    error = await failure(once.acknowledge(ID))
    assert (error.code, error.raw_code, error.message) == (Code.UNKNOWN, "", "")


async def test_a_long_message__is_cut(once, server):
    server.plays(refusal("BadRequest", message="长" * 100_000))
    assert (await failure(once.acknowledge(ID))).message == "长" * 500


async def test_the_header__tells_the_request_id_where_the_body_does_not(once, server):
    server.plays(Answer({"error": {"code": "BadRequest"}}, 400, headers=((HEADER, "01HEADER"),)))
    assert (await failure(once.acknowledge(ID))).request_id == "01HEADER"


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("7", 7.0), ("0", 0.0), ("soon", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("9" * 400, None), ("-1", None)],
)
async def test_retry_after__is_read_when_it_is_seconds(once, server, retry_after, seconds):
    server.plays(refusal("RequestTooFrequently", status=429, headers=(("Retry-After", retry_after),)))
    assert (await failure(once.acknowledge(ID))).retry_after == seconds


@pytest.mark.parametrize(
    "answer",
    [
        html(502, headers=((HEADER, "01PROXY"),)),
        html(200, headers=((HEADER, "01PROXY"),)),
        Answer(b"", 502, headers=((HEADER, "01PROXY"),)),
        Answer(b"[1, 2]", headers=((HEADER, "01PROXY"),)),
        Answer(b'"fine"', headers=((HEADER, "01PROXY"),)),
        Answer({"ok": True}, headers=((HEADER, "01PROXY"),)),
        Answer(b"\xff\xfe{}", headers=((HEADER, "01PROXY"),)),
    ],
    ids=["html 502", "html 200", "empty 502", "list", "text", "other json", "no utf-8"],
)
async def test_what_flashduty_would_never_say__is_not_json(once, server, answer):
    server.plays(answer)
    error = await failure(once.acknowledge(ID), Unreachable)
    assert (error.reason, error.code, error.raw_code) == ("not_json", Code.UNKNOWN, "")
    assert (error.status, error.request_id, error.is_ambiguous) == (answer.status, "01PROXY", True)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 5000,
        b'{"request_id":"1","data":' + b"[" * 5000,
        b'{"data":[' + b"{}," * 500_000 + b"{}]}",
        b'{"data":' + b"9" * 5000 + b"}",
    ],
    ids=["deep", "deep data", "half a million values", "a long number"],
)
async def test_what_is_beyond_reading__is_unusable_and_not_tried_again(client, server, content):
    """Whether Flashduty made the change is not known."""
    server.plays(then=Answer(content, headers=((HEADER, "01PROXY"),)))
    error = await failure(client.acknowledge(ID), Unreachable)
    assert (error.reason, error.status, error.request_id, error.is_ambiguous) == ("unusable", 200, "01PROXY", True)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [302, 403, 404])
async def test_a_proxy_that_turns_us_away__leaves_no_doubt(once, server, status):
    server.plays(html(status, headers=(("Location", "/login"),)))
    error = await failure(once.acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous) == ("not_json", False)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {"items": "none"}, {"items": [1]}, {"items": [{"title": "no id"}]}, {"items": {"a": 1}}],
    ids=str,
)
async def test_data_of_a_wrong_shape__is_not_taken_for_an_empty_list(once, server, query, data):
    server.plays(ok(data))
    assert (await failure(once.list_incidents(query), Unreachable)).reason == "not_json"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(recorded("incident-list")[:700], missing=5000),
        Answer(recorded("incident-list")[:700], has_length=False),
    ],
    ids=["announced", "not announced"],
)
async def test_half_a_body__is_cut_off(once, server, query, answer):
    server.plays(answer)
    error = await failure(once.list_incidents(query), Unreachable)
    assert (error.reason, error.is_ambiguous) == ("cut_off", True)


async def test_a_reset__is_cut_off_and_ambiguous(once, server):
    server.plays(RESET)
    error = await failure(once.acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous, error.status) == ("cut_off", True, None)


async def test_nobody_there__is_no_connection_and_not_ambiguous(once, server):
    await server.__aexit__()
    error = await failure(once.acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous) == ("no_connection", False)


async def test_an_answer_that_does_not_come__times_out_by_reading(once, server):
    server.plays(HANG)
    async with open_pool(server.url, timeouts=Timeouts(read=0.05)) as impatient:
        error = await failure(once.copy_with(pool=impatient).acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous) == ("timed_out", True)


async def test_an_answer_that_does_not_come__times_out_by_the_whole_call(client, server):
    server.plays(then=HANG)
    error = await failure(client.copy_with(timeouts=Timeouts(operation=0.05)).acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous) == ("timed_out", True)
    assert len(server.asked) == 1


async def test_until__bounds_a_call(client, server):
    server.plays(then=HANG)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 0.1
    error = await failure(client.until(deadline).acknowledge(ID), Unreachable)
    assert error.reason == "timed_out"
    assert 0 <= loop.time() - deadline < 0.5


async def test_until__twice__keeps_the_earlier(client):
    assert client.until(5.0).until(9.0).deadline == 5.0
    assert client.until(9.0).until(5.0).deadline == 5.0
    assert client.until(9.0).pool is client.pool
    assert client.until(9.0, call_timeout=2.0).until(8.0).call_timeout == 2.0
    assert client.until(9.0, call_timeout=2.0).until(8.0, call_timeout=1.0).call_timeout == 1.0
    assert client.until(9.0).call_timeout is None


async def test_a_deadline_that_has_passed__sends_nothing(client, server):
    error = await failure(client.until(0.0).acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous) == ("timed_out", False)
    assert server.asked == []


async def test_no_place_before_the_deadline__is_told_at_once(client, server, naps):
    frozen = Account(CallRateLimiter(per_second=1, clock=lambda: 100.0, sleep=naps))
    busy = client.copy_with(account=frozen)
    await busy.acknowledge(ID)
    error = await failure(busy.until(asyncio.get_running_loop().time() + 0.5).acknowledge(ID), Unreachable)
    assert (error.reason, error.is_ambiguous, error.is_worth_retrying) == ("too_busy", False, True)
    assert error.retry_after == pytest.approx(1 / 0.9)
    assert len(server.asked) == 1
    assert naps.taken == []


async def test_a_cancelled_call__leaves_the_pool_usable(client, server):
    server.plays(HANG)
    calling = asyncio.ensure_future(client.acknowledge(ID))
    await server.was_asked.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await client.acknowledge(ID)


@pytest.mark.parametrize(
    ("code", "is_worth_retrying"), [(Code.INTERNAL_ERROR, True), (Code.UNAUTHORIZED, False), (Code.UNKNOWN, True)]
)
def test_worth_retrying__depends_on_the_code(code, is_worth_retrying):
    assert FlashdutyError(operation=INCIDENT_ACK, team="payments", code=code).is_worth_retrying is is_worth_retrying
