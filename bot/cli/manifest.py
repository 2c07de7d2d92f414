"""The Slack app manifest, with which an operator creates the app (docs.slack.dev/reference/app-manifest)."""

import json
from collections.abc import Iterable
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from bot.config.slash_command import DEFAULT_COMMAND, slash_command
from bot.messages.language import ENGLISH, N_, Language, language_of
from handlers.app_entries import global_shortcuts, message_shortcuts, usage_hint
from handlers.dispatch.route import GlobalShortcut, MessageShortcut

Mode = Literal["socket", "http"]

# Every scope that the code uses, with the reason. `python -m bot check` compares the installed app with this table.
SCOPES: Final[dict[str, str]] = {
    "commands": "the slash command, and the shortcuts beside the message box and in the menu of a message",
    "chat:write": "chat.postMessage and chat.postEphemeral: lists, cards, digests, private answers",
    "app_mentions:read": "app_mention: the same commands in threads",
    "im:history": "message.im: the same commands in a direct message",
    "users:read.email": "users.info and users.lookupByEmail: the Flashduty person of a Slack user",
    "files:write": "files.getUploadURLExternal, files.completeUploadExternal: the weekly chart, the audit trail as CSV",
    "users:read": "users.info: guests and people from other organisations are kept out",
    "usergroups:read": "usergroups.users.list: user groups as responders",
    "channels:read": "conversations.info and conversations.members: channels the bot is not in, and who is in a team's",
    "groups:read": "conversations.info: the same for private channels",
    "channels:history": "conversations.history: whether a digest whose posting was cut off is there",
    "groups:history": "conversations.history: the same for private channels",
}
# Further scopes that some settings need; `--with` selects them.
FEATURES: Final[dict[str, dict[str, str]]] = {
    "user-groups": {"usergroups:write": "usergroups.users.update: groups that follow who is on call"},
    "topic": {
        "channels:write.topic": "conversations.setTopic: who is on call, in the channel's topic",
        "groups:write.topic": "conversations.setTopic: the same for private channels",
    },
    "reminders": {"im:write": "conversations.open: the direct message before a shift"},
}
SUBSCRIBED_EVENTS: Final = ("app_mention", "message.im", "app_home_opened")
# docs.slack.dev/reference/app-manifest
MAX_NAME_LENGTH: Final = 35
DEFAULT_NAME: Final = "Flashduty"
REQUEST_PATH: Final = "/slack/events"

# Slack wants 175 to 4,000 characters here.
_LONG_DESCRIPTION: Final = N_(
    "For teams on call with Flashduty. List open incidents, look at one, acknowledge it and undo that,"
    " see who is on call now and next in every schedule, and get a digest each morning: without leaving"
    " Slack.\n\n"
    "Type {command} to see what can be done in a channel. In threads and direct messages, mention the bot"
    " with the same words. “Add to incident…” in the menu of a message makes it a comment on an incident."
    " The channel decides which team is asked; guests and people from other"
    " organisations can neither look nor act."
)


def scopes(features: Iterable[str] = ()) -> list[str]:
    """List the scopes of the bot; `features` are keys of `FEATURES`."""
    return [*SCOPES, *(scope for feature in features for scope in FEATURES[feature])]


def shortcut_names() -> list[str]:
    """List the shortcuts as an app in English names them."""
    entries: list[GlobalShortcut | MessageShortcut] = [*global_shortcuts().values(), *message_shortcuts().values()]
    return [ENGLISH.translated_label(entry.name) for entry in entries]


def as_json(
    mode: Mode,
    base_url: str | None = None,
    features: Iterable[str] = (),
    *,
    command: str = DEFAULT_COMMAND,
    name: str = DEFAULT_NAME,
    language: str = ENGLISH.code,
) -> str:
    """Format the manifest as JSON to paste into Slack; raises ValueError as `manifest` does."""
    built = manifest(mode, base_url, features, command=command, name=name, language=language)
    return json.dumps(built, indent=2, ensure_ascii=False)


def manifest(
    mode: Mode,
    base_url: str | None = None,
    features: Iterable[str] = (),
    *,
    command: str = DEFAULT_COMMAND,
    name: str = DEFAULT_NAME,
    language: str = ENGLISH.code,
) -> dict[str, Any]:
    """Build the manifest for one mode; `features` are keys of `FEATURES`.

    HTTP mode needs the public https address of the bot, with or without a path before `/slack/events`; Socket Mode
    ignores it. `command` is the slash command, `name` that of the app and its bot; `language` is that of the texts for
    people, `en` or `zh`. Raises ValueError with a sentence for an address that is missing or not valid, and for names
    that Slack does not accept.
    """
    command, name = _command(command), _app_name(name)
    spoken = language_of(language) or ENGLISH
    request_url = _request_url(base_url) if mode == "http" else None
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {
            "name": name,
            "description": spoken.label("Incidents, acknowledgements, who is on call, and a morning digest."),
            "long_description": spoken.translated_label(_LONG_DESCRIPTION, command=command),
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                *(_shortcut(spoken, callback_id, entry) for callback_id, entry in global_shortcuts().items()),
                *(_shortcut(spoken, callback_id, entry) for callback_id, entry in message_shortcuts().items()),
            ],
            "slash_commands": [_slash_command(spoken, command, request_url)],
        },
        "oauth_config": {"scopes": {"bot": scopes(features)}},
        "settings": _settings(request_url),
    }


def _slash_command(spoken: Language, name: str, request_url: str | None) -> dict[str, Any]:
    command = {
        "command": name,
        "description": spoken.label("Incidents, who is on call, the digest"),
        "usage_hint": usage_hint(spoken),
        # Escaping would turn an @ or # in search words into ids.
        "should_escape": False,
    }
    return command if request_url is None else command | {"url": request_url}


def _shortcut(spoken: Language, callback_id: str, entry: GlobalShortcut | MessageShortcut) -> dict[str, Any]:
    return {
        "name": spoken.translated_label(entry.name),
        "type": entry.KIND,
        "callback_id": callback_id,
        "description": spoken.translated_label(entry.description),
    }


def _command(name: str) -> str:
    try:
        return slash_command(name)
    except ValueError as error:
        raise ValueError(f"The slash command {error}") from None


def _app_name(name: str) -> str:
    """Check the app's name; raises ValueError with a sentence."""
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME_LENGTH:
        raise ValueError(f"The app's name must be one line of 1 to {MAX_NAME_LENGTH} characters")
    return name.strip()


def _settings(request_url: str | None) -> dict[str, Any]:
    address = {} if request_url is None else {"request_url": request_url}
    # Slack requests options of selects from a URL of its own; ours is the same.
    options = {} if request_url is None else {"message_menu_options_url": request_url}
    return {
        "event_subscriptions": {**address, "bot_events": list(SUBSCRIBED_EVENTS)},
        "interactivity": {"is_enabled": True, **address, **options},
        "org_deploy_enabled": False,
        "socket_mode_enabled": request_url is None,
        "token_rotation_enabled": False,
    }


def _request_url(base_url: str | None) -> str:
    if not base_url:
        raise ValueError(
            "HTTP mode needs the public address of the bot, for example --url https://flashduty-bot.example.com"
        )
    if not _is_plain_https(base_url):
        raise ValueError("Slack sends requests to a plain https:// address only, without a user, ? or #")
    return base_url.rstrip("/").removesuffix(REQUEST_PATH) + REQUEST_PATH


def _is_plain_https(address: str) -> bool:
    # urlsplit removes line breaks instead of rejecting them.
    if " " in address or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError for a port that is not valid
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
