"""Payloads with the fields of the real ones (docs.slack.dev/reference/interaction-payloads)."""

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit.mrkdwn import notified
from sandbox.slack.conversation.messages import Message
from sandbox.slack.workspace import Channel, Person, Workspace

Payload = dict[str, Any]

# Deprecated by Slack and still sent; not used for verification.
_VERIFICATION: Final = "pretend-verification"
# docs.slack.dev/reference/events/message
_CHANNEL_TYPES: Final = {"im": "im", "public": "channel", "private": "group"}
_LINK: Final = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|]*)(?:\|([^<>]*))?>")


def command(
    workspace: Workspace, person: Person, channel: Channel, name: str, text: str, *, response_url: str, trigger_id: str
) -> Payload:
    """Return a slash command (docs.slack.dev/interactivity/implementing-slash-commands)."""
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
    """Return the common fields of interactions."""
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
    """Return the source of an action in a message; ephemeral messages are not included."""
    channel = workspace.channels[message.channel]
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload: Payload = {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "response_url": response_url,
    }
    return payload if message.is_ephemeral else payload | {"message": message.as_slack(workspace.app, workspace.id)}


def shortcut(callback_id: str, ts: str) -> Payload:
    """Return a global shortcut, without channel and response_url.

    docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    return {"callback_id": callback_id, "action_ts": ts}


def message_action(workspace: Workspace, message: Message, *, callback_id: str, ts: str, response_url: str) -> Payload:
    """Return a message shortcut (…/shortcuts-interaction-payload#message_actions)."""
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
    """Return a query of an external select (…/block_suggestion-payload)."""
    return {"action_id": element["action_id"], "block_id": block_id, "value": typed}


def url_verification(challenge: str) -> Payload:
    """Return a URL verification (docs.slack.dev/reference/events/url_verification)."""
    return {"token": _VERIFICATION, "challenge": challenge, "type": "url_verification"}


def ssl_check() -> Payload:
    """Return a certificate check (docs.slack.dev/interactivity/implementing-slash-commands)."""
    return {"ssl_check": "1", "token": _VERIFICATION}


def view_press(view: Mapping[str, Any]) -> Payload:
    """Return the source of an action in a view, without response_url."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": dict(view)}


def event(workspace: Workspace, inner: Mapping[str, Any], *, at: int, is_shared: bool) -> Payload:
    """Return an event envelope (docs.slack.dev/apis/events-api)."""
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
    """Return a message event: `message`, or `app_mention`."""
    payload = message.as_slack(workspace.app, workspace.id)
    person = workspace.people.get(message.author)
    payload |= {
        "type": kind,
        "channel": message.channel,
        "event_ts": message.ts,
        "team": person.team_id if person else workspace.id,
    }
    if kind == "message":
        payload["channel_type"] = _CHANNEL_TYPES[workspace.channels[message.channel].kind]
    if thread_author is not None:
        payload["parent_user_id"] = thread_author
    if not message.content.blocks:
        payload["blocks"] = [_as_rich_text(message.content.text)]
    return payload


def _as_rich_text(text: str) -> Payload:
    """Return typed text as the rich text of Slack's message box, as far as apps can rely on it."""
    elements: list[Payload] = [{"type": "user", "user_id": one} for one in notified(text) if one.startswith("U")]
    elements += [{"type": "link", "url": url, "text": shown or url} for url, shown in _LINK.findall(text)]
    elements.append({"type": "text", "text": text})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": secrets.token_urlsafe(4), "elements": [section]}


def home_opened(user_id: str, channel: Channel | None, *, tab: str, ts: str, view: Mapping[str, Any] | None) -> Payload:
    """Return an opening of the Home tab (docs.slack.dev/reference/events/app_home_opened)."""
    payload: Payload = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel.id if channel else None,
        "tab": tab,
        "event_ts": ts,
    }
    return payload | ({"view": dict(view)} if view else {})
