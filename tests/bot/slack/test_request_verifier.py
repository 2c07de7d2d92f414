import asyncio
import hashlib
import hmac
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.incoming.http_bodies import MAX_HELD_BYTES, SLOW_BODY_AFTER, ClientDisconnected, RequestRejected
from bot.slack.incoming.request_verifier import MAX_BODY_BYTES, RequestVerifier

SECRET = "made-up-signing-secret"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COMMAND = urlencode({"command": "/flashduty", "text": "incidents", "user_id": "U0ALICE"}).encode()
FORM = "application/x-www-form-urlencoded"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guard(clock):
    return RequestVerifier(SECRET, now=clock)


def signature(body, timestamp, secret=SECRET):
    signed = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers_for(body, *, kind=FORM, at=NOW, without=(), **changed):
    timestamp = str(int(at.timestamp()))
    all_of_them = {
        "content-type": kind,
        "content-length": str(len(body)),
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature(body, timestamp),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return [(name.encode(), value.encode()) for name, value in all_of_them.items() if name not in without]


def arriving(*chunks):
    events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks[:-1]]
    events.append({"type": "http.request", "body": chunks[-1], "more_body": False})

    async def receive():
        return events.pop(0)

    return receive


async def never_asked():
    raise AssertionError("the body was read")


async def admit(guard, body=COMMAND, **given):
    return await guard.admit(headers_for(body, **given), arriving(body))


async def refusal(guard, body=COMMAND, **given):
    with pytest.raises(RequestRejected) as raised:
        await admit(guard, body, **given)
    assert raised.value.sentence.isascii()
    assert len(raised.value.sentence) < 120
    return raised.value.status


async def test_a_command__signed__is_let_in(guard):
    assert await admit(guard) == {"command": "/flashduty", "text": "incidents", "user_id": "U0ALICE"}


@pytest.mark.parametrize("kind", [FORM.upper(), f"{FORM}; charset=utf-8", f" {FORM} "])
async def test_a_content_type__however_written__is_understood(guard, kind):
    assert (await admit(guard, kind=kind))["command"] == "/flashduty"


async def test_a_click__signed__is_its_payload(guard):
    body = urlencode({"payload": json.dumps({"type": "block_actions", "text": "值班 🔥"})}).encode()
    assert await admit(guard, body) == {"type": "block_actions", "text": "值班 🔥"}


async def test_an_event__signed__is_its_json(guard):
    body = json.dumps({"type": "event_callback"}).encode()
    assert await admit(guard, body, kind="application/json") == {"type": "event_callback"}


async def test_a_body__in_pieces__is_put_together(guard):
    body = await guard.admit(headers_for(COMMAND), arriving(COMMAND[:5], b"", COMMAND[5:]))
    assert body["command"] == "/flashduty"


async def test_a_body__of_another_secret__is_refused(guard):
    timestamp = str(int(NOW.timestamp()))
    assert await refusal(guard, x_slack_signature=signature(COMMAND, timestamp, "another secret")) == 401


async def test_a_body__changed_after_signing__is_refused(guard):
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers_for(COMMAND), arriving(COMMAND.replace(b"incidents", b"incident1")))
    assert raised.value.status == 401


async def test_a_timestamp__changed_after_signing__is_refused(guard):
    later = str(int(NOW.timestamp()) + 1)
    assert await refusal(guard, x_slack_request_timestamp=later) == 401


@pytest.mark.parametrize(("seconds", "is_let_in"), [(-301, False), (-300, True), (300, True), (301, False)])
async def test_a_timestamp__around_five_minutes_away__decides(guard, clock, seconds, is_let_in):
    headers = headers_for(COMMAND)
    clock.now += timedelta(seconds=seconds)
    if is_let_in:
        assert await guard.admit(headers, arriving(COMMAND))
    else:
        with pytest.raises(RequestRejected) as raised:
            await guard.admit(headers, never_asked)
        assert raised.value.status == 401


@pytest.mark.parametrize(
    "timestamp",
    ["abc", "", "9" * 5000, "-1795510800", "+1795510800", " 1795510800", "1795510800.0", "１７９５", "0x1f"],
)
async def test_a_timestamp__that_is_no_plain_number__is_refused_without_reading_the_body(guard, timestamp):
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers_for(COMMAND, x_slack_request_timestamp=timestamp), never_asked)
    assert raised.value.status == 401


@pytest.mark.parametrize(
    "given", ["", "v0=", "v1=" + "0" * 64, "v0=" + "0" * 63, "v0=" + "0" * 65, "v0=" + "é" * 32, "v0=" + "G" * 64]
)
async def test_a_signature__of_the_wrong_form__is_refused_without_reading_the_body(guard, given):
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers_for(COMMAND, x_slack_signature=given), never_asked)
    assert raised.value.status == 401


@pytest.mark.parametrize(
    "without",
    [
        ["x-slack-signature"],
        ["x-slack-request-timestamp"],
        ["x-slack-signature", "x-slack-request-timestamp"],
        ["x-slack-signature", "x-slack-request-timestamp", "content-length"],
    ],
)
async def test_a_request__without_its_headers__is_refused(guard, without):
    assert await refusal(guard, without=without) == 401


async def test_a_long_body__without_a_signature__is_not_read(guard):
    without = ["x-slack-signature", "x-slack-request-timestamp"]
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers_for(COMMAND, without=without, content_length="52428800"), never_asked)
    assert raised.value.status == 401


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/xml", "*/*"])
async def test_a_content_type__slack_does_not_send__is_refused(guard, kind):
    assert await refusal(guard, kind=kind) == 415


async def test_a_request__without_a_content_type__is_refused(guard):
    assert await refusal(guard, without=["content-type"]) == 415


async def test_a_body__announced_as_too_long__is_refused_without_reading_it(guard):
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers_for(COMMAND, content_length=str(MAX_BODY_BYTES + 1)), never_asked)
    assert raised.value.status == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 5000, "twelve"])
async def test_a_length__that_is_no_number__is_refused(guard, length):
    assert await refusal(guard, content_length=length) == 400


async def test_a_body__that_grows_too_long_unannounced__is_cut_off_and_takes_no_memory(guard):
    piece = b"x" * 65536
    pieces = 0

    async def endless():
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": piece, "more_body": True}

    tracemalloc.start()
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers_for(COMMAND, without=["content-length"]), endless)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert raised.value.status == 413
    assert pieces == 17
    assert peak < MAX_BODY_BYTES


async def test_a_body__of_exactly_the_limit__is_let_in(guard):
    body = b"text=" + b"x" * (MAX_BODY_BYTES - 5)
    assert len((await admit(guard, body))["text"]) == MAX_BODY_BYTES - 5


async def test_a_sender__that_hangs_up__gets_no_answer(guard):
    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnected):
        await guard.admit(headers_for(COMMAND), receive)


@pytest.mark.parametrize(
    "body",
    [
        b"text=\xff\xfe",
        b"text=%ff%fe",
        b"payload=not+json",
        b"payload=",
        b"payload=[1,2]",
        b"payload=null",
        b"payload=%22text%22",
        b"payload=" + b"[" * 100_000,
        b"payload=" + b"%7B%22a%22%3A" * 50_000,
        b"payload=%7B%22n%22%3A" + b"9" * 5000 + b"%7D",
        b"&".join(b"a%d=1" % number for number in range(1000)),
    ],
)
async def test_a_form__signed_but_not_one_of_slacks__is_refused(guard, body):
    assert await refusal(guard, body) == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"a=b"])
async def test_json__signed_but_not_one_of_slacks__is_refused(guard, body):
    assert await refusal(guard, body, kind="application/json") == 400


async def test_a_request__played_again__is_not_let_in_twice(guard, clock):
    headers = headers_for(COMMAND, at=NOW + timedelta(seconds=300))
    assert await guard.admit(headers, arriving(COMMAND)) is not None
    assert await guard.admit(headers, arriving(COMMAND)) is None
    clock.now += timedelta(seconds=600)
    assert await guard.admit(headers, arriving(COMMAND)) is None


async def test_the_same_words__signed_a_second_later__are_let_in(guard):
    assert await admit(guard) is not None
    assert await admit(guard, at=NOW + timedelta(seconds=1)) is not None


async def test_a_search__of_the_same_words_within_a_second__is_let_in_twice(guard):
    body = urlencode({"payload": json.dumps({"type": "block_suggestion", "value": "gateway"})}).encode()
    for _ in range(2):
        assert (await guard.admit(headers_for(body), arriving(body)))["value"] == "gateway"


async def test_a_request__refused_at_first__may_come_again(guard, clock):
    headers = headers_for(COMMAND)
    clock.now -= timedelta(seconds=400)
    with pytest.raises(RequestRejected):
        await guard.admit(headers, arriving(COMMAND))
    clock.now = NOW
    assert await guard.admit(headers, arriving(COMMAND)) is not None


@pytest.mark.parametrize("body", [b"ssl_check=1&token=made-up", b"token=made-up&ssl_check=1"])
async def test_an_ssl_check__without_a_signature__is_answered_with_nothing(guard, body):
    without = ["x-slack-signature", "x-slack-request-timestamp"]
    assert await admit(guard, body, without=without) is None


@given(
    headers=st.dictionaries(
        st.sampled_from(
            [b"content-type", b"content-length", b"x-slack-request-timestamp", b"x-slack-signature", b"x-other"]
        ),
        st.binary(max_size=80)
        | st.sampled_from([b"application/json", FORM.encode(), b"1795510800", b"v0=" + b"0" * 64, b"100"]),
    ),
    body=st.binary(max_size=200),
)
async def test_a_stranger__whatever_is_sent__is_refused(headers, body):
    guard = RequestVerifier(SECRET, now=lambda: NOW)
    with pytest.raises(RequestRejected) as raised:
        await guard.admit(headers.items(), arriving(body))
    assert raised.value.status in {400, 401, 413, 415}


@given(kind=st.sampled_from([FORM, "application/json"]), body=st.binary(max_size=500))
async def test_a_body__whatever_is_in_it__is_let_in_or_refused(kind, body):
    guard = RequestVerifier(SECRET, now=lambda: NOW)
    assert isinstance(await admit_or_status(guard, body, kind), dict | int)


async def admit_or_status(guard, body, kind):
    try:
        return await admit(guard, body, kind=kind)
    except RequestRejected as refused:
        return refused.status


async def test_long_bodies__many_at_once__share_one_room_and_slow_ones_give_way(guard):
    """Each body alone may be 1 MiB."""
    never = asyncio.Event()

    def arriving_in_part(body):
        chunks = [body[:-1], body[-1:]]

        async def receive():
            if len(chunks) == 1:
                await never.wait()
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

        return receive

    def newer(letter):
        body = urlencode({"text": letter * (MAX_BODY_BYTES - 100)}).encode()
        return guard.admit(headers_for(body), arriving(body[:-1], body[-1:]))

    loop = asyncio.get_running_loop()
    long = urlencode({"text": "x" * (MAX_BODY_BYTES - 100)}).encode()
    count = MAX_HELD_BYTES // len(long)
    held = [loop.create_task(guard.admit(headers_for(long), arriving_in_part(long))) for _ in range(count)]
    await asyncio.sleep(0)
    with pytest.raises(RequestRejected) as refused:
        await newer("y")
    assert refused.value.status == 429
    assert (await admit(guard))["command"] == "/flashduty"
    late = loop.time() + SLOW_BODY_AFTER + 0.01
    loop.time = lambda: late
    try:
        assert await newer("z") is not None
        with pytest.raises(RequestRejected) as refused:
            await held[0]
        assert refused.value.status == 429
        assert not any(task.done() for task in held[1:])
    finally:
        del loop.time
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
