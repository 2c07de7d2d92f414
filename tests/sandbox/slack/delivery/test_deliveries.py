import asyncio
import hashlib
import hmac
import inspect
import json
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from sandbox.slack import Incomplete, PretendSlack
from sandbox.slack.service import SlackService

PAYMENTS = "C0PAYMENTS"
INPUT = {
    "type": "input",
    "block_id": "b",
    "label": {"type": "plain_text", "text": "Why"},
    "element": {"type": "plain_text_input", "action_id": "a"},
}
VIEW = {
    "type": "modal",
    "callback_id": "cb",
    "title": {"type": "plain_text", "text": "Page"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [INPUT],
}


@pytest.fixture
async def bot(slack, listening):
    """A bot over HTTP: `bot.requests` are what it got, `bot.answer` what it says."""

    kept = SimpleNamespace(requests=[], answer=web.Response)

    async def take(request):
        kept.requests.append((request.headers, await request.read()))
        return kept.answer()

    async with listening(take) as url:
        slack.deliver_to(url)
        yield kept


def says(told):
    return lambda: web.json_response(told)


def heard(slack, user="U0ALICE", channel=PAYMENTS):
    return [message["text"] for message in slack.seen_by(user, channel)]


async def test_command__over_http__is_a_signed_form(slack, bot, clock):
    delivery = await slack.command("U0GINA", PAYMENTS, "/flashduty incidents since:7d")
    assert (delivery.acked, delivery.status, delivery.shown_error) == (True, 200, None)
    headers, body = bot.requests[0]
    stamp = headers["X-Slack-Request-Timestamp"]
    assert int(stamp) == int(clock.now().timestamp())
    signed = f"v0:{stamp}:".encode() + body
    digest = hmac.new(slack.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={digest}"
    form = {name: value for name, (value,) in parse_qs(body.decode()).items()}
    assert form["text"] == "incidents since:7d"
    assert (form["user_id"], form["team_id"], form["channel_name"]) == ("U0GINA", "T0HARBOR", "payments-oncall")
    assert form["response_url"].startswith(slack.url)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (lambda: web.Response(text="hi"), "hi"),
        (says({"text": "hi"}), "hi"),
        (says({"text": "a < b"}), None),
        (says({"txet": "hi"}), None),
    ],
)
async def test_command__acknowledged_with_a_reply__shows_it_privately(slack, bot, answer, seen):
    bot.answer = answer
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    assert heard(slack) == ([seen] if seen else [])
    assert (delivery.shown_error is None) == bool(seen)
    assert heard(slack, "U0BOB") == []


async def test_command__answered_in_channel__shows_what_was_typed(slack, bot):
    bot.answer = says({"text": "hi", "response_type": "in_channel"})
    await slack.command("U0ALICE", PAYMENTS, "/flashduty oncall")
    assert heard(slack, "U0BOB") == ["/flashduty oncall", "hi"]


@pytest.mark.parametrize("status", [404, 500, 302, 204])
async def test_command__answered_otherwise_than_200__failed(slack, bot, status):
    bot.answer = lambda: web.Response(status=status)
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    assert not delivery.acked
    assert "dispatch_failed" in delivery.shown_error


async def test_command__not_acknowledged_in_time__times_out(impatient, listening):
    async def hang(_):
        await asyncio.Event().wait()

    async with listening(hang) as url:
        impatient.deliver_to(url)
        delivery = await impatient.command("U0ALICE", PAYMENTS, "/flashduty")
    assert not delivery.acked
    assert delivery.shown_error == '/flashduty failed with the error "operation_timeout"'


def test_patience__is_three_seconds():
    assert inspect.signature(SlackService).parameters["ack_seconds"].default == 3.0


async def test_command__with_nobody_listening__failed_at_once(slack):
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    assert "dispatch_failed" in delivery.shown_error


async def test_command__where_slack_would_not_take_it__is_not_delivered(slack, bot):
    root = (await slack.say("U0ALICE", PAYMENTS, "root")).message
    for delivery in (
        await slack.command("U0ALICE", PAYMENTS, "/flashduty", thread_ts=root["ts"]),
        await slack.command("U0ALICE", PAYMENTS, "/pagerduty"),
    ):
        assert not delivery.acked
        assert delivery.shown_error
    with pytest.raises(LookupError):
        await slack.command("U0OTTO", PAYMENTS, "/flashduty")
    assert bot.requests == []


async def test_redelivery__is_the_same_to_the_byte(slack, bot, clock):
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    clock.move_to(clock.now().replace(year=2027))
    await slack.redeliver(delivery)
    (first_headers, first), (second_headers, second) = bot.requests
    assert first == second
    for name in ("X-Slack-Signature", "X-Slack-Request-Timestamp"):
        assert first_headers[name] == second_headers[name]


async def test_mention__is_heard_in_channels_of_the_bot_only(slack, bot):
    slack.workspace.channels["C0SEARCH"].members.remove("U0FLASHBOT")
    await slack.say("U0ALICE", PAYMENTS, "nothing")
    await slack.say("U0ALICE", "C0SEARCH", "<@U0FLASHBOT> incidents")
    assert bot.requests == []
    root = (await slack.say("U0BOB", PAYMENTS, "root")).message
    delivery = await slack.say("U0ALICE", PAYMENTS, "<@U0FLASHBOT> incidents", thread_ts=root["ts"])
    assert delivery.acked
    body = json.loads(bot.requests[0][1])
    event = body["event"]
    assert (event["type"], event["thread_ts"], event["parent_user_id"]) == ("app_mention", root["ts"], "U0BOB")
    assert body["authorizations"][0]["user_id"] == "U0FLASHBOT"
    assert (body["enterprise_id"], body["event_time"]) == (None, int(slack.clock.now().timestamp()))


async def test_direct_message__is_heard_and_so_is_the_bot_itself(slack, bot, client):
    await slack.say("U0ALICE", "D0ALICE", "incidents")
    await client.chat_postMessage(channel="U0ALICE", text="here")
    await slack.settled()
    events = [json.loads(body)["event"] for _, body in bot.requests]
    assert [(one["type"], one["channel_type"], one.get("bot_id")) for one in events] == [
        ("message", "im", None),
        ("message", "im", "B0FLASHBOT"),
    ]


async def test_event__that_failed__is_tried_again_on_demand(slack, bot):
    bot.answer = lambda: web.Response(status=500)
    delivery = await slack.say("U0ALICE", PAYMENTS, "<@U0FLASHBOT>")
    assert (delivery.acked, delivery.shown_error) == (False, None)
    bot.answer = web.Response
    assert (await slack.retry(delivery)).acked
    headers, body = bot.requests[1]
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("1", "http_error")
    assert json.loads(body)["event_id"] == json.loads(bot.requests[0][1])["event_id"]


async def test_home__opened__is_told(slack, bot):
    await slack.open_home("U0ALICE", tab="messages")
    event = json.loads(bot.requests[0][1])["event"]
    assert (event["type"], event["tab"], event["channel"]) == ("app_home_opened", "messages", "D0ALICE")


def pressed(request):
    return json.loads(parse_qs(request[1].decode())["payload"][0])


MENU = {
    "type": "static_select",
    "action_id": "menu",
    "options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("one", "two")],
}
GO = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [GO, MENU]}]


async def test_press__carries_message_state_and_a_way_to_answer(slack, bot, client):
    await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=BLOCKS)
    (message,) = slack.seen_by("U0ALICE", PAYMENTS)
    await slack.press("U0ALICE", message, action_id="menu", selected="two")
    await slack.press("U0ALICE", message, action_id="go", value="1")
    chosen, gone = map(pressed, bot.requests)
    assert chosen["actions"][0]["selected_option"]["value"] == "two"
    assert gone["actions"][0]["value"] == "1"
    assert gone["state"]["values"]["row"]["menu"]["selected_option"]["value"] == "two"
    assert gone["message"]["ts"] == message["ts"]
    assert gone["container"]["is_ephemeral"] is False
    assert gone["channel"] == {"id": PAYMENTS, "name": "payments-oncall"}
    assert {"response_url", "trigger_id", "api_app_id"} <= set(gone)


async def test_press__in_a_private_message__carries_no_message(slack, bot, client):
    await client.chat_postEphemeral(channel=PAYMENTS, user="U0ALICE", text="x", blocks=BLOCKS)
    (message,) = slack.seen_by("U0ALICE", PAYMENTS)
    await slack.press("U0ALICE", message, action_id="go")
    payload = pressed(bot.requests[0])
    assert "message" not in payload
    assert payload["container"]["is_ephemeral"] is True
    with pytest.raises(LookupError):
        await slack.press("U0BOB", message, action_id="go")


@pytest.mark.parametrize(
    "how", [{"action_id": "stop"}, {"action_id": "go", "value": "2"}, {"action_id": "menu", "selected": "3"}]
)
async def test_press__of_what_is_not_there__cannot_be(slack, bot, client, how):
    await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=BLOCKS)
    with pytest.raises(LookupError):
        await slack.press("U0ALICE", slack.seen_by("U0ALICE", PAYMENTS)[0], **how)
    assert bot.requests == []


async def test_press__not_acknowledged__shows_a_sign(slack, client):
    await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=BLOCKS)
    delivery = await slack.press("U0ALICE", slack.seen_by("U0ALICE", PAYMENTS)[0], action_id="go")
    assert delivery.shown_error.startswith("⚠")


@pytest.fixture
async def opened(slack, bot, client):
    trigger_id = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["trigger_id"]
    assert len(bot.requests) == 1
    return (await client.views_open(trigger_id=trigger_id, view=VIEW))["view"]


async def test_modal__acknowledged_empty__closes(slack, bot, opened):
    delivery = await slack.submit("U0ALICE", opened, {"b": {"a": "because"}})
    assert delivery.acked
    view = pressed(bot.requests[-1])["view"]
    assert view["state"]["values"] == {"b": {"a": {"type": "plain_text_input", "value": "because"}}}
    assert slack.views("U0ALICE") == []


async def test_modal__that_may_answer_in_a_channel__comes_with_response_urls(slack, bot, client, session):
    """Source: docs.slack.dev/surfaces/modals."""
    where = {
        "type": "input",
        "block_id": "b",
        "label": {"type": "plain_text", "text": "Where"},
        "element": {"type": "conversations_select", "action_id": "a", "response_url_enabled": True},
    }
    trigger_id = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["trigger_id"]
    view = (await client.views_open(trigger_id=trigger_id, view=VIEW | {"blocks": [where]}))["view"]
    await slack.submit("U0ALICE", view, {"b": {"a": "C0SEARCH"}})
    (place,) = pressed(bot.requests[-1])["response_urls"]
    assert (place["block_id"], place["action_id"], place["channel_id"]) == ("b", "a", "C0SEARCH")
    async with session.post(place["response_url"], json={"text": "hi", "response_type": "in_channel"}) as told:
        assert told.status == 200
    assert heard(slack, channel="C0SEARCH") == ["hi"]


async def test_press__brings_back_what_was_written__with_entities(slack, bot, client):
    """Slack escapes &, < and > in the value of a button; source: github.com/slackapi/bolt-python/issues/513."""
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "R&D"},
        "action_id": "go",
        "value": '{"a":"<&>"}',
    }
    choice = {"text": {"type": "plain_text", "text": "<x>"}, "value": "a&b"}
    menu = {"type": "static_select", "action_id": "menu", "options": [choice]}
    await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=[{"type": "actions", "elements": [button, menu]}])
    (message,) = slack.seen_by("U0ALICE", PAYMENTS)
    await slack.press("U0ALICE", message, action_id="go", value='{"a":"<&>"}')
    (action,) = pressed(bot.requests[-1])["actions"]
    assert (action["text"]["text"], action["value"]) == ("R&amp;D", '{"a":"&lt;&amp;&gt;"}')
    await slack.press("U0ALICE", message, action_id="menu", selected="a&b")
    (action,) = pressed(bot.requests[-1])["actions"]
    assert action["selected_option"] == {"text": {"type": "plain_text", "text": "&lt;x&gt;"}, "value": "a&amp;b"}


async def test_modal__with_an_empty_required_field__is_not_sent(slack, bot, opened):
    with pytest.raises(Incomplete) as caught:
        await slack.submit("U0ALICE", opened, {})
    assert set(caught.value.errors) == {"b"}
    with pytest.raises(LookupError):
        await slack.submit("U0ALICE", opened, {"other": {"a": "x"}})
    assert len(bot.requests) == 1


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "errors", "errors": {"b": "no"}}, ["Page"]),
        ({"response_action": "update", "view": {**VIEW, "title": {"type": "plain_text", "text": "Next"}}}, ["Next"]),
        (
            {"response_action": "push", "view": {**VIEW, "title": {"type": "plain_text", "text": "Top"}}},
            ["Page", "Top"],
        ),
        ({"response_action": "clear"}, []),
    ],
)
async def test_modal__acknowledged_with_an_action__does_it(slack, bot, opened, answer, titles):
    bot.answer = says(answer)
    delivery = await slack.submit("U0ALICE", opened, {"b": {"a": "x"}})
    assert [view["title"]["text"] for view in slack.views("U0ALICE")] == titles
    assert delivery.errors == answer.get("errors", {})
    assert delivery.shown_error is None


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "thanks"},
        {"response_action": "errors", "errors": {"elsewhere": "no"}},
        {"response_action": "update", "view": {**VIEW, "title": {"type": "mrkdwn", "text": "x"}}},
    ],
)
async def test_modal__acknowledged_with_nonsense__stays_and_shows_an_error(slack, bot, opened, answer):
    bot.answer = says(answer)
    delivery = await slack.submit("U0ALICE", opened, {"b": {"a": "x"}})
    assert delivery.shown_error
    assert len(slack.views("U0ALICE")) == 1


async def test_modal__closed__is_told_where_asked_for(slack, bot, client, opened):
    await slack.close_view("U0ALICE", opened)
    assert len(bot.requests) == 1
    trigger_id = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["trigger_id"]
    view = (await client.views_open(trigger_id=trigger_id, view={**VIEW, "notify_on_close": True}))["view"]
    await slack.close_view("U0ALICE", view)
    assert pressed(bot.requests[-1])["type"] == "view_closed"
    assert slack.views("U0ALICE") == []


async def test_commands__by_the_hundred__are_all_brought(slack, bot):
    deliveries = await asyncio.gather(*(slack.command("U0ALICE", PAYMENTS, f"/flashduty {n}") for n in range(300)))
    assert all(delivery.acked for delivery in deliveries)
    assert len({body for _, body in bot.requests}) == 300


async def test_settled__waits_for_what_it_is_told_about(slack):
    busy = [True, True, False]
    slack.busy_while(lambda: len(busy) > 1 and busy.pop(0))
    await slack.settled(quiet=0.01)
    assert busy == [False]
    slack.busy_while(lambda: True)
    with pytest.raises(TimeoutError):
        await slack.settled(0.05, quiet=0.01)


async def test_next_message__waits_for_one_that_is_newer(slack, client):
    first = await client.chat_postMessage(channel=PAYMENTS, text="one")
    waiting = asyncio.ensure_future(slack.next_message("U0ALICE", PAYMENTS))
    await asyncio.wait([waiting], timeout=0)
    await client.chat_postMessage(channel=PAYMENTS, text="two")
    assert (await waiting)["text"] == "two"
    assert (await slack.next_message("U0ALICE", PAYMENTS, after=first["ts"]))["text"] == "two"
    with pytest.raises(TimeoutError):
        await slack.next_message("U0ALICE", PAYMENTS, timeout=0.01)


async def test_event__that_failed__is_tried_again_at_once_where_asked_for(listening):
    answers = iter((500, 200))

    async def take(_):
        return web.Response(status=next(answers))

    async with PretendSlack(retries_events=True) as slack, listening(take) as url:
        slack.deliver_to(url)
        delivery = await slack.say("U0ALICE", PAYMENTS, "<@U0FLASHBOT>")
    assert (delivery.acked, delivery.attempts) == (True, 2)
