import io
import json
import re
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli.manifest import FEATURES, SCOPES, as_json, manifest, scopes
from handlers.app_entries import global_shortcuts, message_shortcuts

ROOT = Path(__file__).parents[3]
# docs.slack.dev/reference/scopes: the scope each method or event of ours needs.
NEEDED_BY = {
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    # docs.slack.dev/reference/methods/chat.delete
    "chat.delete": {"chat:write"},
    "users.info": {"users:read", "users:read.email"},
    "users.lookupByEmail": {"users:read.email"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "usergroups.users.list": {"usergroups:read"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.update": {"usergroups:write"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.setTopic": {"channels:write.topic", "groups:write.topic"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.history": {"channels:history", "groups:history"},
    "chat.getPermalink": set(),
    "auth.test": set(),
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
    "apps.connections.open": set(),
}
METHOD = re.compile(r'"((?:chat|users|usergroups|conversations|views|auth|apps|reactions|files|im|mpim)\.[a-zA-Z.]+)"')


def methods_called():
    sources = [path.read_text() for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    return {method for source in sources for method in METHOD.findall(source)}


def test_scopes__are_exactly_what_methods_events_and_the_command_need():
    needed = {"commands", "app_mentions:read", "im:history"}
    for method in methods_called():
        needed |= NEEDED_BY[method]
    assert set(scopes(FEATURES)) == needed
    assert manifest("socket")["oauth_config"] == {"scopes": {"bot": list(SCOPES)}}


def test_scopes_of_features__only_where_they_are_asked_for():
    assert "usergroups:write" not in as_json("socket")
    assert "usergroups:write" in as_json("socket", None, ["user-groups"])
    assert len(set(scopes(FEATURES))) == len(scopes(FEATURES))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readmes_table__has_every_scope_those_that_read_messages_first(name):
    rows = re.findall(
        r"^\| `([a-z:._]+)` \|.*\| (?:`WITH=\"([a-z-]+)\"`|[^|`]+) \|$", (ROOT / name).read_text(), re.MULTILINE
    )
    optional = {scope: feature for feature, needed in FEATURES.items() for scope in needed}
    assert dict(rows) == dict.fromkeys(SCOPES, "") | optional
    assert all(scope.endswith(":history") for scope, _ in rows[:3])
    assert not any(scope.endswith(":history") for scope, _ in rows[3:])


def test_socket_mode__has_no_address_anywhere():
    assert "url" not in as_json("socket").replace("https://", "")
    assert manifest("socket")["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize(
    "given",
    ["https://bot.example.com", "https://bot.example.com/", "https://bot.example.com/slack/events"],
)
def test_http_mode__sends_everything_to_one_address(given):
    made = manifest("http", given)
    address = "https://bot.example.com/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    options = {"message_menu_options_url": address}
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": address, **options}
    assert made["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "http://bot.example.com",
        "bot.example.com",
        "https://u:p@h",
        "https://h/?q=1",
        "https://a b/",
        "https://a\n.example/",
        "https://h:65536/",
        "https://h:port/",
        "https://[bad",
    ],
)
def test_http_mode__without_a_plain_https_address__is_refused_in_a_sentence(given):
    with pytest.raises(ValueError, match="https://"):
        manifest("http", given)


def test_the_manifest__keeps_slacks_limits():
    made = manifest("socket")
    shown = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    command = made["features"]["slash_commands"][0]
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000
    assert command["should_escape"] is False


def test_shortcuts__are_those_of_the_routes_and_keep_slacks_limits():
    """docs.slack.dev/reference/app-manifest: at most 10, names of 24 characters."""
    shortcuts = manifest("http", "https://bot.example.com")["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == {*global_shortcuts(), *message_shortcuts()}
    assert len(shortcuts) <= 10
    for one in shortcuts:
        assert one.keys() == {"name", "type", "callback_id", "description"}
        assert len(one["name"]) <= 24
        assert len(one["description"]) <= 150
    assert {(one["type"], one["callback_id"]) for one in shortcuts} == {("global", "incidents"), ("message", "comment")}


def test_the_json__is_the_manifest():
    assert json.loads(as_json("http", "https://bot.example.com")) == manifest("http", "https://bot.example.com")


def test_direct_messages__are_possible():
    made = manifest("socket")
    assert made["features"]["app_home"]["messages_tab_enabled"] is True
    assert made["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert made["settings"]["event_subscriptions"]["bot_events"] == ["app_mention", "message.im", "app_home_opened"]


def test_another_command_and_name__stand_wherever_slack_shows_them():
    made = manifest("socket", command="/oncall", name="On-call")
    (command,) = made["features"]["slash_commands"]
    assert command["command"] == "/oncall"
    assert made["features"]["bot_user"]["display_name"] == "On-call"
    assert made["display_information"]["name"] == "On-call"
    assert "Type /oncall to see" in made["display_information"]["long_description"]
    assert "/flashduty" not in json.dumps(made)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"command": "oncall"}, "must start with a slash"),
        ({"command": "/On call"}, "one word"),
        ({"command": "/Oncall"}, "lower case"),
        ({"command": "/" + "x" * 32}, "at most 32 characters"),
        ({"name": "x" * 36}, "1 to 35 characters"),
        ({"name": " "}, "1 to 35 characters"),
        ({"name": "On\ncall"}, "one line"),
    ],
)
def test_names_slack_does_not_take__are_refused_with_a_sentence(given, why):
    with pytest.raises(ValueError, match=why):
        manifest("socket", **given)


def test_manifest__in_chinese__is_within_slacks_limits():
    made = manifest("socket", language="zh")
    shown = made["display_information"]
    assert "值班" in shown["description"]
    assert 174 < len(shown["long_description"]) <= 4000
    assert "认领" in made["features"]["slash_commands"][0]["usage_hint"]
    assert all(len(one["name"]) <= 24 for one in made["features"]["shortcuts"])


def test_manifest__on_a_terminal_without_its_characters__exits_with_2_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert main(["manifest"], {}) == 2
    assert "can't encode" in capsys.readouterr().err
