"""Every rule of Slack that is known here, asked over HTTP: what breaks it is refused, what just keeps to it is taken.

No rule is read from the bot's code.
"""

import asyncio
import json
import re

import aiohttp.web
import pytest
import rules_of_blocks
import rules_of_data
import rules_of_elements
import rules_of_messages
import rules_of_methods
from rules import PAYMENTS, UPLOADED, section
from rules_of_messages import of_length

from sandbox.slack.web_api import METHODS as KNOWN

RULES = [
    *rules_of_blocks.LIMITS,
    *rules_of_data.DATA,
    *rules_of_blocks.SHAPES,
    *rules_of_blocks.SURFACES,
    *rules_of_elements.LIMITS,
    *rules_of_elements.SHAPES,
    *rules_of_messages.MESSAGES,
    *rules_of_messages.VIEWS,
    *rules_of_methods.CALLS,
    *rules_of_methods.FILES,
]
# What a view is answered with that is right, on a trigger nobody issued.
TAKEN = {"ok", "invalid_trigger_id"}
# What a picture begins with.
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def ask(slack, session):
    """Call a method as its page says: with JSON where it takes that, with a query where not."""
    slack.workspace.app.has_home = True

    async def call(method, given):
        headers = {"Authorization": f"Bearer {slack.bot_token}"}
        by_query = method in KNOWN and not KNOWN[method].takes_json
        how = {"params": {name: str(value) for name, value in given.items()}} if by_query else {"json": given}
        async with session.post(f"{slack.api_url}{method}", headers=headers, **how) as answer:
            assert answer.status == 200
            return await answer.json()

    return call


@pytest.fixture
def filled(ask, session):
    """Put the id of a picture that was uploaded and shared where a call names one."""

    async def fill(given):
        if UPLOADED not in json.dumps(given):
            return given
        upload = await ask("files.getUploadURLExternal", {"filename": "week.png", "length": len(PNG)})
        async with session.post(upload["upload_url"], data=PNG) as answer:
            assert answer.status == 200
        files = [{"id": upload["file_id"]}]
        assert (await ask("files.completeUploadExternal", {"files": files, "channel_id": PAYMENTS}))["ok"]
        return json.loads(json.dumps(given).replace(UPLOADED, upload["file_id"]))

    return fill


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
async def test_slack__refuses_what_breaks_a_rule(ask, rule):
    for method, given in rule.refused:
        told = await ask(method, given)
        assert (told["ok"], told.get("error")) == (False, rule.error), (method, told)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.taken], ids=lambda rule: rule.says)
async def test_slack__takes_what_just_keeps_to_a_rule(ask, filled, rule):
    for method, given in rule.taken:
        told = await ask(method, await filled(given))
        assert told.get("error", "ok") in TAKEN, (method, told)


def test_every_rule__says_once_where_it_comes_from():
    assert len({rule.says for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.match(r"(docs\.slack\.dev|api\.slack\.com|github\.com/slackapi)/\S", rule.source), rule.says
        assert rule.refused


async def test_blocks_that_are_too_long__are_refused__by_every_way_a_message_comes(ask, slack, session):
    """A message of 11,341 characters was refused with msg_blocks_too_long (github.com/slackapi/bolt-js/issues/2867)."""
    posted = await ask("chat.postMessage", {"channel": PAYMENTS, "text": "x", "blocks": [section()]})
    url = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["response_url"]
    for length, is_taken in ((10_001, False), (10_000, True)):
        blocks = of_length(length)
        update = await ask("chat.update", {"channel": PAYMENTS, "ts": posted["ts"], "text": "x", "blocks": blocks})
        async with session.post(url, json={"text": "x", "blocks": blocks}) as answer:
            by_url = "ok" if answer.status == 200 else (await answer.json())["error"]
        wanted = "ok" if is_taken else "msg_blocks_too_long"
        assert (update.get("error", "ok"), by_url) == (wanted, wanted)


async def test_blocks_that_are_too_long__in_the_acknowledgement_of_a_command__are_an_error(slack, listening):
    """The same limit holds for a message that comes in the acknowledgement."""

    async def answer(_):
        return aiohttp.web.json_response({"text": "x", "blocks": of_length(10_001)})

    async with listening(answer) as url:
        slack.deliver_to(url)
        delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty")
    assert "msg_blocks_too_long" in delivery.shown_error


@pytest.mark.parametrize(
    ("text", "error"),
    [("x" * 4000, "ok"), ("x" * 4001, "msg_too_long"), ("支" * 1333, "ok"), ("支" * 1334, "msg_too_long")],
)
async def test_text_of_an_update__has_at_most_4000_bytes(ask, text, error):
    """docs.slack.dev/reference/methods/chat.update says characters; people measured bytes."""
    posted = await ask("chat.postMessage", {"channel": PAYMENTS, "text": "x"})
    told = await ask("chat.update", {"channel": PAYMENTS, "ts": posted["ts"], "text": text})
    assert told.get("error", "ok") == error


NOTED = {"event_type": "digest", "event_payload": {"on": "2026-11-24"}}
OTHERWISE = {"event_type": "report", "event_payload": {}}


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({}, NOTED),
        ({"metadata": {}}, None),
        ({"metadata": {**NOTED, "event_type": "other"}}, {**NOTED, "event_type": "other"}),
    ],
)
async def test_metadata__stays_through_an_update__unless_other_is_given(ask, given, left):
    """Source: docs.slack.dev/reference/methods/chat.update."""
    posted = await ask("chat.postMessage", {"channel": PAYMENTS, "text": "x", "metadata": NOTED})
    assert (await ask("chat.update", {"channel": PAYMENTS, "ts": posted["ts"], "text": "y", **given}))["ok"]
    history = await ask("conversations.history", {"channel": PAYMENTS, "include_all_metadata": True})
    assert history["messages"][0].get("metadata") == left


BAR = {"color": "#2eb67d", "blocks": [{**section(), "block_id": "in_the_bar"}]}


@pytest.mark.parametrize(("given", "left"), [({}, [{"id": 1, **BAR}]), ({"attachments": []}, None)])
async def test_attachments__stay_through_an_update__unless_it_names_them(ask, given, left):
    """Source: docs.slack.dev/reference/methods/chat.update."""
    posted = await ask("chat.postMessage", {"channel": PAYMENTS, "blocks": [section()], "attachments": [BAR]})
    told = await ask("chat.update", {"channel": PAYMENTS, "ts": posted["ts"], "blocks": [section()], **given})
    assert told["message"].get("attachments") == left


@pytest.mark.parametrize(("given", "is_told"), [({"text": "y"}, True), ({"text": "y", "blocks": [section()]}, False)])
async def test_an_update__is_marked_as_edited__only_without_blocks(ask, slack, given, is_told):
    """Source: docs.slack.dev/reference/methods/chat.update."""
    posted = await ask("chat.postMessage", {"channel": PAYMENTS, "text": "x"})
    await ask("chat.update", {"channel": PAYMENTS, "ts": posted["ts"], **given})
    assert bool(slack.seen_by("U0ALICE", PAYMENTS)[-1]["edited"]) is is_told


async def test_an_archived_channel__is_told_in_the_word_of_each_method(ask, slack):
    """Source: docs.slack.dev/reference/methods/chat.postMessage and chat.update."""
    posted = await ask("chat.postMessage", {"channel": PAYMENTS, "text": "x"})
    slack.workspace.channels[PAYMENTS].is_archived = True
    post = await ask("chat.postMessage", {"channel": PAYMENTS, "text": "x"})
    update = await ask("chat.update", {"channel": PAYMENTS, "ts": posted["ts"], "text": "y"})
    topic = await ask("conversations.setTopic", {"channel": PAYMENTS, "topic": "y"})
    assert (post["error"], update["error"], topic["error"]) == ("is_archived", "is_inactive", "is_archived")


async def test_a_home__is_published__only_with_a_home_tab(ask, slack):
    """Source: docs.slack.dev/reference/methods/views.publish."""
    slack.workspace.app.has_home = False
    told = await ask("views.publish", {"user_id": "U0ALICE", "view": {"type": "home", "blocks": [section()]}})
    assert told["error"] == "not_enabled"


async def test_a_group__that_the_workspace_does_not_let_apps_change__is_refused(ask, slack):
    """Source: docs.slack.dev/reference/methods/usergroups.users.update."""
    slack.workspace.app.may_change_groups = False
    told = await ask("usergroups.users.update", {"usergroup": "S0RESPOND", "users": "U0ALICE"})
    assert told["error"] == "permission_denied"


@pytest.mark.parametrize("method", sorted(name for name, method in KNOWN.items() if not method.takes_json))
async def test_json__is_not_seen__by_a_method_that_takes_none(slack, session, method):
    """Source: the "Accepted content types" of each method's page."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    given = dict.fromkeys(KNOWN[method].needs, "x")
    async with session.post(f"{slack.api_url}{method}", headers=headers, json=given) as answer:
        told = await answer.json()
    if given:
        assert told["error"] == "invalid_arguments"
        assert all(f"[ERROR] missing required field: {name}" in told["response_metadata"]["messages"] for name in given)
    else:
        assert told["ok"]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"params": {"token": "BOT"}}, "not_authed"),
        ({"json": {"token": "BOT"}}, "not_authed"),
        ({"data": {"token": "BOT"}}, None),
        ({"headers": {"Authorization": "Bearer BOT"}}, None),
        ({"headers": {"Authorization": "Bearer BOT"}, "params": {"token": "other"}}, None),
    ],
)
async def test_a_token__counts_in_the_header_or_a_form_alone(slack, session, request_, error):
    """Source: api.slack.com/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps."""
    request = json.loads(json.dumps(request_).replace("BOT", slack.bot_token))
    async with session.post(f"{slack.api_url}auth.test", **request) as answer:
        assert (await answer.json()).get("error") == error


@pytest.mark.parametrize(
    ("content_type", "warning"), [("application/json", "missing_charset"), ("application/json; charset=utf-8", None)]
)
async def test_json_without_a_character_set__is_taken_with_a_warning(slack, session, content_type, warning):
    """Source: docs.slack.dev/apis/web-api, "Evaluating warnings"."""
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": content_type}
    for body, is_ok in ((b"{}", True), (b"[]", False)):
        async with session.post(f"{slack.api_url}auth.test", headers=headers, data=body) as answer:
            told = await answer.json()
        assert told["ok"] is is_ok
        assert told.get("warning") == (warning if is_ok else None)


async def test_every_answer__has_a_request_id(slack, session):
    """Slack sends it in the header x-slack-req-id."""
    seen = set()
    for method in ("auth.test", "api.unknown"):
        async with session.post(f"{slack.api_url}{method}") as answer:
            seen.add(answer.headers["x-slack-req-id"])
    assert len(seen) == 2


async def test_a_file__is_answered_before_its_message_is_there(ask, slack, session):
    """Sharing goes on after the answer; source: docs.slack.dev/messaging/working-with-files."""
    upload = await ask("files.getUploadURLExternal", {"filename": "x.png", "length": 3})
    async with session.post(upload["upload_url"], data=b"abc") as answer:
        assert answer.status == 200
    seen = []

    def is_there():
        shared = any(one.get("files") for one in slack.seen_by("U0ALICE", PAYMENTS))
        # A call stands in the list once it is answered.
        seen.append((shared, slack.calls[-1].method == "files.completeUploadExternal"))
        return shared

    async with asyncio.TaskGroup() as group:
        group.create_task(slack.until(is_there))
        await ask("files.completeUploadExternal", {"files": [{"id": upload["file_id"]}], "channel_id": PAYMENTS})
    assert (True, True) in seen
    assert (True, False) not in seen
