"""Whatever stands at Slack's address answers: every unusable answer is one kind of error, told in one way."""

import json

import aiohttp
import pytest
from harbor import ALICE, PAYMENTS
from pydantic import SecretStr

from bot.app.startup import CannotStart, find_installation
from bot.cli.check.run import check
from bot.config.settings import Settings
from bot.messages import Message
from bot.messages.blocks import section
from bot.messages.text import mrkdwn
from bot.slack.api import UNUSABLE_RESPONSE, CannotConnect, SlackApi, SlackError
from bot.slack.client import SlackClient
from bot.slack.incoming.socket_mode import connect
from bot.slack.workspace import Installation, MessageMetadata, Picture, Workspace
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack

# What a proxy, a mesh, another service or a broken line says in place of Slack.
ANSWERS = {
    "text": Fault.says("ok", content_type="text/plain"),
    "html at 200": Fault.html(200),
    "html at 502": Fault.html(502),
    "a list": Fault.says("[1, 2]"),
    "a number": Fault.says("5"),
    "null": Fault.says("null"),
    "a word": Fault.says('"ok"'),
    "nothing": Fault.says(""),
    "broken JSON": Fault.says('{"ok": tru'),
    "brackets without end": Fault.says("[" * 100_000),
    "a number without end": Fault.says('{"ok": ' + "1" * 5_000 + "}"),
    "JSON of another service": Fault.says(json.dumps({"status": "healthy"})),
    "ok and no more": Fault.says(json.dumps({"ok": False})),
    "an error that is no word": Fault.says(json.dumps({"ok": False, "error": {"code": 7}})),
    "JSON called text": Fault.says(json.dumps({"ok": True, "ts": "1.2"}), content_type="text/plain", status=503),
    "a redirect": Fault.redirect(302),
    "a redirect that keeps the method": Fault.redirect(307),
    "more than Slack ever says": Fault.says(json.dumps({"ok": True, "fill": "x" * 21 * 1024 * 1024})),
}
SHAPES = {
    "of the wrong kind": {"user": [1], "users": 5, "members": "U1", "messages": {"a": 1}, "channel": "C1", "ts": {}},
    "with the wrong things in it": {"user": {"profile": [1]}, "users": [[1]], "members": [{}], "messages": [5, [6]]},
    "with nothing in it": {},
}


@pytest.fixture
async def slack():
    async with PretendSlack() as pretended:
        yield pretended


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack, session):
    return SlackClient(slack.bot_token, slack.api_url, session)


@pytest.fixture
def workspace(slack, client, session):
    here = Installation("T0HARBOR", None, "U0FLASHBOT", "B0FLASHBOT")
    return Workspace(SlackApi(client, session), here, response_urls=(slack.url,))


@pytest.fixture(params=ANSWERS)
def answer(request):
    return ANSWERS[request.param]


HELLO = Message.of(section(mrkdwn("hello")))
PICTURE = Picture("a.png", b"x", "A", "a")


async def unwilling(call):
    with pytest.raises(SlackError) as caught:
        await call
    return caught.value


async def outcome(call):
    try:
        return await call
    except SlackError as error:
        return error.code


async def test_a_post__answered_with_something_else__is_unwilling_and_perhaps_done(slack, workspace, answer):
    """Whether the message was posted is not known."""
    slack.fail("chat.postMessage", answer)
    error = await unwilling(workspace.post(PAYMENTS, HELLO, once="one"))
    assert (error.code, error.may_be_done, str(error)) == (
        UNUSABLE_RESPONSE,
        True,
        f"chat.postMessage: {UNUSABLE_RESPONSE}",
    )


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_an_upload__answered_with_something_else__is_unwilling(slack, workspace, answer, step):
    """Uploads go the same way as every other call."""
    slack.fail(step, answer)
    error = await unwilling(workspace.upload(PAYMENTS, PICTURE))
    assert (error.method, error.code) == (step, UNUSABLE_RESPONSE)


@pytest.mark.parametrize("lacks", ["upload_url", "file_id", "both"])
async def test_an_upload__without_a_place_to_go__is_unwilling(slack, workspace, lacks):
    """Slack answered 200 and gave no address to upload to."""
    place = {"ok": True, "upload_url": f"{slack.url}/upload/F1/x", "file_id": "F1"}
    told = {"ok": True} if lacks == "both" else {name: value for name, value in place.items() if name != lacks}
    slack.fail("files.getUploadURLExternal", Fault.says(json.dumps(told)))
    assert (await unwilling(workspace.upload(PAYMENTS, PICTURE))).code == UNUSABLE_RESPONSE


@pytest.mark.parametrize("fault", [Fault.html(200), Fault.html(502), Fault.redirect(302), Fault.redirect(307)])
@pytest.mark.parametrize("way", ["upload", "response_url"])
async def test_an_address_slack_gave__where_something_else_answers__is_unwilling(slack, workspace, fault, way):
    """An upload that is answered with HTML or a redirect; response URLs as well."""
    slack.fail(way, fault)
    url = (await slack.command(ALICE, PAYMENTS, "/flashduty")).payload["response_url"]
    call = workspace.upload(PAYMENTS, PICTURE) if way == "upload" else workspace.respond(url, HELLO)
    error = await unwilling(call)
    assert (error.code, error.may_be_done) == (UNUSABLE_RESPONSE, True)


async def test_a_response_url__that_refuses__says_slacks_own_word(slack, workspace):
    url = (await slack.command(ALICE, PAYMENTS, "/flashduty")).payload["response_url"]
    for _ in range(5):
        await workspace.respond(url, HELLO)
    error = await unwilling(workspace.respond(url, HELLO))
    assert (error.code, error.may_be_done) == ("used_url", False)


@pytest.mark.parametrize("shape", SHAPES)
async def test_an_answer__whose_fields_are_other_things__is_unwilling_or_empty(slack, workspace, shape):
    """The field "ok" says nothing about the others."""
    slack.fail("*", Fault.says(json.dumps({"ok": True, **SHAPES[shape]})), times=None)
    mark = MessageMetadata("kind", {"a": "b"})
    for call in (
        lambda: workspace.person("U0ALICE"),
        lambda: workspace.person_with_email("a@harbor.example"),
        lambda: workspace.group_members("S0RESPOND"),
        lambda: workspace.channel_members(PAYMENTS),
        lambda: workspace.direct_channel("U0ALICE"),
        lambda: workspace.post(PAYMENTS, HELLO, once="one"),
        lambda: workspace.find(PAYMENTS, mark, slack.clock.now()),
        lambda: workspace.find_picture(PAYMENTS, "1.2", "a.png"),
        lambda: workspace.metadata_in_thread(PAYMENTS, "1.2", "kind"),
        lambda: workspace.upload(PAYMENTS, PICTURE),
    ):
        assert await outcome(call()) in (None, [], frozenset(), UNUSABLE_RESPONSE)


@pytest.mark.parametrize("word", ["ratelimited", "rate_limited"])
@pytest.mark.parametrize("status", [200, 429])
async def test_too_often__in_either_word__is_one_thing(slack, workspace, word, status):
    """Slack uses two words for 429."""
    slack.fail("chat.postMessage", Fault.says(json.dumps({"ok": False, "error": word}), status=status))
    error = await unwilling(workspace.post(PAYMENTS, HELLO, once="one"))
    assert (error.code, error.may_be_done, error.is_passing) == ("ratelimited", False, True)


async def test_too_often__said_by_a_page__is_too_often(slack, workspace):
    slack.fail("chat.postMessage", Fault.html(429))
    assert (await unwilling(workspace.post(PAYMENTS, HELLO, once="one"))).code == "ratelimited"


async def test_an_answer__sent_twice__is_taken_once(slack, workspace):
    slack.fail("chat.postMessage", Fault.twice(), times=2)
    for number in range(3):
        await workspace.post(PAYMENTS, HELLO, once=str(number))
    assert len(slack.seen_by(ALICE, PAYMENTS)) == 3


async def test_start__where_something_else_answers__says_so(slack, client, answer):
    """Starting does not end in a traceback."""
    slack.fail("auth.test", answer)
    with pytest.raises(CannotStart, match="SLACK_API_URL"):
        await find_installation(client)


async def test_start__where_slack_does_not_say_where_the_bot_is__says_so(slack, client):
    slack.fail("auth.test", Fault.says('{"ok": true}'))
    with pytest.raises(CannotStart, match="SLACK_API_URL"):
        await find_installation(client)


async def test_socket_mode__where_something_else_answers__says_so(slack, session, answer):
    """Starting does not end in a traceback."""
    slack.fail("apps.connections.open", answer)
    with pytest.raises(CannotConnect, match="SLACK_API_URL"):
        await connect(None, SecretStr(slack.app_token), slack.api_url, session)


@pytest.mark.parametrize("url", ["", "null", '"https://slack.example/"', '["wss://a"]', "7"])
async def test_socket_mode__without_an_address_to_connect_to__says_so(slack, session, url):
    slack.fail("apps.connections.open", Fault.says('{"ok": true' + (f', "url": {url}' if url else "") + "}"))
    with pytest.raises(CannotConnect, match="SLACK_API_URL"):
        await connect(None, SecretStr(slack.app_token), slack.api_url, session)


async def test_check__where_something_else_answers__finds_it(slack, answer):
    """`check` does not end in a traceback."""
    slack.fail("*", answer, times=None)
    async with PretendFlashduty() as flashduty:
        settings = Settings(
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
            flashduty_api_url=flashduty.url,
            flashduty_teams={"payments": {"app_key": flashduty.keys["payments"]}},
        )
        found = {finding.subject: finding for finding in await check(settings)}
    assert not found["SLACK_BOT_TOKEN"].ok
    assert "proxy" in found["SLACK_BOT_TOKEN"].what
    assert not found["SLACK_APP_TOKEN"].ok


@pytest.mark.parametrize("shape", SHAPES)
async def test_check__of_answers_whose_fields_are_other_things__comes_to_an_end(slack, shape):
    """`check` does not end in a traceback."""
    slack.fail("*", Fault.says(json.dumps({"ok": True, **SHAPES[shape]})), times=None)
    async with PretendFlashduty() as flashduty:
        team = {"app_key": flashduty.keys["payments"], "slack_channels": PAYMENTS, "responders": "S0RESPOND,U0ALICE"}
        settings = Settings(
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
            flashduty_api_url=flashduty.url,
            flashduty_teams={"payments": team},
            admins="U0ALICE",
        )
        assert [finding for finding in await check(settings) if not finding.ok]
