import json
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Channel, PretendSlack

PAYMENTS = "C0PAYMENTS"
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Page"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}],
}


@pytest.fixture
def ask(slack, session):
    """Call a method without slack_sdk: `ask(method, verb, **what aiohttp takes)` gives the answer."""

    async def call(method, verb="POST", token=None, **request):
        headers = {} if token == "" else {"Authorization": f"Bearer {token or slack.bot_token}"}
        async with session.request(verb, f"{slack.api_url}{method}", headers=headers, **request) as answer:
            return await answer.json()

    return call


def heard(slack, user="U0ALICE", channel=PAYMENTS):
    return [message["text"] for message in slack.seen_by(user, channel)]


@pytest.mark.parametrize(
    "request_",
    [
        {"verb": "GET", "params": {"channel": PAYMENTS, "text": "hello"}},
        {"params": {"channel": PAYMENTS, "text": "hello"}},
        {"data": {"channel": PAYMENTS, "text": "hello", "unfurl_links": "false"}},
        {"json": {"channel": PAYMENTS, "text": "hello", "unfurl_links": False, "thread_ts": None}},
    ],
)
async def test_call__by_query_form_or_json__is_understood(ask, slack, request_):
    told = await ask("chat.postMessage", **request_)
    assert told["ok"], told
    assert told["message"]["bot_profile"]["app_id"] == "A0FLASHDUTY"
    assert heard(slack) == ["hello"]


async def test_blocks__may_come_as_a_json_string(ask, slack):
    blocks = [{"type": "divider"}]
    for given in (blocks, json.dumps(blocks)):
        assert (await ask("chat.postMessage", json={"channel": PAYMENTS, "text": "x", "blocks": given}))["ok"]
    ids = {message["blocks"][0]["block_id"] for message in slack.seen_by("U0ALICE", PAYMENTS)}
    assert len(ids) == 2


async def test_token__decides_who_asks(ask, slack):
    assert (await ask("auth.test", token=""))["error"] == "not_authed"
    assert (await ask("auth.test", token="xoxb-other"))["error"] == "invalid_auth"
    assert (await ask("auth.test", token=slack.app_token))["error"] == "not_allowed_token_type"
    assert (await ask("apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await ask("auth.test", token="", data={"token": slack.bot_token}))["team_id"] == "T0HARBOR"
    assert all("token" not in call.params for call in slack.calls)


@pytest.mark.parametrize(
    ("method", "request_", "error"),
    [
        ("chat.shout", {"json": {}}, "unknown_method"),
        ("auth.test", {"data": b"{"}, "invalid_post_type"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "x", "color": "red"}}, "invalid_arguments"),
        ("chat.postMessage", {"json": {"text": "x"}}, "invalid_arguments"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": 5}}, "invalid_arguments"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "x", "mrkdwn": "yes"}}, "invalid_arguments"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "x", "thread_ts": "now"}}, "invalid_arguments"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "blocks": "[{"}}, "invalid_blocks_format"),
        ("chat.postMessage", {"json": ["x"]}, "json_not_object"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS}}, "no_text"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "x" * 40_001}}, "msg_too_long"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "<!chan>"}}, "invalid_arguments"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "blocks": [{"type": "section"}]}}, "invalid_blocks"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "blocks": [{"type": "divider"}] * 51}}, "invalid_blocks"),
        ("chat.postMessage", {"json": {"channel": "#general", "text": "x"}}, "channel_not_found"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "x", "username": "Eve"}}, "missing_scope"),
        ("chat.postMessage", {"json": {"channel": PAYMENTS, "text": "x", "metadata": {}}}, "invalid_metadata_format"),
        ("chat.postEphemeral", {"json": {"channel": PAYMENTS, "text": "x"}}, "invalid_arguments"),
        ("chat.postEphemeral", {"json": {"channel": PAYMENTS, "user": "U0EVE", "text": "x"}}, "user_not_found"),
        ("chat.postEphemeral", {"json": {"channel": PAYMENTS, "user": "U0OTTO", "text": "x"}}, "user_not_in_channel"),
        ("chat.update", {"json": {"channel": PAYMENTS, "ts": "1.2", "text": "x"}}, "message_not_found"),
        ("users.info", {"params": {"user": "U0EVE"}}, "user_not_found"),
        ("usergroups.users.list", {"params": {"usergroup": "S0NOBODY"}}, "no_such_subteam"),
        ("conversations.info", {"params": {"channel": "C0NOWHERE"}}, "channel_not_found"),
        ("conversations.info", {"params": {"channel": "D0ALICE"}}, "missing_scope"),
        ("views.open", {"json": {"trigger_id": "1.2.3", "view": MODAL}}, "invalid_trigger_id"),
        ("views.open", {"json": {"trigger_id": "1.2.3", "view": {"type": "modal"}}}, "invalid_arguments"),
        ("bots.info", {"params": {"bot": "B0OTHER"}}, "bot_not_found"),
    ],
)
async def test_call__that_slack_refuses__is_refused(ask, slack, method, request_, error):
    told = await ask(method, **request_)
    assert (told["ok"], told["error"]) == (False, error)
    assert slack.calls[-1].error == error
    assert heard(slack) == []


async def test_missing_scope__says_what_is_needed_and_what_is_there(ask, slack):
    slack.workspace.app.scopes = ("commands",)
    told = await ask("chat.postMessage", json={"channel": PAYMENTS, "text": "x"})
    assert (told["error"], told["needed"], told["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_scopes__come_in_a_header(client):
    told = await client.auth_test()
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")


async def test_post__where_the_bot_may_not__is_refused(client, slack, refused):
    bot, channels = slack.workspace.app.user_id, slack.workspace.channels
    channels["C0SEARCH"].members.remove(bot)
    channels["C0GENERAL"].is_archived = True
    channels["C0SECRET"] = Channel("C0SECRET", "secret", "private", members=["U0ALICE"])
    for channel, error in (
        ("C0SEARCH", "not_in_channel"),
        ("C0GENERAL", "is_archived"),
        ("C0SECRET", "channel_not_found"),
        ("U0NOBODY", "channel_not_found"),
    ):
        assert (await refused(client.chat_postMessage(channel=channel, text="x")))["error"] == error
    slack.workspace.app.scopes += ("chat:write.public",)
    assert (await client.chat_postMessage(channel="C0SEARCH", text="x"))["ok"]


async def test_post__to_a_person__goes_to_their_direct_message(client, slack):
    told = await client.chat_postMessage(channel="U0BOB", text="good morning")
    assert told["channel"] == "D0BOB"
    assert heard(slack, "U0BOB", "D0BOB") == ["good morning"]
    assert heard(slack, "U0ALICE", "D0BOB") == []


async def test_direct_message__opened__has_the_address_a_post_to_the_person_names(client, slack, refused):
    opened = await client.conversations_open(users=["U0XIAOMING"])
    posted = await client.chat_postMessage(channel="U0XIAOMING", text="your shift begins")
    assert opened["channel"]["id"] == posted["channel"] == "D0XIAOMING"
    slack.workspace.app.scopes = ("chat:write",)
    told = await refused(client.conversations_open(users=["U0BOB"]))
    assert (told["error"], told["needed"]) == ("missing_scope", "im:write")


async def test_direct_message__with_nobody_or_somebody_who_left__is_refused(client, slack, refused):
    slack.workspace.people["U0BOB"].is_deleted = True
    for users, error in (
        ([], "users_list_not_supplied"),
        (["U0EVE"], "user_not_found"),
        (["U0FLASHBOT"], "user_not_found"),
        (["U0BOB"], "user_disabled"),
        (["U0ALICE", "U0CAROL"], "invalid_arguments"),
    ):
        assert (await refused(client.conversations_open(users=users)))["error"] == error
    assert (await refused(client.chat_postMessage(channel="U0BOB", text="x")))["error"] == "channel_not_found"


async def test_client_msg_id__means_nothing__and_a_second_post_stands_there_twice(client, slack):
    """It is undocumented, and nothing may rest on it (github.com/slackapi/java-slack-sdk/issues/852)."""
    for _ in range(2):
        await client.chat_postMessage(channel=PAYMENTS, text="one", client_msg_id="a")
    assert heard(slack) == ["one", "one"]


async def test_client_msg_id__where_it_is_honoured__gives_the_first_message(session):
    async with PretendSlack(honours_client_msg_id=True) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        first = await client.chat_postMessage(channel=PAYMENTS, text="one", client_msg_id="a")
        again = await client.chat_postMessage(channel=PAYMENTS, text="two", client_msg_id="a")
        assert first["ts"] == again["ts"]
        assert heard(slack) == ["one"]


async def test_thread__takes_replies_to_its_root_only(client, slack, refused):
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    reply = await client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root["ts"])
    assert [m["thread_ts"] for m in slack.seen_by("U0ALICE", PAYMENTS)] == [root["ts"], root["ts"]]
    told = await refused(client.chat_postMessage(channel=PAYMENTS, text="x", thread_ts=reply["ts"]))
    assert told["error"] == "cannot_reply_to_message"


async def test_ephemeral__is_seen_by_one_person_and_cannot_be_updated(client, slack, refused):
    told = await client.chat_postEphemeral(channel=PAYMENTS, user="U0BOB", text="only you")
    assert heard(slack, "U0BOB") == ["only you"]
    assert heard(slack) == []
    ts = told["message_ts"]
    assert (await refused(client.chat_update(channel=PAYMENTS, ts=ts, text="x")))["error"] == "message_not_found"


async def test_update__without_blocks__removes_them_and_marks_the_message(client, slack):
    blocks = [{"type": "divider"}]
    told = await client.chat_postMessage(channel=PAYMENTS, text="one", blocks=blocks)
    await client.chat_update(channel=PAYMENTS, ts=told["ts"], text="two")
    (message,) = slack.seen_by("U0ALICE", PAYMENTS)
    assert (message["text"], message["blocks"]) == ("two", [])
    assert message["edited"]["user"] == "U0FLASHBOT"


async def test_update__has_a_shorter_limit_and_spares_what_others_said(client, slack, refused):
    own = await client.chat_postMessage(channel=PAYMENTS, text="x" * 40_000)
    told = await refused(client.chat_update(channel=PAYMENTS, ts=own["ts"], text="x" * 4_001))
    assert told["error"] == "msg_too_long"
    said = (await slack.say("U0ALICE", PAYMENTS, "mine")).message
    told = await refused(client.chat_update(channel=PAYMENTS, ts=said["ts"], text="x"))
    assert told["error"] == "cant_update_message"
    told = await refused(client.chat_delete(channel=PAYMENTS, ts=said["ts"]))
    assert told["error"] == "cant_delete_message"
    await client.chat_delete(channel=PAYMENTS, ts=own["ts"])
    assert heard(slack) == ["mine"]


async def test_message__tells_whom_it_would_notify(client, slack):
    await client.chat_postMessage(channel=PAYMENTS, text="<@U0ALICE> &lt;!channel&gt;")
    assert slack.seen_by("U0ALICE", PAYMENTS)[0]["mentions"] == ["U0ALICE"]


async def test_users__differ_by_kind(client, slack):
    slack.workspace.app.scopes = ("users:read",)
    people = {one: (await client.users_info(user=one))["user"] for one in ("U0ALICE", "U0GINA", "U0OTTO", "U0FLASHBOT")}
    assert people["U0GINA"]["is_restricted"]
    assert people["U0OTTO"]["team_id"] == "T0OTHER"
    assert people["U0OTTO"]["team_id"] == "T0OTHER"
    assert people["U0FLASHBOT"]["is_bot"]
    assert "email" not in people["U0ALICE"]["profile"]


@pytest.mark.usefixtures("trusted")
async def test_people__are_found_by_email_in_this_workspace_only(client, refused):
    assert (await client.users_lookupByEmail(email="Alice@harbor.example"))["user"]["id"] == "U0ALICE"
    assert (await refused(client.users_lookupByEmail(email="otto@otherworks.example")))["error"] == "users_not_found"


@pytest.mark.usefixtures("trusted")
async def test_conversations__are_described_opened_and_listed(client):
    told = await client.conversations_info(channel=PAYMENTS, include_num_members=True)
    assert (told["channel"]["is_member"], told["channel"]["num_members"]) == (True, 6)
    assert (await client.conversations_open(users="U0BOB"))["channel"]["id"] == "D0BOB"
    page = await client.conversations_members(channel=PAYMENTS, limit=3)
    rest = await client.conversations_members(channel=PAYMENTS, cursor=page["response_metadata"]["next_cursor"])
    assert [*page["members"], *rest["members"]][-1] == "U0FLASHBOT"


@pytest.mark.usefixtures("trusted")
async def test_history__gives_the_newest_first_and_nothing_private(client, slack):
    root = await client.chat_postMessage(
        channel=PAYMENTS, text="first", metadata={"event_type": "e", "event_payload": {"a": 1}}
    )
    await client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root["ts"])
    await client.chat_postEphemeral(channel=PAYMENTS, user="U0BOB", text="private")
    await slack.say("U0ALICE", PAYMENTS, "second")
    told = await client.conversations_history(channel=PAYMENTS, include_all_metadata=True)
    assert [message["text"] for message in told["messages"]] == ["second", "first"]
    assert told["messages"][1]["metadata"]["event_type"] == "e"
    thread = await client.conversations_replies(channel=PAYMENTS, ts=root["ts"])
    assert [message["text"] for message in thread["messages"]] == ["first", "reply"]
    later = await client.conversations_history(channel=PAYMENTS, oldest=root["ts"])
    assert [message["text"] for message in later["messages"]] == ["second"]


async def trigger(slack):
    """Press nothing and still get a trigger_id, as a command would carry it."""
    return (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["trigger_id"]


async def test_trigger_id__opens_one_modal_within_three_seconds(client, slack, clock, refused):
    name = await trigger(slack)
    told = await client.views_open(trigger_id=name, view=MODAL)
    assert [view["id"] for view in slack.views("U0ALICE")] == [told["view"]["id"]]
    assert (await refused(client.views_open(trigger_id=name, view=MODAL)))["error"] == "exchanged_trigger_id"
    late = await trigger(slack)
    clock.shift(timedelta(seconds=3.1))
    assert (await refused(client.views_open(trigger_id=late, view=MODAL)))["error"] == "expired_trigger_id"


async def test_view__is_updated_by_id_unless_it_changed_in_between(client, slack, refused):
    opened = (await client.views_open(trigger_id=await trigger(slack), view=MODAL))["view"]
    newer = {**MODAL, "title": {"type": "plain_text", "text": "Newer"}, "external_id": "mine"}
    await client.views_update(view=newer, view_id=opened["id"], hash=opened["hash"])
    assert slack.views("U0ALICE")[0]["title"]["text"] == "Newer"
    told = await refused(client.views_update(view=MODAL, view_id=opened["id"], hash=opened["hash"]))
    assert told["error"] == "hash_conflict"
    await client.views_update(view=MODAL, external_id="mine")
    told = await refused(client.views_update(view=MODAL, view_id="V0GONE"))
    assert told["error"] == "not_found"
    await slack.close_view("U0ALICE", opened)
    assert (await refused(client.views_update(view=MODAL, view_id=opened["id"])))["error"] == "not_found"


async def test_push__needs_an_open_modal(client, slack, refused):
    told = await refused(client.views_push(trigger_id=await trigger(slack), view=MODAL))
    assert told["error"] == "invalid_arguments"


async def test_home__is_published_for_one_person(client, slack, refused):
    slack.workspace.app.has_home = True
    home = {"type": "home", "blocks": MODAL["blocks"]}
    first = (await client.views_publish(user_id="U0BOB", view=home))["view"]
    again = (await client.views_publish(user_id="U0BOB", view=home, hash=first["hash"]))["view"]
    assert slack.home("U0BOB")["id"] == first["id"] == again["id"]
    assert slack.home("U0ALICE") is None
    told = await refused(client.views_publish(user_id="U0BOB", view=home, hash=first["hash"]))
    assert told["error"] == "hash_conflict"
    assert (await refused(client.views_publish(user_id="U0BOB", view=MODAL)))["error"] == "invalid_arguments"


async def test_slack_sdk__sends_nothing_the_pretend_slack_does_not_know(slack, session):
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, team_id="T0HARBOR")
    assert (await client.chat_postMessage(channel=PAYMENTS, text="x", unfurl_links=False, link_names=False))["ok"]
    assert (await client.apps_connections_open(app_token=slack.app_token))["url"].startswith("ws://127.0.0.1:")


async def test_person__of_another_organisation__is_a_stranger_until_in_a_channel_with_the_app(client, slack):
    """docs.slack.dev/reference/objects/user-object."""
    assert (await client.users_info(user="U0OTTO"))["user"]["is_stranger"] is False
    slack.take_out("U0OTTO", "C0SHARED")
    slack.take_out("U0OTTO", "D0OTTO")
    assert (await client.users_info(user="U0OTTO"))["user"]["is_stranger"] is True
    assert "is_stranger" not in (await client.users_info(user="U0ALICE"))["user"]
