"""Presses, forms, searches in a select and shortcuts, each with the fields that are used and no others.

Sources: docs.slack.dev/reference/interaction-payloads/block_actions-payload, …/view-interactions-payload,
…/block_suggestion-payload and …/shortcuts-interaction-payload
"""

from collections.abc import Callable, Mapping
from typing import Final

from bot.slack.incoming.payload_fields import (
    Malformed,
    NotForUs,
    Payload,
    given,
    id_of,
    name_of,
    object_of,
    optional,
    required,
    text_of,
    ts_of,
)


def _press(told: Payload) -> Payload:
    container = required(told, "container", object_of)
    if container.get("type") == "view":
        return _press_in_a_view(told)
    if container.get("type") not in ("message", "message_attachment"):
        raise NotForUs("a press outside of a message")
    message = optional(told, "message", object_of) or {}
    return {
        "type": "block_actions",
        **_person(told),
        "channel": {"id": _channel(told, container)},
        "container": {
            "is_ephemeral": container.get("is_ephemeral") is True,
            **given(container, {"message_ts": ts_of, "thread_ts": ts_of}),
        },
        "message": given(message, {"thread_ts": ts_of}),
        "actions": [_first_action(told)],
        **given(told, {"trigger_id": name_of, "response_url": name_of}),
    }


def _press_in_a_view(told: Payload) -> Payload:
    return {
        "type": "block_actions",
        **_person(told),
        "view": _view(told),
        "actions": [_first_action(told)],
        **given(told, {"trigger_id": name_of}),
    }


def _submission(told: Payload) -> Payload:
    return {"type": "view_submission", **_person(told), "view": _view(told), **given(told, {"trigger_id": name_of})}


def _suggestion(told: Payload) -> Payload:
    if told.get("view") is None:
        raise NotForUs("a select outside of a view")
    return {
        "type": "block_suggestion",
        **_person(told),
        "view": _view(told),
        "action_id": required(told, "action_id", text_of),
        "block_id": optional(told, "block_id", text_of) or "",
        "value": optional(told, "value", text_of) or "",
    }


def _shortcut(told: Payload) -> Payload:
    return {
        "type": "shortcut",
        **_person(told),
        "callback_id": required(told, "callback_id", text_of),
        "trigger_id": required(told, "trigger_id", name_of),
    }


def _message_shortcut(told: Payload) -> Payload:
    message = required(told, "message", object_of)
    return {
        **_shortcut(told),
        "type": "message_action",
        "channel": {"id": required(required(told, "channel", object_of), "id", id_of)},
        "message": {
            "ts": required(message, "ts", ts_of),
            "text": optional(message, "text", text_of) or "",
            # Of an app there may be no more than its own id.
            **given(message, {"user": id_of, "bot_id": id_of, "username": text_of, "thread_ts": ts_of}),
        },
        **given(told, {"response_url": name_of}),
    }


def _person(told: Payload) -> Payload:
    user = required(told, "user", object_of)
    # With an installation for a whole organisation the workspace is told with the person only.
    team = optional(told, "team", object_of) or {"id": user.get("team_id")}
    return {"user": {"id": required(user, "id", id_of)}, "team": {"id": required(team, "id", id_of)}}


def _view(told: Payload) -> Payload:
    view = required(told, "view", object_of)
    title = optional(view, "title", object_of) or {}
    return {
        "id": required(view, "id", id_of),
        "type": required(view, "type", name_of),
        "callback_id": optional(view, "callback_id", text_of) or "",
        "private_metadata": optional(view, "private_metadata", text_of) or "",
        "hash": optional(view, "hash", text_of) or "",
        "title": optional(title, "text", text_of) or "",
        "fields": _fields(optional(view, "state", object_of) or {}),
    }


def _fields(state: Payload) -> Payload:
    """Keep what was typed or chosen by the block it stands in, each as a value and the label of an entry."""
    blocks = optional(state, "values", object_of) or {}
    return {
        text_of(block, "state"): [_held(object_of(one, "state")) for one in object_of(held, "state").values()]
        for block, held in blocks.items()
    }


def _held(told: Payload) -> Payload:
    chosen = optional(told, "selected_option", object_of)
    if chosen is None:
        return {"value": optional(told, "value", text_of) or "", "label": ""}
    text = optional(chosen, "text", object_of) or {}
    return {"value": required(chosen, "value", text_of), "label": optional(text, "text", text_of) or ""}


def _channel(told: Payload, container: Payload) -> str:
    channel = optional(told, "channel", object_of)
    found: str = required(container, "channel_id", id_of) if channel is None else required(channel, "id", id_of)
    return found


def _first_action(told: Payload) -> Payload:
    actions = told.get("actions")
    if not isinstance(actions, list) or not actions:
        raise Malformed("actions")
    return _action(object_of(actions[0], "actions"))


def _action(told: Payload) -> Payload:
    chosen = optional(told, "selected_option", object_of)
    value = (optional(told, "value", text_of) if chosen is None else required(chosen, "value", text_of)) or ""
    return {
        "action_id": required(told, "action_id", text_of),
        "block_id": optional(told, "block_id", text_of) or "",
        "action_ts": required(told, "action_ts", ts_of),
        "value": value,
    }


INTERACTIONS: Final[Mapping[object, Callable[[Payload], Payload]]] = {
    "block_actions": _press,
    "view_submission": _submission,
    "block_suggestion": _suggestion,
    "shortcut": _shortcut,
    "message_action": _message_shortcut,
}
