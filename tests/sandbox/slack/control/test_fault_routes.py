"""What a script breaks through /sandbox/: the same on both transports and for a pretender that runs alone."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

PAYMENTS = "C0PAYMENTS"


@pytest.fixture
def order(slack, session):
    """Post to a route under /sandbox/ and give the status and the answer."""

    async def send(name, **body):
        async with session.post(f"{slack.url}/sandbox/{name}", json=body) as answer:
            return answer.status, await answer.json()

    return send


async def test_events__not_acknowledged__are_sent_again(slack, order, listening):
    answers = [500, 500, 200]

    async def take(_):
        return web.Response(status=answers.pop(0))

    async with listening(take) as url:
        assert await order("deliver-to", url=url) == (200, {"ok": True, "url": url})
        await slack.say("U0ALICE", PAYMENTS, "<@U0FLASHBOT>")
        _, told = await order("again")
        assert [one["acked"] for one in told["deliveries"]] == [True]
        assert (await order("again"))[1]["deliveries"] == []


async def test_things__are_delivered_twice(slack, order, listening):
    bodies = []

    async def take(request):
        bodies.append(await request.read())
        return web.Response()

    async with listening(take) as url:
        slack.deliver_to(url)
        await order("twice", times=1)
        await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    assert len(bodies) == 2 == 2 * len(set(bodies))


async def test_things__held_back__are_brought_the_newest_first(slack, order, listening):
    texts = []

    async def take(request):
        texts.append((await request.post())["text"])
        return web.Response()

    async with listening(take) as url:
        slack.deliver_to(url)
        await order("hold", times=2)
        typing = [asyncio.create_task(slack.command("U0ALICE", PAYMENTS, f"/flashduty {word}")) for word in "ab"]
        await slack.until(lambda: slack.held == 2)
        assert texts == []
        assert (await order("let-go", newest_first=True))[1]["brought"] == 2
        await asyncio.gather(*typing)
    assert texts == ["b", "a"]


async def test_channel__archived_and_left__refuses(order, client, refused):
    await order("archive", channel=PAYMENTS)
    assert (await refused(client.chat_postMessage(channel=PAYMENTS, text="x")))["error"] == "is_archived"
    await order("archive", channel=PAYMENTS, archived=False)
    await order("member", channel=PAYMENTS, user="U0FLASHBOT", member=False)
    assert (await refused(client.chat_postMessage(channel=PAYMENTS, text="x")))["error"] == "not_in_channel"
    await order("member", channel=PAYMENTS, user="U0FLASHBOT")
    await client.chat_postMessage(channel=PAYMENTS, text="x")


async def test_a_message__is_deleted_by_a_person__and_edits_are_closed(order, client, clock, refused):
    first, second = [(await client.chat_postMessage(channel=PAYMENTS, text="x"))["ts"] for _ in "ab"]
    await order("delete", user="U0ALICE", channel=PAYMENTS, message_ts=first)
    assert (await refused(client.chat_update(channel=PAYMENTS, ts=first, text="y")))["error"] == "message_not_found"
    assert (await order("edit-window", minutes=5))[1]["minutes"] == 5
    clock.shift(timedelta(minutes=6))
    assert (await refused(client.chat_update(channel=PAYMENTS, ts=second, text="y")))["error"] == "edit_window_closed"
    await order("edit-window", minutes=None)
    await client.chat_update(channel=PAYMENTS, ts=second, text="y")


async def test_scopes__taken_away__are_missed(order, client, refused):
    _, told = await order("scopes", without=["users:read"])
    assert "users:read" not in told["scopes"]
    assert (await refused(client.users_info(user="U0ALICE")))["error"] == "missing_scope"
    await order("scopes", scopes=["users:read"])
    await client.users_info(user="U0ALICE")


async def test_limits__switched_on__count(order, client, slack, refused):
    await order("limits")
    first = await client.apps_connections_open(app_token=slack.app_token)
    assert first["url"]
    assert (await refused(client.apps_connections_open(app_token=slack.app_token)))["error"] == "ratelimited"
    await order("limits", on=False)
    await client.apps_connections_open(app_token=slack.app_token)


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "too_many_websockets", "dropped"])
async def test_sockets__are_ended(slack, order, plugged, reason):
    async with plugged(slack) as socket:
        ending = asyncio.ensure_future(order("sockets", reason=reason))
        if reason != "dropped":
            assert (await socket.receive_json())["reason"] == reason
        await socket.receive()
        assert (await ending)[0] == 200
    await slack.until(lambda: slack.connections == 0)


async def test_handshakes__hang_and_are_refused(slack, order, client, session):
    await order("handshakes", hang=1, refuse=1)
    addresses = [(await client.apps_connections_open(app_token=slack.app_token))["url"] for _ in range(3)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await session.ws_connect(addresses[0])
    with pytest.raises(Exception, match="503"):
        await session.ws_connect(addresses[1])
    async with session.ws_connect(addresses[2]) as socket:
        assert (await socket.receive_json())["type"] == "hello"


async def test_url__is_verified_and_checked(slack, order, listening):
    async def take(request):
        body = await request.json() if request.content_type == "application/json" else {}
        return web.json_response({"challenge": body.get("challenge")})

    async with listening(take) as url:
        slack.deliver_to(url)
        assert (await order("verify-url"))[1]["delivery"]["acked"]
        assert (await order("check-ssl"))[1]["delivery"]["acked"]
        assert (await order("home", user="U0ALICE"))[1]["delivery"]["acked"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("deliver-to", {"url": "https://elsewhere.example/"}),
        ("archive", {}),
        ("archive", {"channel": "C0NOWHERE"}),
        ("delete", {"user": "U0ALICE", "channel": PAYMENTS, "message_ts": "1.2"}),
        ("edit-window", {"minutes": "five"}),
        ("scopes", {"without": "users:read"}),
        ("limits", {"on": "yes"}),
        ("twice", {"times": -1}),
        ("hold", {"times": "two"}),
        ("suggest", {"user": "U0ALICE", "view_id": "V0NOWHERE", "action_id": "who"}),
        ("sockets", {"reason": "tired"}),
        ("handshakes", {"hang": True}),
        ("shortcut", {"user": "U0ALICE", "callback_id": "new"}),
        ("suggest", {"user": "U0ALICE", "channel": PAYMENTS, "message_ts": "1.2", "action_id": "who"}),
        ("verify-url", {}),
    ],
)
async def test_order__that_makes_no_sense__is_refused_with_a_sentence(order, name, body):
    status, told = await order(name, **body)
    assert (status, told["ok"]) == (400, False)
    assert told["sentence"]
