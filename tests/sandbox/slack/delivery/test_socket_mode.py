import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest

PAYMENTS = "C0PAYMENTS"


async def address_of(slack, session):
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as told:
        return (await told.json())["url"]


async def typed(slack):
    """Begin typing a command, without waiting for its end."""
    return asyncio.ensure_future(slack.command("U0ALICE", PAYMENTS, "/flashduty"))


async def test_command__travels_in_an_envelope_and_is_acknowledged_by_its_id(slack, plugged):
    async with plugged(slack) as socket:
        typing = await typed(slack)
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert envelope["payload"]["command"] == "/flashduty"
        await socket.send_str("not JSON")
        await socket.send_json({"envelope_id": "of another"})
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}})
        delivery = await typing
    assert (delivery.acked, delivery.status) == (True, "acked")
    assert [message["text"] for message in slack.seen_by("U0ALICE", PAYMENTS)] == ["hi"]


async def test_command__never_acknowledged__times_out(impatient, plugged):
    async with plugged(impatient):
        delivery = await impatient.command("U0ALICE", PAYMENTS, "/flashduty")
    assert delivery.failure == "operation_timeout"


async def test_event__tells_of_its_retry_in_the_envelope(impatient, plugged):
    async with plugged(impatient) as socket:
        delivery = await impatient.say("U0ALICE", PAYMENTS, "<@U0FLASHBOT>")
        await impatient.retry(delivery)
        first, second = [await socket.receive_json() for _ in range(2)]
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "timeout"
    assert first["payload"]["event_id"] == second["payload"]["event_id"]


async def test_redelivery__is_the_same_envelope(impatient, plugged):
    async with plugged(impatient) as socket:
        await impatient.redeliver(await impatient.command("U0ALICE", PAYMENTS, "/flashduty"))
        first, second = [await socket.receive_json() for _ in range(2)]
    assert first == second


async def test_address__is_good_for_one_handshake(slack, session):
    address = await address_of(slack, session)
    async with session.ws_connect(address) as socket:
        assert (await socket.receive_json())["type"] == "hello"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(address)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(f"{address}x")


async def test_hello__tells_the_tokens_app_and_how_many_connections_there_are(slack, session):
    """docs.slack.dev/apis/events-api/using-socket-mode: num_connections, connection_info.app_id."""
    slack.workspace.app.other_app = "A0OTHER"
    async with session.ws_connect(await address_of(slack, session)) as first:
        assert (await first.receive_json())["num_connections"] == 1
        async with session.ws_connect(await address_of(slack, session)) as second:
            told = await second.receive_json()
    assert (told["num_connections"], told["connection_info"]) == (2, {"app_id": "A0OTHER"})


async def test_refused_handshake__uses_the_address_up(slack, session, plugged):
    slack.refuse_handshakes(1)
    address = await address_of(slack, session)
    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)
    async with plugged(slack):
        assert slack.connections == 1


async def test_eleventh_connection__is_one_too_many(slack, session, plugged):
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(plugged(slack))
        async with session.ws_connect(await address_of(slack, session)) as socket:
            assert (await socket.receive_json())["reason"] == "too_many_websockets"
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_commands__go_to_any_one_connection(slack, plugged):
    async with plugged(slack) as one, plugged(slack) as other:
        got = {one: 0, other: 0}

        async def answer(socket):
            async for frame in socket:
                got[socket] += 1
                await socket.send_json({"envelope_id": frame.json()["envelope_id"]})

        answering = [asyncio.ensure_future(answer(socket)) for socket in got]
        deliveries = await asyncio.gather(*(slack.command("U0ALICE", PAYMENTS, "/flashduty") for _ in range(100)))
        assert all(delivery.acked for delivery in deliveries)
        assert sum(got.values()) == 100
        assert all(got.values())
        await slack.disconnect()
        await asyncio.gather(*answering, return_exceptions=True)


async def test_disconnect__is_announced(slack, plugged):
    async with plugged(slack) as socket:
        await slack.disconnect("warning")
        assert (await socket.receive_json())["reason"] == "warning"
        assert slack.connections == 1
        ending = asyncio.ensure_future(slack.disconnect())
        assert (await socket.receive_json())["reason"] == "refresh_requested"
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        await ending


async def test_dropped_sockets__end_without_a_word(slack, plugged):
    async with plugged(slack) as socket:
        slack.drop_sockets()
        assert (await socket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
        await slack.until(lambda: slack.connections == 0)
