"""Reads presses, form submissions, searches in a select and shortcuts: only the fields that the bot uses.

Sources: docs.slack.dev/reference/interaction-payloads/block_actions-payload, …/view-interactions-payload,
…/block_suggestion-payload and …/shortcuts-interaction-payload
"""

from collections.abc import Callable, Mapping
from typing import Final

from bot.runtime.encodable import writable
from bot.slack.incoming.payload_fields import (
    IgnoredPayload,
    MalformedPayload,
    Payload,
    id_of,
    name_of,
    object_of,
    optional,
    present_fields,
    required,
    string_of,
    text_of,
    ts_of,
)


def _press(payload: Payload) -> Payload:
    container = required(payload, "container", object_of)
    if container.get("type") == "view":
        return _press_in_view(payload)
    if container.get("type") not in ("message", "message_attachment"):
        raise IgnoredPayload("a press outside of a message")
    message = optional(payload, "message", object_of) or {}
    return {
        "type": "block_actions",
        **_person(payload),
        "channel": {"id": _channel(payload, container)},
        "container": {
            "is_ephemeral": container.get("is_ephemeral") is True,
            **present_fields(container, {"message_ts": ts_of, "thread_ts": ts_of}),
        },
        "message": {
            **present_fields(message, {"thread_ts": ts_of}),
            "blocks": blocks_of(message),
            "attachments": _objects(message.get("attachments")),
        },
        "actions": [_first_action(payload)],
        **present_fields(payload, {"trigger_id": name_of, "response_url": name_of}),
    }


def blocks_of(shown: object) -> list[Payload]:
    """Return the blocks of a message or a view; none for any other shape, because a press counts without them."""
    return _objects(shown.get("blocks")) if isinstance(shown, dict) else []


def _objects(value: object) -> list[Payload]:
    objects = value if isinstance(value, list) else []
    return objects if all(isinstance(one, dict) for one in objects) else []


def _press_in_view(payload: Payload) -> Payload:
    return {
        "type": "block_actions",
        **_person(payload),
        "view": _view(payload),
        "actions": [_first_action(payload)],
        **present_fields(payload, {"trigger_id": name_of}),
    }


def _submission(payload: Payload) -> Payload:
    return {
        "type": "view_submission",
        **_person(payload),
        "view": _view(payload),
        **present_fields(payload, {"trigger_id": name_of}),
    }


def _suggestion(payload: Payload) -> Payload:
    if payload.get("view") is None:
        raise IgnoredPayload("a select outside of a view")
    return {
        "type": "block_suggestion",
        **_person(payload),
        "view": _view(payload),
        "action_id": required(payload, "action_id", text_of),
        "block_id": optional(payload, "block_id", text_of) or "",
        "value": optional(payload, "value", text_of) or "",
    }


def _shortcut(payload: Payload) -> Payload:
    return {
        "type": "shortcut",
        **_person(payload),
        "callback_id": required(payload, "callback_id", text_of),
        "trigger_id": required(payload, "trigger_id", name_of),
    }


def _message_shortcut(payload: Payload) -> Payload:
    message = required(payload, "message", object_of)
    return {
        **_shortcut(payload),
        "type": "message_action",
        "channel": {"id": required(required(payload, "channel", object_of), "id", id_of)},
        "message": {
            "ts": required(message, "ts", ts_of),
            "text": optional(message, "text", text_of) or "",
            # An app's message may have no more than its bot id.
            **present_fields(message, {"user": id_of, "bot_id": id_of, "username": text_of, "thread_ts": ts_of}),
        },
        **present_fields(payload, {"response_url": name_of}),
    }


def _person(payload: Payload) -> Payload:
    user = required(payload, "user", object_of)
    # In an organisation-wide installation only `user` names the workspace.
    team = optional(payload, "team", object_of) or {"id": user.get("team_id")}
    return {"user": {"id": required(user, "id", id_of)}, "team": {"id": required(team, "id", id_of)}}


def _view(payload: Payload) -> Payload:
    view = required(payload, "view", object_of)
    title = optional(view, "title", object_of) or {}
    return {
        "id": required(view, "id", id_of),
        "type": required(view, "type", name_of),
        "callback_id": optional(view, "callback_id", text_of) or "",
        "private_metadata": optional(view, "private_metadata", text_of) or "",
        "hash": optional(view, "hash", text_of) or "",
        "title": optional(title, "text", text_of) or "",
        "fields": _fields(optional(view, "state", object_of) or {}),
        "blocks": blocks_of(view),
    }


def _fields(state: Payload) -> Payload:
    """Map block ids to what was typed or chosen: a value, and the label of a chosen option; or several of them."""
    blocks = optional(state, "values", object_of) or {}
    return {
        text_of(block, "state"): [
            _entry(object_of(element, "state")) for element in object_of(elements, "state").values()
        ]
        for block, elements in blocks.items()
    }


def _entry(element: Payload) -> Payload:
    chosen = optional(element, "selected_option", object_of)
    several = [_option(object_of(one, "state")) for one in _objects(element.get("selected_options"))]
    if chosen is not None:
        return {**_option(chosen), "unstorable_at": None, "several": several}
    # What somebody typed is never dropped: what cannot be stored of it is named beside the field.
    value, unstorable_at = writable(optional(element, "value", string_of) or "")
    return {"value": value, "label": "", "unstorable_at": unstorable_at, "several": several}


def _option(chosen: Payload) -> Payload:
    text = optional(chosen, "text", object_of) or {}
    return {"value": required(chosen, "value", text_of), "label": optional(text, "text", text_of) or ""}


def _channel(payload: Payload, container: Payload) -> str:
    channel = optional(payload, "channel", object_of)
    found: str = required(container, "channel_id", id_of) if channel is None else required(channel, "id", id_of)
    return found


def _first_action(payload: Payload) -> Payload:
    actions = payload.get("actions")
    if not isinstance(actions, list) or not actions:
        raise MalformedPayload("actions")
    return _action(object_of(actions[0], "actions"))


def _action(action: Payload) -> Payload:
    chosen = optional(action, "selected_option", object_of)
    value = (optional(action, "value", text_of) if chosen is None else required(chosen, "value", text_of)) or ""
    return {
        "action_id": required(action, "action_id", text_of),
        "block_id": optional(action, "block_id", text_of) or "",
        "action_ts": required(action, "action_ts", ts_of),
        "value": value,
    }


INTERACTIONS: Final[Mapping[object, Callable[[Payload], Payload]]] = {
    "block_actions": _press,
    "view_submission": _submission,
    "block_suggestion": _suggestion,
    "shortcut": _shortcut,
    "message_action": _message_shortcut,
}
