"""The real Bolt and the real slack_sdk against the pretend Slack, over both transports."""

import asyncio

import aiohttp.web
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock
from sandbox.slack import PretendSlack

PAYMENTS = "C0PAYMENTS"
GO = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "7"}
BLOCKS = [{"type": "actions", "elements": [GO]}]
MODAL = {
    "type": "modal",
    "callback_id": "reason",
    "title": {"type": "plain_text", "text": "Why"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "a"},
        }
    ],
}


@pytest.fixture
def clock():
    """Bolt looks at the real time when it verifies a signature."""
    return Clock()


@pytest.fixture
async def slack(clock, workspace):
    async with PretendSlack(clock=clock, workspace=workspace, ack_seconds=1.0) as pretended:
        yield pretended


def desk(client, secret):
    """A bot with a command, a button, a modal and an event."""
    app = AsyncApp(client=client, signing_secret=secret)

    async def on_command(ack, respond, command):
        await ack(f"looking for {command['text']}")
        await respond(text="here", blocks=BLOCKS)

    async def on_press(ack, respond, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await respond(text=f"pressed {body['actions'][0]['value']}", replace_original=True)

    async def on_reason(ack, view, body, client):
        reason = view["state"]["values"]["b"]["a"]["value"]
        if reason == "no":
            await ack(response_action="errors", errors={"b": "not a reason"})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"because {reason}")

    async def on_mention(event, say):
        await say(text="yes?", thread_ts=event["ts"])

    app.command("/flashduty")(on_command)
    app.action("go")(on_press)
    app.view("reason")(on_reason)
    app.event("app_mention")(on_mention)
    return app


async def ended(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(params=["socket", "http"])
async def bolt(request, slack, client, session):
    app = desk(client, slack.signing_secret)
    if request.param == "http":
        runner = aiohttp.web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield app
        await runner.cleanup()
        return
    web = AsyncWebClient(token=slack.app_token, base_url=slack.api_url, session=session)
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=web)
    await handler.connect_async()
    await slack.until(lambda: slack.connections)
    yield app
    inner = handler.client
    await handler.close_async()
    await ended(inner.message_processor, inner.current_session_monitor, inner.message_receiver)
    await inner.aiohttp_client_session.close()


def heard(slack, user="U0ALICE", channel=PAYMENTS):
    return [message["text"] for message in slack.seen_by(user, channel)]


@pytest.mark.usefixtures("bolt")
async def test_bolt__answers_a_command_a_press_and_a_modal(slack):
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty 0E83EE")
    assert delivery.acked, delivery.shown_error
    await slack.settled()
    message = next(one for one in slack.seen_by("U0ALICE", PAYMENTS) if one["text"] == "here")
    assert (await slack.press("U0ALICE", message, action_id="go", value="7")).acked
    await slack.settled()
    assert set(heard(slack)) == {"pressed 7", "looking for 0E83EE"}
    (view,) = slack.views("U0ALICE")
    assert (await slack.submit("U0ALICE", view, {"b": {"a": "no"}})).errors == {"b": "not a reason"}
    assert (await slack.submit("U0ALICE", view, {"b": {"a": "testing"}})).acked
    await slack.settled()
    assert slack.views("U0ALICE") == []
    assert heard(slack, channel="D0ALICE") == ["because testing"]
    assert [call for call in slack.calls if call.error] == []


@pytest.mark.usefixtures("bolt")
async def test_bolt__answers_a_mention_in_its_thread(slack):
    delivery = await slack.say("U0BOB", PAYMENTS, "<@U0FLASHBOT> are you there?")
    assert delivery.acked
    answer = await slack.next_message("U0ALICE", PAYMENTS, after=delivery.message)
    assert (answer["text"], answer["thread_ts"], answer["is_bot"]) == ("yes?", delivery.message["ts"], True)


@pytest.mark.usefixtures("bolt")
async def test_bolt__without_a_listener__fails_the_person(slack):
    slack.workspace.app.events = ("app_home_opened",)
    delivery = await slack.open_home("U0ALICE")
    assert not delivery.acked


async def test_bolt__with_another_signing_secret__refuses(slack, client):
    runner = aiohttp.web.AppRunner(
        desk(client, "another").web_app("/slack/events"), access_log=None, shutdown_timeout=0.1
    )
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    assert (delivery.acked, delivery.status) == (False, 401)
    await runner.cleanup()
