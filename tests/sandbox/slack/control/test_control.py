import asyncio
import json
from datetime import UTC, datetime

import pytest

PAYMENTS = "C0PAYMENTS"
GO = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [GO]}]


@pytest.fixture
def ask(slack, session):
    """Ask the control surface: `ask(verb, path, **what aiohttp takes)` gives status and body."""

    async def call(verb, path, **request):
        async with session.request(verb, f"{slack.url}/sandbox/{path}", **request) as answer:
            return answer.status, await answer.json()

    return call


async def test_workspace__shows_people_channels_and_commands(ask):
    _, told = await ask("GET", "workspace")
    assert {person["id"]: person["kind"] for person in told["people"]} == {
        "U0ALICE": "responder",
        "U0BOB": "responder",
        "U0XIAOMING": "responder",
        "U0CAROL": "member",
        "U0GINA": "guest",
        "U0OTTO": "stranger",
    }
    kinds = {channel["id"]: channel["kind"] for channel in told["channels"]}
    assert (kinds[PAYMENTS], kinds["D0ALICE"]) == ("channel", "im")
    assert told["groups"][1] == {
        "id": "S0PAYONCALL",
        "handle": "payments-oncall",
        "name": "Payments on call",
        "users": ["U0CAROL"],
        "is_disabled": False,
    }
    (command,) = told["commands"]
    assert command["command"] == "/flashduty"
    assert {word["word"] for word in command["words"]} >= {"help", "oncall", "incidents", "incident", "digest"}
    assert told["now"] == "2026-11-24T07:30:00+00:00"
    assert told["bot"]["user_id"] == "U0FLASHBOT"


async def test_type__says_or_commands(ask):
    _, told = await ask("POST", "type", json={"user": "U0ALICE", "channel": PAYMENTS, "text": "hello"})
    assert told["delivery"]["acked"]
    _, told = await ask("POST", "type", json={"user": "U0ALICE", "channel": PAYMENTS, "text": "/flashduty"})
    assert "dispatch_failed" in told["delivery"]["shown_error"]
    _, told = await ask("GET", "messages", params={"channel": PAYMENTS, "user": "U0BOB"})
    (message,) = told["messages"]
    assert (message["text"], message["name"], message["is_bot"], message["ephemeral"]) == (
        "hello",
        "Alice Chen",
        False,
        False,
    )


async def test_press__finds_the_message_as_the_person_sees_it(ask, client):
    posted = await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=BLOCKS)
    press = {"user": "U0ALICE", "channel": PAYMENTS, "message_ts": posted["ts"], "block_id": "row", "action_id": "go"}
    assert (await ask("POST", "press", json=press))[1]["delivery"]["shown_error"]
    for wrong in ({"action_id": "stop"}, {"message_ts": "1.2"}, {"user": "U0OTTO"}, {"channel": None}):
        status, told = await ask("POST", "press", json={**press, **wrong})
        assert (status, told["ok"]) == (400, False)
        assert told["sentence"]


async def test_view__is_shown_filled_in_and_closed(ask, client, slack):
    trigger_id = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["trigger_id"]
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Page"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "b",
                "label": {"type": "plain_text", "text": "Why"},
                "element": {"type": "plain_text_input", "action_id": "a"},
            }
        ],
    }
    await client.views_open(trigger_id=trigger_id, view=view)
    (shown,) = (await ask("GET", "views", params={"user": "U0ALICE"}))[1]["views"]
    mine = {"user": "U0ALICE", "view_id": shown["id"]}
    _, told = await ask("POST", "submit", json={**mine, "values": {}})
    assert set(told["errors"]) == {"b"}
    typed = {"type": "plain_text_input", "value": "because"}
    _, told = await ask("POST", "submit", json={**mine, "values": {"b": {"a": typed}}})
    assert "trouble connecting" in told["delivery"]["shown_error"]
    assert (await ask("POST", "close", json=mine))[1]["delivery"]["acked"]
    assert (await ask("POST", "close", json=mine))[0] == 400


async def test_requests__tell_both_directions(ask, client, slack):
    await client.auth_test()
    await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    slack.on_note(
        {"direction": "bot→flashduty", "what": "/incident/list", "status": 200, "ms": 3, "at": "", "note": ""}
    )
    rows = (await ask("GET", "requests"))[1]["requests"]
    assert [(row["direction"], row["what"], row["status"]) for row in rows] == [
        ("bot→slack", "auth.test", 200),
        ("slack→bot", "/flashduty", "dispatch_failed"),
        ("bot→flashduty", "/incident/list", 200),
    ]
    assert len({row["id"] for row in rows}) == 3


async def test_faults__are_planned_and_mended(ask, client, refused):
    fault = {"method": "auth.test", "fault": {"kind": "error", "word": "account_inactive"}, "times": None}
    assert (await ask("POST", "faults", json=fault))[1] == {"ok": True}
    assert (await refused(client.auth_test()))["error"] == "account_inactive"
    await ask("DELETE", "faults")
    assert (await client.auth_test())["ok"]
    for wrong in ({"method": "x", "fault": {"kind": "explode"}}, {"fault": {"kind": "reset"}}, {**fault, "times": 0}):
        assert (await ask("POST", "faults", json=wrong))[0] == 400


async def test_clock__is_moved(ask, clock):
    await ask("POST", "clock", json={"shift_seconds": 90})
    assert clock.now() == datetime(2026, 11, 24, 7, 31, 30, tzinfo=UTC)
    _, told = await ask("POST", "clock", json={"move_to": "2026-11-25T09:00:00+01:00"})
    assert told["now"] == "2026-11-25T08:00:00+00:00"
    assert (await ask("POST", "clock", json={"move_to": "tomorrow"}))[0] == 400


@pytest.mark.parametrize("request_", [{"data": "x"}, {"json": []}, {"json": {}}])
async def test_request__that_makes_no_sense__gets_a_sentence(ask, request_):
    status, told = await ask("POST", "type", **request_)
    assert (status, told["ok"]) == (400, False)
    assert told["sentence"]


async def events(answer):
    """Read server-sent events as (kind, data)."""
    kind = None
    async for line in answer.content:
        word, _, rest = line.decode().strip().partition(": ")
        if word == "event":
            kind = rest
        elif word == "data":
            yield kind, json.loads(rest)


async def test_stream__tells_a_person_what_they_may_notice(slack, session, client, clock):
    async with session.get(f"{slack.url}/sandbox/stream", params={"user": "U0ALICE"}) as answer:
        assert answer.content_type == "text/event-stream"
        stream = events(answer)
        await client.chat_postEphemeral(channel=PAYMENTS, user="U0BOB", text="not for Alice")
        await client.chat_postMessage(channel="U0BOB", text="neither")
        told = await client.chat_postMessage(channel=PAYMENTS, text="one")
        await client.chat_update(channel=PAYMENTS, ts=told["ts"], text="two")
        await client.chat_delete(channel=PAYMENTS, ts=told["ts"])
        await slack.command("U0ALICE", PAYMENTS, "/flashduty")
        slack.move_clock(clock.now())
        seen = []
        async with asyncio.timeout(5):
            async for kind, data in stream:
                seen.append((kind, data))
                if kind == "clock":
                    break
    told = [(kind, data["channel"]) for kind, data in seen if kind in {"message", "update", "delete"}]
    assert told == [("message", PAYMENTS), ("update", PAYMENTS), ("delete", PAYMENTS)]
    assert "failure" in {kind for kind, _ in seen}
    assert {data["what"] for kind, data in seen if kind == "request"} >= {
        "chat.postMessage",
        "chat.delete",
        "/flashduty",
    }


async def test_stream__tells_of_topics_where_the_person_is_and_of_user_groups(slack, session, client, clock):
    async with session.get(f"{slack.url}/sandbox/stream", params={"user": "U0GINA"}) as answer:
        stream = events(answer)
        await client.conversations_setTopic(channel="C0SEARCH", topic="not for guests")
        await client.conversations_setTopic(channel=PAYMENTS, topic="Bob & Carol")
        await client.usergroups_users_update(usergroup="S0PAYONCALL", users=["U0BOB", "U0ALICE"])
        slack.move_clock(clock.now())
        seen = []
        async with asyncio.timeout(5):
            async for kind, data in stream:
                if kind in {"topic", "group"}:
                    seen.append((kind, data))
                if kind == "clock":
                    break
    assert seen == [
        ("topic", {"channel": PAYMENTS, "topic": "Bob &amp; Carol"}),
        ("group", {"group": "S0PAYONCALL", "users": ["U0BOB", "U0ALICE"]}),
    ]


async def test_stream__ends_with_the_server(slack, session):
    async with session.get(f"{slack.url}/sandbox/stream", params={"user": "U0ALICE"}) as answer:
        await answer.content.readline()
        async with asyncio.timeout(2):
            await slack.__aexit__()
            assert (await answer.content.read()).strip() == b": bye"
