import asyncio
import json
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from structlog.testing import capture_logs

from bot.app.http import CannotListen, SlackEndpoint, asgi_app, serve
from bot.runtime.health import Health
from bot.runtime.tasks import BackgroundTasks
from bot.slack.incoming.payloads import PayloadIntake
from bot.slack.incoming.request_verifier import RequestVerifier
from tests.bot.listeners import Seen, bolt_app

SECRET = "made-up-signing-secret"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
WHERE = {"user_id": "U0ALICE", "team_id": "T0HARBOR", "channel_id": "C0PAYMENTS"}
COMMAND = {"command": "/flashduty", "text": "incidents", "trigger_id": "1.2.3", **WHERE}
PRESS = {
    "type": "block_actions",
    "team": {"id": "T0HARBOR"},
    "user": {"id": "U0ALICE"},
    "channel": {"id": "C0PAYMENTS"},
    "container": {"type": "message", "message_ts": "1.2"},
    "actions": [{"type": "button", "action_id": "acknowledge", "value": "0E83EE", "block_id": "b", "action_ts": "1.3"}],
}


def app_of(seen):
    app = bolt_app(seen, "looking for ")

    @app.action("acknowledge")
    async def on_press(ack, body):
        seen.words.append(body["actions"][0]["value"])
        await ack()

    @app.event("app_mention")
    async def on_mention(body, request):
        seen.words.append((body["event"]["text"], request.headers.get("x-slack-retry-num")))

    return app


@pytest.fixture
async def seen():
    return Seen()


@pytest.fixture
async def health():
    health = Health()
    health.mark_started()
    return health


@pytest.fixture
async def server(seen, health):
    guarded = SlackEndpoint(RequestVerifier(SECRET, now=lambda: NOW), PayloadIntake(app_of(seen), BackgroundTasks()))
    server = await serve(asgi_app(slack=guarded, health=health), "127.0.0.1", 0)
    yield server
    await server.stop()


@pytest.fixture
async def slack(server):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        yield session


def signed(body, *, kind=FORM, at=NOW, **more):
    timestamp = str(int(at.timestamp()))
    sign = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    return {"content-type": kind, "x-slack-request-timestamp": timestamp, "x-slack-signature": sign} | more


async def send(slack, body, *, headers=None, **given):
    body = body if isinstance(body, bytes) else urlencode(body).encode()
    headers = signed(body, **given) if headers is None else headers
    async with slack.post("/slack/events", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_signed_command__reaches_bolt__and_is_answered_with_its_acknowledgement(slack, seen):
    assert await send(slack, COMMAND) == (200, "looking for incidents")
    assert seen.words == ["incidents"]


@pytest.mark.parametrize("text", ["payload", "payload=1&x={", "{incidents}", "值班 🔥 +%&="])
async def test_a_command__with_words_bolt_would_stumble_over__arrives_as_typed(slack, text):
    assert await send(slack, COMMAND | {"text": text}) == (200, f"looking for {text}")


async def test_a_click__signed__reaches_bolt(slack, seen):
    assert await send(slack, {"payload": json.dumps(PRESS)}) == (200, "")
    assert seen.words == ["0E83EE"]


async def test_an_event__on_its_second_try__reaches_bolt_with_the_count(slack, seen):
    event = {"type": "app_mention", "text": "incidents", "user": "U0ALICE", "channel": "C0PAYMENTS", "ts": "1.2"}
    body = json.dumps({"type": "event_callback", "team_id": "T0HARBOR", "event": event}).encode()
    headers = signed(body, kind="application/json", **{"x-slack-retry-num": "1"})
    assert await send(slack, body, headers=headers) == (200, "")
    assert seen.words == [("incidents", ["1"])]


async def test_url_verification__signed__gives_the_challenge_back(slack):
    body = json.dumps({"type": "url_verification", "challenge": "made-up-challenge"}).encode()
    status, text = await send(slack, body, kind="application/json")
    assert (status, json.loads(text)) == (200, {"challenge": "made-up-challenge"})


@pytest.mark.parametrize("headers", [{"content-type": FORM}, None])
async def test_an_ssl_check__signed_or_not__is_answered_200(slack, headers):
    assert await send(slack, {"ssl_check": "1", "token": "made-up"}, headers=headers) == (200, "")


async def test_a_command__delivered_twice__acts_once_and_is_answered_both_times(slack, seen):
    assert await send(slack, COMMAND) == (200, "looking for incidents")
    assert await send(slack, COMMAND) == (200, "")
    assert seen.words == ["incidents"]


@pytest.mark.parametrize("headers", [{"content-type": FORM}, {"content-type": FORM, "x-slack-signature": "v0=é"}])
async def test_an_unsigned_command__is_refused_in_plain_words__and_does_not_reach_bolt(slack, seen, headers):
    status, text = await send(slack, COMMAND, headers=headers)
    assert status == 401
    assert "sign" in text.lower()
    assert seen.words == []


async def test_unsigned_requests__as_many_as_a_stranger_likes__leave_one_line_for_each_reason(slack):
    """Nobody outside may fill the log."""
    with capture_logs() as lines:
        for _ in range(30):
            await send(slack, COMMAND, headers={"content-type": FORM})
            await send(slack, COMMAND, headers={"content-type": "text/plain"})
    told = [(line["status"], line["requests"], line["log_level"]) for line in lines if line["event"] == "http.refused"]
    assert told == [(401, 1, "warning"), (415, 1, "warning")]


@pytest.mark.parametrize(
    "payload",
    [
        {"team": 5},
        {"user": True},
        {},
        {"type": []},
        {"command": 5},
        PRESS | {"team": 5},
        PRESS | {"actions": {}},
        PRESS | {"container": "message"},
        PRESS | {"actions": [{"action_id": 1, "action_ts": "1.3"}]},
        {"type": "event_callback", "event": []},
        {"type": "shortcut", "callback_id": "other"},
        {"type": "view_submission", "view": 7},
        PRESS | {"container": {"type": "view", "view_id": "V1"}},
    ],
)
async def test_a_payload__signed_but_of_an_odd_shape__is_refused(slack, seen, payload):
    assert await send(slack, {"payload": json.dumps(payload)}) == (400, "The body is not what Slack sends.")
    assert seen.words == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_closed", "view": 7},
        {"type": "block_suggestion", "action_id": "other", "value": "pay"},
        {"type": "event_callback", "event": {"type": "team_join", "user": {}}},
        {"type": "event_callback", "team_id": "T0HARBOR", "event": {"type": "message", "channel_type": "channel"}},
        PRESS | {"container": {"type": "canvas"}},
    ],
)
async def test_a_payload__that_is_not_for_us__is_answered_200(slack, seen, payload):
    """Slack counts a 404 as a failure."""
    assert await send(slack, {"payload": json.dumps(payload)}) == (200, "")
    assert seen.words == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "shortcut", "callback_id": "other", "trigger_id": "1.2"},
        {"type": "view_submission", "view": {"id": "V1", "type": "modal", "callback_id": "other"}},
        PRESS | {"container": {"type": "view"}, "view": {"id": "V1", "type": "modal"}},
    ],
    ids=["shortcut", "form", "press in a form"],
)
async def test_an_interaction__nobody_listens_to__is_answered_200(slack, seen, payload):
    """Slack counts a 404 as a failure."""
    person = {"user": {"id": "U0ALICE"}, "team": {"id": "T0HARBOR"}}
    other = [{"action_id": "other", "action_ts": "1.3"}]
    whole = person | payload | ({"actions": other} if "actions" in payload else {})
    assert await send(slack, {"payload": json.dumps(whole)}) == (200, "")
    assert seen.words == []


async def test_a_command__nobody_listens_to__is_answered_200(slack):
    assert await send(slack, COMMAND | {"command": "/other"}) == (200, "")


async def test_a_body__streamed_without_end__is_refused(slack):
    async def endless():
        for _ in range(20):
            yield b"x" * 65536

    headers = signed(b"x") | {"content-type": FORM}
    async with slack.post("/slack/events", data=endless(), headers=headers) as answer:
        assert answer.status == 413


async def test_a_body__announced_as_huge__is_refused_before_it_is_sent(server):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    headers = signed(b"x") | {"content-length": str(50 * 1024 * 1024), "host": "localhost"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST /slack/events HTTP/1.1\r\n{lines}\r\n".encode())
    assert await reader.readline() == b"HTTP/1.1 413 Request Entity Too Large\r\n"
    writer.close()
    await writer.wait_closed()


async def test_a_sender__that_hangs_up_halfway__disturbs_nobody(server, slack):
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    headers = signed(b"x") | {"content-length": "100", "host": "localhost"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST /slack/events HTTP/1.1\r\n{lines}\r\ntext=".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await send(slack, COMMAND) == (200, "looking for incidents")


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/slack/events", 405, "POST"),
        ("PUT", "/slack/events", 405, "POST"),
        ("POST", "/healthz", 405, "GET, HEAD"),
        ("GET", "/", 404, None),
        ("POST", "/slack/events/", 404, None),
        ("GET", "/healthz%00", 404, None),
    ],
)
async def test_a_request__for_what_is_not_there__is_told_so(slack, method, path, status, allowed):
    async with slack.request(method, path) as answer:
        assert (answer.status, answer.headers.get("allow")) == (status, allowed)
        assert answer.content_type == "text/plain"


async def test_a_request_of_slack__at_another_path__is_logged_once_with_the_right_one(slack):
    """The request URL in the app's settings has another path."""
    with capture_logs() as lines:
        for _ in range(3):
            async with slack.post("/slack/event", data=b"text=incidents", headers=signed("text=incidents")) as answer:
                assert answer.status == 404
    (line,) = (line for line in lines if line["event"] == "http.path_unknown")
    assert (line["asked"], line["from_slack"], line["log_level"]) == ("POST /slack/event", True, "warning")
    assert "POST /slack/events" in line["right"]


async def test_requests__at_hundreds_of_paths__leave_a_handful_of_short_lines_and_do_not_hide_slacks(slack):
    with capture_logs() as lines:
        for number in range(200):
            async with slack.get(f"/{number}/{'x' * 2000}") as answer:
                assert answer.status == 404
        async with slack.post("/", data=b"x", headers=signed("x")) as answer:
            assert answer.status == 404
    told = [line["asked"] for line in lines if line["event"] == "http.path_unknown"]
    assert len(told) == 6
    assert told[-1] == "POST /"
    assert max(len(asked) for asked in told) <= 100


async def test_liveness__even_while_draining__is_200(slack, health):
    health.add_probe("socket_mode", lambda: "not_connected")
    health.drain()
    async with slack.get("/healthz") as answer:
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        assert await answer.json() == {"alive": True}


async def test_readiness__with_a_complaint__is_503_with_details(slack, health):
    async with slack.get("/readyz") as answer:
        assert answer.status == 200
    health.add_probe("socket_mode", lambda: "not_connected")
    async with slack.get("/readyz") as answer:
        assert (answer.status, answer.headers["cache-control"]) == (503, "no-store")
        details = await answer.json()
    assert details == {"ready": False, "state": "running", "socket_mode": "not_connected"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health__asked_with_head__has_the_same_headers_and_no_body(slack, path):
    async with slack.get(path) as answer:
        length = answer.headers["content-length"]
    async with slack.head(path) as answer:
        assert (answer.status, answer.headers["content-length"], await answer.read()) == (200, length, b"")


async def test_slack_events__in_socket_mode__are_not_there(health):
    server = await serve(asgi_app(slack=None, health=health), "127.0.0.1", 0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        assert (await send(session, COMMAND))[0] == 404
    await server.stop()


async def test_stop__while_an_answer_is_under_way__waits_for_it(seen, health):
    guarded = SlackEndpoint(RequestVerifier(SECRET, now=lambda: NOW), PayloadIntake(app_of(seen), BackgroundTasks()))
    server = await serve(asgi_app(slack=guarded, health=health), "127.0.0.1", 0)
    seen.go_on.clear()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        asking = asyncio.create_task(send(session, COMMAND))
        await seen.arrived.wait()
        stopping = asyncio.create_task(server.stop())
        seen.go_on.set()
        assert await asking == (200, "looking for incidents")
        await stopping
        with pytest.raises(aiohttp.ClientConnectionError):
            await send(session, COMMAND, at=NOW + timedelta(seconds=1))


async def test_serve__on_a_taken_port__says_so(server, health):
    with pytest.raises(CannotListen, match=f"127.0.0.1:{server.port} is taken .* PORT"):
        await serve(asgi_app(slack=None, health=health), "127.0.0.1", server.port)


async def test_serve__on_an_address_that_is_not_ours__says_so(health):
    with pytest.raises(CannotListen, match="Look at HOST and PORT"):
        await serve(asgi_app(slack=None, health=health), "192.0.2.1", 0)


async def test_serve__on_a_port_just_left__listens_at_once(health):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    first = await serve(asgi_app(slack=None, health=health), "127.0.0.1", port)
    await first.stop()
    second = await serve(asgi_app(slack=None, health=health), "127.0.0.1", port)
    assert second.port == port
    await second.stop()


async def test_serve__on_ipv6__gives_an_address_that_can_be_asked(health):
    server = await serve(asgi_app(slack=None, health=health), "::1", 0)
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/healthz") as answer:
        assert answer.status == 200
    await server.stop()


async def test_stop__while_a_body_has_not_arrived__is_not_answered_as_a_defect_of_ours(seen, health, caplog):
    guarded = SlackEndpoint(RequestVerifier(SECRET, now=lambda: NOW), PayloadIntake(app_of(seen), BackgroundTasks()))
    server = await serve(asgi_app(slack=guarded, health=health), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = {**signed(b""), "content-length": "100", "host": "bot"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"POST /slack/events HTTP/1.1\r\n{lines}\r\nx".encode())
    async with aiohttp.ClientSession(server.url) as session:
        assert (await send(session, COMMAND))[0] == 200
    await server.stop()
    assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
    assert "Exception in ASGI" not in caplog.text
    writer.close()
