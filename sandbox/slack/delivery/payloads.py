"""What Slack sends to an app: the fields of its real payloads (docs.slack.dev/reference/interaction-payloads)."""

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit.mrkdwn import notified
from sandbox.slack.conversation.messages import Message
from sandbox.slack.workspace import Channel, Person, Workspace

Payload = dict[str, Any]

# Deprecated by Slack and still sent; nothing is verified with it.
_VERIFICATION: Final = "pretend-verification"
# docs.slack.dev/reference/events/message
_CHANNEL_TYPES: Final = {"im": "im", "public": "channel", "private": "group"}
_LINK: Final = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|]*)(?:\|([^<>]*))?>")


def command(
    workspace: Workspace, person: Person, channel: Channel, name: str, text: str, *, response_url: str, trigger_id: str
) -> Payload:
    """Describe a slash command (docs.slack.dev/interactivity/implementing-slash-commands)."""
    return {
        "token": _VERIFICATION,
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": {"public": channel.name, "private": "privategroup", "im": "directmessage"}[channel.kind],
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(workspace: Workspace, person: Person, *, kind: str, trigger_id: str) -> Payload:
    """Describe what all interactions have in common."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": workspace.app.id,
        "token": _VERIFICATION,
        "trigger_id": trigger_id,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_press(workspace: Workspace, message: Message, response_url: str) -> Payload:
    """Describe where a press in a message happened; an ephemeral message is not sent along."""
    channel = workspace.channels[message.channel]
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    told: Payload = {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "response_url": response_url,
    }
    return told if message.is_ephemeral else told | {"message": message.as_slack(workspace.app, workspace.id)}


def shortcut(callback_id: str, ts: str) -> Payload:
    """Describe a global shortcut: there is no channel and no response_url.

    docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    return {"callback_id": callback_id, "action_ts": ts}


def message_action(workspace: Workspace, message: Message, *, callback_id: str, ts: str, response_url: str) -> Payload:
    """Describe a shortcut chosen in a message's menu (…/shortcuts-interaction-payload#message_actions)."""
    channel = workspace.channels[message.channel]
    return {
        "callback_id": callback_id,
        "action_ts": ts,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "message": message.as_slack(workspace.app, workspace.id),
        "response_url": response_url,
    }


def suggestion(element: Mapping[str, Any], block_id: object, typed: str) -> Payload:
    """Describe what somebody typed into an external select (…/block_suggestion-payload)."""
    return {"action_id": element["action_id"], "block_id": block_id, "value": typed}


def url_verification(challenge: str) -> Payload:
    """Ask whether a Request URL is the app's (docs.slack.dev/reference/events/url_verification)."""
    return {"token": _VERIFICATION, "challenge": challenge, "type": "url_verification"}


def ssl_check() -> Payload:
    """Look whether a certificate is in order (docs.slack.dev/interactivity/implementing-slash-commands)."""
    return {"ssl_check": "1", "token": _VERIFICATION}


def view_press(view: Mapping[str, Any]) -> Payload:
    """Describe where a press in a view happened; there is no response_url."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": dict(view)}


def event(workspace: Workspace, inner: Mapping[str, Any], *, at: int, is_shared: bool) -> Payload:
    """Wrap an event (docs.slack.dev/apis/events-api)."""
    app = workspace.app
    return {
        "token": _VERIFICATION,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "enterprise_id": None,
        "api_app_id": app.id,
        "event": dict(inner),
        "type": "event_callback",
        "event_id": f"Ev0{secrets.token_hex(5).upper()}",
        "event_time": at,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_shared,
        "event_context": secrets.token_urlsafe(24),
    }


def message_event(workspace: Workspace, message: Message, *, kind: str, thread_author: str | None) -> Payload:
    """Describe a message as an event: `message` where its kind of conversation is heard, `app_mention` besides."""
    told = message.as_slack(workspace.app, workspace.id)
    person = workspace.people.get(message.author)
    told |= {
        "type": kind,
        "channel": message.channel,
        "event_ts": message.ts,
        "team": person.team_id if person else workspace.id,
    }
    if kind == "message":
        told["channel_type"] = _CHANNEL_TYPES[workspace.channels[message.channel].kind]
    if thread_author is not None:
        told["parent_user_id"] = thread_author
    if not message.content.blocks:
        told["blocks"] = [_as_rich_text(message.content.text)]
    return told


def _as_rich_text(text: str) -> Payload:
    """Show typed text as Slack's message box writes it, as far as an app can rely on it."""
    elements: list[Payload] = [{"type": "user", "user_id": one} for one in notified(text) if one.startswith("U")]
    elements += [{"type": "link", "url": url, "text": shown or url} for url, shown in _LINK.findall(text)]
    elements.append({"type": "text", "text": text})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": secrets.token_urlsafe(4), "elements": [section]}


def home_opened(user_id: str, channel: Channel | None, *, tab: str, ts: str, view: Mapping[str, Any] | None) -> Payload:
    """Describe that somebody opened the app's home (docs.slack.dev/reference/events/app_home_opened)."""
    told: Payload = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel.id if channel else None,
        "tab": tab,
        "event_ts": ts,
    }
    return told | ({"view": dict(view)} if view else {})
