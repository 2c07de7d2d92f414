"""Payloads as `bot.slack.payloads` lets them through, as places and words; what stands in them is untrusted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.messages.buttons import ButtonValue, is_retry, route_of
from bot.messages.markup import without_markup
from handlers.dispatch.context import Incoming, Origin
from handlers.dispatch.typed import plain, unquoted

# Words in quotes are words to search for, whatever they look like.
_TEAM = re.compile(r'"[^"]*"|(?<!\S)team:("[^"]*"|\S+)', re.IGNORECASE)
_LEADING_MENTIONS = re.compile(r"^(?:\s*<@[^>]*>[\s:,：，、]*)+")

Payload = Mapping[str, Any]


def command(body: Payload) -> Incoming:
    """Take a slash command."""
    place = Origin(
        workspace=body["team_id"],
        channel=body["channel_id"],
        user=body["user_id"],
        response_url=body.get("response_url"),
    )
    return _asked(place, f"command {body.get('trigger_id', '')}", body["text"])


def mention(body: Payload) -> Incoming:
    """Take a mention, or what was said in a direct message."""
    event = body["event"]
    place = Origin(
        workspace=body["team_id"], channel=event["channel"], user=event["user"], thread=event.get("thread_ts")
    )
    text = _LEADING_MENTIONS.sub("", event["text"])
    return _asked(place, f"message {place.channel} {event['ts']}", text)


def press(body: Payload) -> Incoming | None:
    """Take a press of one of our controls; None for one that carries nothing of ours."""
    action = body["actions"][0]
    try:
        carried = ButtonValue.unpacked(action["value"])
    except ValueError:
        return None
    return Incoming(
        place=replace(_pressed_place(body), belongs_under=carried.thread or None),
        once=f"press {body['user']['id']} {action['action_ts']} {action['action_id']}",
        words=carried.words,
        team=carried.team or None,
        route=route_of(action["action_id"]),
        incident=carried.incident,
        is_retry=is_retry(action["action_id"]),
        occasion=carried.occasion,
        pressed=(action["action_id"], action["value"]),
    )


def _pressed_place(body: Payload) -> Origin:
    container, channel = body["container"], body["channel"]["id"]
    thread = container.get("thread_ts") or body["message"].get("thread_ts")
    has_replies = thread is not None and thread == container.get("message_ts")
    if has_replies:
        # The message a thread hangs from carries the thread's name as well, and stands in the channel.
        thread = None
    is_private = container["is_ephemeral"]
    return Origin(
        workspace=body["team"]["id"],
        channel=channel,
        user=body["user"]["id"],
        thread=thread,
        response_url=body.get("response_url"),
        is_public=not is_private and not channel.startswith("D"),
        message=None if is_private else container.get("message_ts"),
        has_replies=has_replies,
    )


def _asked(place: Origin, once: str, text: str) -> Incoming:
    typed = plain(without_markup(text))
    team = next((found[1] for found in _TEAM.finditer(typed) if found[1]), None)
    words = " ".join(_TEAM.sub(lambda found: " " if found[1] else found[0], typed).split())
    return Incoming(place, once, words, unquoted(team) if team else None)
