"""How Slack delivers: each rule with where it is from, asked of the pretend Slack."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from aiohttp import WSMsgType, web
from slack_sdk.errors import SlackApiError

from sandbox.faults import Fault
from sandbox.slack import PretendSlack
from sandbox.slack.tiers import EVERY_LIMIT, Tiers
from sandbox.slack.workspace import Command, Shortcut

PAYMENTS = "C0PAYMENTS"
MENTION = "<@U0FLASHBOT> incidents"
SELECT = {
    "type": "external_select",
    "action_id": "who",
    "placeholder": {"type": "plain_text", "text": "Who"},
    "min_query_length": 0,
}
GO = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [GO, SELECT]}]
EVENTS_API = "docs.slack.dev/apis/events-api"
SOCKET_MODE = "docs.slack.dev/apis/events-api/using-socket-mode"
RATE_LIMITS = "docs.slack.dev/apis/web-api/rate-limits"
FORMATTING = "docs.slack.dev/messaging/formatting-message-text"
RULES = []


def rule(source, *given):
    """Put a rule into the table; `given` are cases of it, each handed to the rule."""

    def keep(check):
        RULES.extend(
            # Counted, not spelt out: every process that runs a part of the tests must call them the same.
            pytest.param(check, case, id=f"{check.__name__} [{source}] {number}")
            for number, case in enumerate(given or [()], 1)
        )
        return check

    return keep


@dataclass
class Place:
    """A pretend Slack, a bot over HTTP that answers as it is told, and bare sockets."""

    slack: PretendSlack
    client: object
    clock: object
    plugged: object
    url: str
    answers: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    async def take(self, request):
        self.requests.append((request.headers, await request.read()))
        answer = self.answers.pop(0) if self.answers else web.Response()
        return answer(request) if callable(answer) else answer

    def retries(self):
        return [(headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for headers, _ in self.requests]

    def events(self):
        return [json.loads(body)["event"] for _, body in self.requests]

    async def shown(self):
        await self.client.chat_postMessage(channel=PAYMENTS, text="x", blocks=BLOCKS)
        return self.slack.seen_by("U0ALICE", PAYMENTS)[-1]


@pytest.fixture
async def place(slack, client, clock, plugged, listening):
    made = Place(slack, client, clock, plugged, "")
    async with listening(made.take) as url:
        made.url = url
        slack.deliver_to(url)
        yield made


@pytest.mark.parametrize(("check", "case"), RULES)
async def test_rule(place, check, case):
    await check(place, *case)


def failing(count):
    return [web.Response(status=500) for _ in range(count)]


@rule(EVENTS_API)
async def event__not_acknowledged__comes_again_at_once_after_a_minute_and_after_five(place):
    place.answers = failing(9)
    await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    assert place.retries() == [(None, None), ("1", "http_error")]
    for number, minutes in ((2, 1), (3, 5)):
        place.clock.shift(timedelta(minutes=minutes) - timedelta(seconds=1))
        await place.slack.settled(quiet=0.02)
        assert len(place.requests) == number
        place.clock.shift(timedelta(seconds=1))
        await place.slack.until(lambda number=number: len(place.requests) == number + 1)
    place.clock.shift(timedelta(hours=1))
    await place.slack.settled(quiet=0.02)
    assert place.retries() == [(None, None), *((str(number), "http_error") for number in (1, 2, 3))]
    assert len({json.loads(body)["event_id"] for _, body in place.requests}) == 1


@rule(EVENTS_API)
async def event__acknowledged_at_last__comes_no_more(place):
    place.answers = failing(2)
    await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    place.clock.shift(timedelta(minutes=1))
    await place.slack.until(lambda: len(place.requests) == 3)
    place.clock.shift(timedelta(hours=1))
    await place.slack.settled(quiet=0.02)
    assert len(place.requests) == 3


@rule(EVENTS_API)
async def event__refused_with_no_retry__comes_no_more(place):
    place.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]
    await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    place.clock.shift(timedelta(hours=1))
    await place.slack.settled(quiet=0.02)
    assert len(place.requests) == 1


@rule(EVENTS_API)
async def event__not_acknowledged__is_sent_again_on_demand(place):
    place.answers = failing(2)
    await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    (delivery,) = await place.slack.send_again()
    assert (delivery.acked, delivery.attempts) == (True, 3)
    assert await place.slack.send_again() == []


def elsewhere(_request):
    raise web.HTTPTemporaryRedirect("/")


@rule(
    EVENTS_API,
    ("http_error", lambda: failing(1)),
    ("too_many_redirects", lambda: [elsewhere] * 3),
)
async def event__tried_again__says_why(place, reason, answers):
    place.answers = answers()
    await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    assert place.retries()[-1] == ("1", reason)


@rule(EVENTS_API)
async def event__with_nobody_at_the_address__says_connection_failed(place):
    place.slack.deliver_to("http://127.0.0.1:9/")
    delivery = await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    place.slack.deliver_to(place.url)
    await place.slack.send_again()
    assert place.retries() == [("2", "connection_failed")]
    assert delivery.acked


@rule(EVENTS_API)
async def event__over_two_redirects__arrives(place):
    place.answers = [elsewhere] * 2
    assert (await place.slack.say("U0ALICE", PAYMENTS, MENTION)).acked


@rule("docs.slack.dev/interactivity/handling-user-interaction")
async def command__not_acknowledged__comes_no_second_time(place):
    place.answers = failing(1)
    await place.slack.command("U0ALICE", PAYMENTS, "/flashduty")
    place.clock.shift(timedelta(hours=1))
    await place.slack.settled(quiet=0.02)
    assert len(place.requests) == 1


@rule("a broken line, or a proxy that asks again")
async def anything__can_be_delivered_twice(place):
    place.slack.deliver_twice(1)
    await place.slack.command("U0ALICE", PAYMENTS, "/flashduty")
    await place.slack.command("U0ALICE", PAYMENTS, "/flashduty help")
    first, second, third = [body for _, body in place.requests]
    assert first == second != third


@rule(SOCKET_MODE)
async def socket__event_not_acknowledged__says_timeout(place):
    async with PretendSlack(clock=place.clock, ack_seconds=0.05) as slack, place.plugged(slack) as socket:
        await slack.say("U0ALICE", PAYMENTS, MENTION)
        first, second = [await socket.receive_json() for _ in range(2)]
    told = [(one["retry_attempt"], one["retry_reason"], one["accepts_response_payload"]) for one in (first, second)]
    assert told == [(0, "", False), (1, "timeout", False)]


@rule(SOCKET_MODE)
async def socket__not_there__is_a_connection_that_failed(place):
    place.slack.deliver_to(None)
    delivery = await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    assert (delivery.failure, delivery.reason, delivery.attempts) == ("dispatch_failed", "connection_failed", 2)


@rule(
    SOCKET_MODE,
    ("command", True),
    ("press", False),
    ("shortcut", False),
    ("message_action", False),
    ("suggest", True),
    ("mention", False),
)
async def socket__says_whether_an_answer_counts(place, kind, accepts):
    place.slack.workspace.app.shortcuts = (Shortcut("new", "global"), Shortcut("page", "message"))
    shown = await place.shown()
    place.slack.deliver_to(None)
    acts = {
        "command": lambda: place.slack.command("U0ALICE", PAYMENTS, "/flashduty"),
        "press": lambda: place.slack.press("U0ALICE", shown, action_id="go"),
        "shortcut": lambda: place.slack.shortcut("U0ALICE", "new"),
        "message_action": lambda: place.slack.message_action("U0ALICE", shown, "page"),
        "suggest": lambda: place.slack.suggest("U0ALICE", shown, action_id="who", typed="a"),
        "mention": lambda: place.slack.say("U0ALICE", PAYMENTS, MENTION),
    }
    async with place.plugged(place.slack) as socket:
        acting = asyncio.ensure_future(acts[kind]())
        envelope = await socket.receive_json()
        assert envelope["accepts_response_payload"] is accepts
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}})
        assert (await acting).answer == ({"text": "hi"} if accepts else None)


@rule(SOCKET_MODE)
async def socket__after_its_hour__is_warned_and_refreshed(place):
    async with (
        PretendSlack(clock=place.clock, refreshes_sockets=True) as slack,
        place.plugged(slack) as socket,
    ):
        place.clock.shift(timedelta(seconds=3590))
        assert (await socket.receive_json())["reason"] == "warning"
        place.clock.shift(timedelta(seconds=10))
        assert (await socket.receive_json())["reason"] == "refresh_requested"
        assert (await socket.receive()).type is WSMsgType.CLOSE


@rule(SOCKET_MODE)
async def socket__switched_off__is_disabled_and_no_other_opened(place):
    async with place.plugged(place.slack) as socket:
        switching = asyncio.ensure_future(place.slack.switch_socket_mode(is_on=False))
        assert (await socket.receive_json())["reason"] == "link_disabled"
        assert (await socket.receive()).type is WSMsgType.CLOSE
        await switching
    with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
        await place.client.apps_connections_open(app_token=place.slack.app_token)
    await place.slack.switch_socket_mode(is_on=True)
    assert (await place.client.apps_connections_open(app_token=place.slack.app_token))["url"]


@rule("docs.slack.dev/reference/methods/chat.postEphemeral: only shown if there is already an active thread")
async def ephemeral__in_a_thread_without_replies__is_shown_to_nobody(place):
    root = (await place.client.chat_postMessage(channel=PAYMENTS, text="root"))["ts"]
    for _ in range(2):
        told = await place.client.chat_postEphemeral(channel=PAYMENTS, user="U0ALICE", text="lost", thread_ts=root)
        assert told["message_ts"]
    assert [one["text"] for one in place.slack.seen_by("U0ALICE", PAYMENTS)] == ["root"]
    await place.client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root)
    await place.client.chat_postEphemeral(channel=PAYMENTS, user="U0ALICE", text="seen", thread_ts=root)
    assert [one["text"] for one in place.slack.seen_by("U0ALICE", PAYMENTS)] == ["root", "reply", "seen"]


@rule(f"{RATE_LIMITS}: one message a second and channel, short bursts allowed")
async def posts__beyond_a_burst__wait_a_second_a_channel(place):
    place.slack.limit(is_on=True)
    for number in range(5):
        await place.client.chat_postMessage(channel=PAYMENTS, text=str(number))
    with pytest.raises(SlackApiError) as caught:
        await place.client.chat_postMessage(channel=PAYMENTS, text="one more")
    answer = caught.value.response
    assert (answer.status_code, answer.data["error"], answer.headers["Retry-After"]) == (429, "rate_limited", "1")
    await place.client.chat_postMessage(channel="C0GENERAL", text="elsewhere")
    place.slack.limit(is_on=False)
    await place.client.chat_postMessage(channel=PAYMENTS, text="one more")


@rule(f"{RATE_LIMITS}: Tier 1", ("apps.connections.open", 1), ("auth.test", 300), ("chat.postMessage", 300))
async def method__of_a_limit_of_its_own__is_limited(_place, method, most):
    tiers = Tiers(EVERY_LIMIT, lambda: 0.0)
    assert [tiers.wait(method) for _ in range(most)] == [0] * most
    assert tiers.wait(method) > 0


@rule("docs.slack.dev/reference/events/message.channels")
async def message__in_a_channel__is_heard_where_subscribed(place):
    app = place.slack.workspace.app
    app.events = (*app.events, "message.channels")
    await place.slack.say("U0ALICE", PAYMENTS, "nothing for the bot")
    await place.slack.say("U0ALICE", PAYMENTS, MENTION)
    told = [(one["type"], one.get("channel_type"), one["text"]) for one in place.events()]
    assert told[0] == ("message", "channel", "nothing for the bot")
    assert sorted(told[1:]) == [("app_mention", None, MENTION), ("message", "channel", MENTION)]


@rule(
    FORMATTING,
    ("is db1.harbor.example up?", "is <http://db1.harbor.example|db1.harbor.example> up?"),
    ("https://console.harbor.example/x?a=1&amp;b=2.", "<https://console.harbor.example/x?a=1&amp;b=2>."),
    ("ask dana@harbor.example", "ask <mailto:dana@harbor.example|dana@harbor.example>"),
    ("call +49 30 123456-78", "call <tel:+493012345678|+49 30 123456-78>"),
    ("0E83EE v1.5 e.g. since:7d", "0E83EE v1.5 e.g. since:7d"),
    ("<@U0BOB> <https://a.example|there>", "<@U0BOB> <https://a.example|there>"),
)
async def words__that_look_like_addresses__are_linked(place, typed, stored):
    await place.slack.say("U0ALICE", "D0ALICE", typed)
    event = place.events()[0]
    assert event["text"] == stored


@rule(
    "docs.slack.dev/interactivity/implementing-slash-commands: escape channels, users, and links",
    (False, "db1.harbor.example @bob #general a&b", "db1.harbor.example @bob #general a&b"),
    (
        True,
        "db1.harbor.example @bob #general a&b @nobody",
        "<http://db1.harbor.example|db1.harbor.example> <@U0BOB|bob> <#C0GENERAL|general> a&amp;b @nobody",
    ),
)
async def command__is_escaped_where_the_app_asks_for_it(place, escapes, typed, sent):
    place.slack.workspace.app.commands = (Command("/flashduty", "", "", should_escape=escapes),)
    assert (await place.slack.command("U0ALICE", PAYMENTS, f"/flashduty {typed}")).payload["text"] == sent


def payload_of(request):
    return json.loads(parse_qs(request[1].decode())["payload"][0])


@rule("docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload")
async def shortcut__global__has_no_channel(place):
    place.slack.workspace.app.shortcuts = (Shortcut("new", "global"),)
    assert (await place.slack.shortcut("U0ALICE", "new")).acked
    told = payload_of(place.requests[0])
    assert (told["type"], told["callback_id"], told["user"]["id"]) == ("shortcut", "new", "U0ALICE")
    assert {"trigger_id", "action_ts"} <= told.keys()
    assert not {"channel", "response_url", "message"} & told.keys()
    with pytest.raises(LookupError):
        await place.slack.shortcut("U0ALICE", "old")


@rule("docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload")
async def shortcut__in_a_messages_menu__carries_the_message(place):
    place.slack.workspace.app.shortcuts = (Shortcut("page", "message"),)
    shown = await place.shown()
    await place.slack.message_action("U0ALICE", shown, "page")
    told = payload_of(place.requests[0])
    assert (told["type"], told["callback_id"], told["message_ts"]) == ("message_action", "page", shown["ts"])
    assert (told["message"]["text"], told["channel"]["id"]) == ("x", PAYMENTS)
    assert told["response_url"].startswith(place.slack.url)


@rule(
    "docs.slack.dev/reference/interaction-payloads/block_suggestion-payload",
    ({"options": [{"text": {"type": "plain_text", "text": "Bob"}, "value": "bob"}]}, None),
    ({"options": []}, None),
    ({}, "⚠ Options failed to load."),
    ({"options": [{"text": "Bob"}]}, "⚠ Options failed to load."),
)
async def select__typed_into__asks_for_options(place, answer, error):
    shown = await place.shown()
    place.answers = [web.json_response(answer)]
    delivery = await place.slack.suggest("U0ALICE", shown, action_id="who", typed="bo")
    told = payload_of(place.requests[0])
    assert (told["type"], told["action_id"], told["block_id"], told["value"]) == (
        "block_suggestion",
        "who",
        "row",
        "bo",
    )
    assert "trigger_id" not in told
    assert delivery.shown_error == error


@rule("docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select")
async def select__takes_only_what_was_offered(place):
    shown = await place.shown()
    bob = {"text": {"type": "plain_text", "text": "Bob"}, "value": "bob"}
    with pytest.raises(LookupError):
        await place.slack.press("U0ALICE", shown, action_id="who", selected="bob")
    place.answers = [web.json_response({"options": [bob]})]
    await place.slack.suggest("U0ALICE", shown, action_id="who", typed="bo")
    await place.slack.press("U0ALICE", shown, action_id="who", selected="bob")
    assert payload_of(place.requests[-1])["actions"][0]["selected_option"] == bob
    for user, value in (("U0ALICE", "mallory"), ("U0BOB", "bob")):
        with pytest.raises(LookupError):
            await place.slack.press(user, shown, action_id="who", selected=value)


@rule(
    "docs.slack.dev/reference/events/url_verification",
    (lambda challenge: web.json_response({"challenge": challenge}), True),
    (lambda challenge: web.Response(text=challenge), True),
    (lambda challenge: web.Response(text=f"challenge={challenge}"), True),
    (lambda _: web.Response(), False),
    (lambda challenge: web.Response(text=challenge, status=404), False),
)
async def request_url__answers_its_challenge(place, answer, is_good):
    place.answers = [lambda _: answer(json.loads(place.requests[-1][1])["challenge"])]
    delivery = await place.slack.verify_url()
    assert (delivery.acked, delivery.shown_error is None) == (is_good, is_good)
    assert "X-Slack-Signature" in place.requests[0][0]


@rule("docs.slack.dev/interactivity/implementing-slash-commands: ssl_check=1, not signed")
async def ssl_check__comes_unsigned(place):
    assert (await place.slack.check_ssl()).acked
    headers, body = place.requests[0]
    assert b"ssl_check=1" in body
    assert "X-Slack-Signature" not in headers


@rule(SOCKET_MODE)
async def request_url__is_not_asked_in_socket_mode(place):
    place.slack.deliver_to(None)
    for ask in (place.slack.verify_url, place.slack.check_ssl):
        with pytest.raises(LookupError):
            await ask()


@rule("a line that keeps an answer and says it again")
async def answer__can_come_twice(place):
    place.slack.fail("auth.test", Fault.twice())
    for _ in range(2):
        assert (await place.client.auth_test())["ok"]
    assert [call.method for call in place.slack.calls] == ["auth.test"] * 2
