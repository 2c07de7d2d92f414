import asyncio
import json

import aiohttp
import pytest
from pydantic import SecretStr

from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import CannotConnect
from bot.slack.incoming.payloads import PayloadIntake
from bot.slack.incoming.socket_mode import BadToken, connect
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.slack import PretendSlack
from sandbox.slack.harbor import harbor
from tests.bot.listeners import Seen, bolt_app

QUICK = {"watchdog_interval": 0.02, "ping_interval": 0.1}


def arrivals(seen):
    return PayloadIntake(bolt_app(seen), BackgroundTasks())


@pytest.fixture
async def slack():
    async with PretendSlack(clock=Clock(), workspace=harbor()) as slack:
        yield slack


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def seen():
    return Seen()


@pytest.fixture
async def socket(slack, session, seen):
    socket = await connect(arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK)
    yield socket
    await socket.stop()


def addresses(slack):
    return [call for call in slack.calls if call.method == "apps.connections.open"]


async def ask(slack, words="help"):
    return await slack.command("U0ALICE", "C0PAYMENTS", f"/flashduty {words}")


async def test_connect__with_a_good_token__brings_commands_here(slack, socket, seen):
    assert socket.is_connected
    assert (await ask(slack)).acked
    assert seen.words == ["help"]
    assert len(addresses(slack)) == 1


@pytest.mark.parametrize("token", ["xapp-someone-elses", "xoxb-pretend-0001"])
async def test_connect__with_a_bad_token__says_so_at_once_and_does_not_show_it(slack, session, seen, token):
    with pytest.raises(BadToken, match="SLACK_APP_TOKEN") as raised:
        await connect(arrivals(seen), SecretStr(token), slack.api_url, session)
    assert token not in str(raised.value)
    assert len(addresses(slack)) == 1


@pytest.mark.parametrize("code", ["token_revoked", "missing_scope"])
async def test_connect__when_slack_refuses_the_token__names_the_reason(slack, session, seen, code):
    slack.fail("apps.connections.open", Fault.error(code), times=1)
    with pytest.raises(BadToken, match=code):
        await connect(arrivals(seen), SecretStr(slack.app_token), slack.api_url, session)


@pytest.mark.parametrize("fault", [Fault.html(502), Fault.half_body(), Fault.reset(), Fault.error("fatal_error")])
async def test_connect__when_slack_is_unwell__is_not_blamed_on_the_token(slack, session, seen, fault):
    slack.fail("apps.connections.open", fault, times=1)
    with pytest.raises(CannotConnect) as raised:
        await connect(arrivals(seen), SecretStr(slack.app_token), slack.api_url, session)
    assert not isinstance(raised.value, BadToken)
    assert slack.app_token not in str(raised.value)


async def test_connect__when_nobody_listens__says_so(session, seen, unused_tcp_port):
    with pytest.raises(CannotConnect, match="cannot be reached at SLACK_API_URL"):
        await connect(arrivals(seen), SecretStr("xapp-1"), f"http://127.0.0.1:{unused_tcp_port}/api/", session)


async def test_connect__while_slack_limits_the_rate__waits_as_told(slack, session, seen):
    slack.fail("apps.connections.open", Fault.rate_limited(retry_after=0), times=1)
    socket = await connect(arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK)
    assert socket.is_connected
    await socket.stop()


@pytest.mark.parametrize("times", [1, 3])
async def test_a_refused_handshake__leads_to_a_new_address(slack, session, seen, times):
    slack.refuse_handshakes(times)
    socket = await connect(arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK)
    assert socket.is_connected
    assert len(addresses(slack)) > 1
    assert (await ask(slack)).acked
    await socket.stop()


@pytest.mark.parametrize("times", [1, 3])
async def test_a_handshake_that_hangs__leads_to_a_new_address(slack, session, seen, times, caplog):
    """Without a limit it kept the bot deaf for 305 s."""
    slack.hang_handshakes(times)
    socket = await connect(
        arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK, handshake_timeout=0.05
    )
    assert socket.is_connected
    assert (await ask(slack)).acked
    await socket.stop()
    assert len(addresses(slack)) > 1
    assert "Traceback" not in caplog.text
    assert "ticket" not in caplog.text


async def test_a_connection_that_ends__comes_back_past_a_handshake_that_hangs(slack, session, seen):
    """The same after the first connection, where nobody waits for it."""
    socket = await connect(
        arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK, handshake_timeout=0.05
    )
    slack.hang_handshakes(1)
    await slack.disconnect("refresh_requested")
    await slack.until(lambda: len(addresses(slack)) > 2 and slack.connections)
    assert (await ask(slack)).acked
    await socket.stop()


async def test_stop__while_a_handshake_hangs__comes_to_an_end(slack, session, seen):
    slack.hang_handshakes(1000)
    socket = await connect(
        arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK, connection_timeout=0
    )
    await socket.stop()
    assert not socket.is_connected


async def test_connect__when_the_handshake_is_refused_for_long__goes_on_in_the_background(slack, session, seen, caplog):
    slack.refuse_handshakes(5)
    socket = await connect(
        arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK, connection_timeout=0
    )
    assert not socket.is_connected
    assert await socket.first_connection(5)
    assert (await ask(slack)).acked
    await socket.stop()
    assert "ticket" not in caplog.text


async def dropped(slack):
    slack.drop_sockets()


async def told_to_come_back(slack):
    await slack.disconnect("refresh_requested")


async def told_there_are_too_many(slack):
    await slack.disconnect("too_many_websockets")


async def warned(slack):
    await slack.disconnect("warning")


async def switched_off_and_on(slack):
    await slack.switch_socket_mode(is_on=False)
    await slack.until(lambda: any(call.error == "socket_mode_not_enabled" for call in slack.calls))
    await slack.switch_socket_mode(is_on=True)


async def limited_meanwhile(slack):
    slack.fail("apps.connections.open", Fault.rate_limited(retry_after=0), times=2)
    slack.drop_sockets()


async def answered_by_something_else(slack):
    slack.fail("apps.connections.open", Fault.html(200), times=2)
    slack.drop_sockets()


@pytest.mark.usefixtures("socket")
@pytest.mark.parametrize(
    "ended",
    [
        dropped,
        told_to_come_back,
        told_there_are_too_many,
        warned,
        switched_off_and_on,
        limited_meanwhile,
        answered_by_something_else,
    ],
)
async def test_a_connection_that_ends__comes_back_by_itself(slack, seen, ended, caplog):
    """Sockets are refreshed by the server, for each of its reasons."""
    await ended(slack)
    await slack.until(lambda: slack.connections_made > 1 and slack.connections == 1)
    assert (await ask(slack)).acked
    assert seen.words == ["help"]
    assert "Traceback" not in caplog.text


ENVELOPE = {
    "envelope_id": "E1",
    "type": "interactive",
    "payload": {"type": "brand_new"},
    "accepts_response_payload": False,
}


@pytest.mark.usefixtures("socket")
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"type": "brand_new"},
        {"type": ["a"]},
        {"payload": None},
        {"payload": [1]},
        {"payload": "text"},
        {"payload": 7},
        {"payload": {}},
        {"retry_attempt": [], "retry_reason": {}},
        {"retry_attempt": {"a": 1}, "retry_reason": 7},
    ],
    ids=repr,
)
async def test_an_envelope__of_any_shape__is_acknowledged(slack, changed, caplog):
    """An envelope that is not acknowledged is sent again, and counted as a failure."""
    acknowledged = await slack.say_to_sockets(json.dumps(ENVELOPE | changed))
    await slack.until(lambda: list(acknowledged) == ["E1"])
    bare = {name: value for name, value in ENVELOPE.items() if name not in {"type", "payload"}}
    await slack.say_to_sockets(json.dumps(bare))
    await slack.until(lambda: list(acknowledged) == ["E1", "E1"])
    assert "Traceback" not in caplog.text


@pytest.mark.usefixtures("socket")
@pytest.mark.parametrize(
    "frame", ["", "{", "[]", "7", "[" * 100_000, '{"a":' * 100_000, '{"type": []}', '{"envelope_id": 7}']
)
async def test_a_frame__that_is_none_of_slacks__is_passed_over(slack, seen, frame, caplog):
    await slack.say_to_sockets(frame)
    assert (await ask(slack)).acked
    assert seen.words == ["help"]
    assert "Traceback" not in caplog.text


async def test_stop__while_an_acknowledgement_is_under_way__lets_it_through(slack, socket, seen):
    seen.go_on.clear()
    asking = asyncio.create_task(ask(slack))
    await seen.arrived.wait()
    stopping = asyncio.create_task(socket.stop())
    seen.go_on.set()
    assert (await asking).acked
    await stopping
    assert not socket.is_connected


def tasks_of_the_connection():
    files = {task: task.get_coro().cr_code.co_filename for task in asyncio.all_tasks()}
    return {
        task
        for task, file in files.items()
        if "slack_sdk" in file or file.endswith(("bot/slack/socket_mode.py", "bot/slack/socket_client.py"))
    }


async def test_stop__leaves_no_task_behind(slack, session, seen):
    socket = await connect(arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK)
    assert (await ask(slack)).acked
    assert tasks_of_the_connection()
    await socket.stop()
    assert tasks_of_the_connection() == set()


async def test_stop__before_the_first_connection__comes_to_an_end(slack, session, seen):
    slack.refuse_handshakes(1000)
    socket = await connect(
        arrivals(seen), SecretStr(slack.app_token), slack.api_url, session, **QUICK, connection_timeout=0
    )
    await socket.stop()
    assert not socket.is_connected
