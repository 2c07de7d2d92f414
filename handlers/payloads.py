"""Slack's payloads, read into places and words; pure, and careful: everything in them is untrusted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.messages.buttons import Carried, is_retry, route_of
from handlers.request import Asked, Place
from handlers.typed import plain, unquoted

# Words in quotes are words to search for, whatever they look like.
_TEAM = re.compile(r'"[^"]*"|(?<!\S)team:("[^"]*"|\S+)', re.IGNORECASE)
_LEADING_MENTIONS = re.compile(r"^(?:\s*<@[^>]*>[\s:,：，、]*)+")

Payload = Mapping[str, Any]


def command(body: Payload) -> Asked:
    """Read a slash command (docs.slack.dev/interactivity/implementing-slash-commands)."""
    place = Place(
        workspace=str(body.get("team_id", "")),
        channel=str(body.get("channel_id", "")),
        user=str(body.get("user_id", "")),
        response_url=str(body.get("response_url", "")) or None,
    )
    return _asked(place, f"command {body.get('trigger_id', '')}", str(body.get("text") or ""))


def mention(body: Payload) -> Asked | None:
    """Read a mention or a direct message; None for what no person wrote just now."""
    event = body.get("event") or {}
    if event.get("subtype") or event.get("bot_id") or not event.get("user"):
        return None
    place = Place(
        workspace=str(body.get("team_id", "")),
        channel=str(event.get("channel", "")),
        user=str(event["user"]),
        thread=str(event.get("thread_ts") or "") or None,
    )
    text = _LEADING_MENTIONS.sub("", str(event.get("text") or ""))
    return _asked(place, f"message {place.channel} {event.get('ts', '')}", text)


def press(body: Payload) -> Asked | None:
    """Read a press of one of our controls; None for one that carries nothing of ours."""
    action = (body.get("actions") or [{}])[0]
    chosen = action.get("selected_option") or action
    try:
        carried = Carried.unpacked(str(chosen.get("value", "")))
    except ValueError:
        return None
    return Asked(
        place=replace(_pressed_place(body), belongs_under=carried.thread or None),
        once=f"press {_id(body, 'user')} {action.get('action_ts', '')} {action.get('action_id', '')}",
        words=carried.words,
        team=carried.team or None,
        route=route_of(str(action.get("action_id", ""))),
        incident=carried.incident,
        is_retry=is_retry(str(action.get("action_id", ""))),
        occasion=carried.occasion,
        pressed=(str(action.get("action_id", "")), str(chosen.get("value", ""))),
    )


def _pressed_place(body: Payload) -> Place:
    container = body.get("container") or {}
    channel = _id(body, "channel") or str(container.get("channel_id", ""))
    message = body.get("message") or {}
    thread = container.get("thread_ts") or message.get("thread_ts")
    has_replies = thread is not None and thread == container.get("message_ts")
    if thread == container.get("message_ts"):
        # The message a thread hangs from carries the thread's name as well, and stands in the channel.
        thread = None
    is_private = bool(container.get("is_ephemeral"))
    return Place(
        workspace=_id(body, "team"),
        channel=channel,
        user=_id(body, "user"),
        thread=str(thread) if thread else None,
        response_url=str(body.get("response_url", "")) or None,
        is_public=not is_private and not channel.startswith("D"),
        message=None if is_private else str(container.get("message_ts") or "") or None,
        has_replies=has_replies,
    )


def _id(body: Payload, name: str) -> str:
    return str((body.get(name) or {}).get("id", ""))


def _asked(place: Place, once: str, text: str) -> Asked:
    typed = plain(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    team = next((found[1] for found in _TEAM.finditer(typed) if found[1]), None)
    words = " ".join(_TEAM.sub(lambda found: " " if found[1] else found[0], typed).split())
    return Asked(place, once, words, unquoted(team) if team else None)
