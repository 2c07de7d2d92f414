"""Slack's payloads, read once for both transports: the shape is checked before the payload reaches Bolt.

Commands: docs.slack.dev/interactivity/implementing-slash-commands; events: docs.slack.dev/apis/events-api; presses,
forms and selects: `bot.slack.incoming.interactions`
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.runtime.tasks import BackgroundTasks
from bot.slack.incoming.interactions import INTERACTIONS, blocks_of
from bot.slack.incoming.payload_fields import (
    IgnoredPayload,
    MalformedPayload,
    Payload,
    command_name_of,
    id_of,
    name_of,
    object_of,
    optional,
    present_fields,
    required,
    text_of,
    ts_of,
)

log = structlog.get_logger(__name__)

# Events of other types are only acknowledged: Slack counts every other response as a failure.
HOME_OPENED: Final = "app_home_opened"
HANDLED_EVENTS: Final = frozenset({"app_mention", "message", HOME_OPENED})
OVERLOADED_STATUS: Final = 503


class PayloadIntake:
    """Passes payloads of HTTP and Socket Mode to Bolt."""

    def __init__(self, app: AsyncApp, tasks: BackgroundTasks) -> None:
        self._app = app
        self._tasks = tasks

    async def answer(self, body: object, headers: Mapping[str, str | Sequence[str]]) -> BoltResponse:
        """Pass a payload for this bot to Bolt, with only the fields that are used.

        The response is 200 for a payload of no use to the bot and 400 for a malformed one; each is logged once. While
        too many tasks run, it is OVERLOADED_STATUS for a press, so that Slack shows an error, and for an event, so that
        Slack sends it again; a command gets the refusal in its acknowledgement.
        """
        try:
            payload = read_payload(body)
        except MalformedPayload as error:
            log.warning("slack.payload.malformed", where=str(error))
            return BoltResponse(status=400, body="The body is not what Slack sends.")
        except IgnoredPayload as reason:
            log.debug("slack.payload.ignored", what=str(reason))
            return BoltResponse(status=200, body="")
        if "challenge" in payload:
            return BoltResponse(status=200, body=json.dumps(payload), headers={"content-type": ["application/json"]})
        if self._tasks.is_overfull and "command" not in payload:
            self._tasks.count_refusal("messages" if "event" in payload else "presses")
            return BoltResponse(status=OVERLOADED_STATUS, body="Too much at once. Try again in a moment.")
        request = AsyncBoltRequest(body=payload, headers=dict(headers), mode="socket_mode")
        response = await self._app.async_dispatch(request)
        # Bolt has logged that no listener matches.
        return BoltResponse(status=200, body="") if response.status == 404 else response  # noqa: PLR2004 - HTTP's


def read_payload(body: object) -> Payload:
    """Read the fields of a payload that the bot uses; raises MalformedPayload and IgnoredPayload."""
    payload = object_of(body, "body")
    kind = payload.get("type")
    if payload.get("ssl_check") == "1":
        raise IgnoredPayload("ssl_check")
    if kind == "url_verification":
        return {"challenge": required(payload, "challenge", text_of)}
    if kind is None and "command" in payload:
        return _command(payload)
    if isinstance(kind, str) and kind in INTERACTIONS:
        return INTERACTIONS[kind](payload)
    if kind == "event_callback":
        return _event(payload)
    raise IgnoredPayload(required(payload, "type", name_of))


def _command(payload: Payload) -> Payload:
    return {
        "command": required(payload, "command", command_name_of),
        "text": optional(payload, "text", text_of) or "",
        **{name: required(payload, name, id_of) for name in ("team_id", "channel_id", "user_id")},
        # Identifies a second delivery; Slack sends it with every command
        # (docs.slack.dev/interactivity/implementing-slash-commands).
        "trigger_id": required(payload, "trigger_id", name_of),
        **present_fields(payload, {"response_url": name_of}),
    }


def _event(payload: Payload) -> Payload:
    event = required(payload, "event", object_of)
    kind = required(event, "type", name_of)
    if kind not in HANDLED_EVENTS:
        raise IgnoredPayload(f"event {kind}")
    if kind == HOME_OPENED:
        return _home_opened(payload, event)
    # Edits, deletions and messages of apps have another shape, and are no request of a person.
    if any(event.get(name) is not None for name in ("subtype", "bot_id")):
        raise IgnoredPayload(f"event {kind} of no person")
    if kind == "message" and optional(event, "channel_type", name_of) != "im":
        # In a channel people mention the bot, which is an event of another type.
        raise IgnoredPayload("a message in a channel")
    return {
        "type": "event_callback",
        "team_id": required(payload, "team_id", id_of),
        "event": {
            "type": kind,
            "user": required(event, "user", id_of),
            "channel": required(event, "channel", id_of),
            "ts": required(event, "ts", ts_of),
            "text": optional(event, "text", text_of) or "",
            **present_fields(event, {"thread_ts": ts_of}),
        },
    }


def _home_opened(payload: Payload, event: Payload) -> Payload:
    """Read an opening of the Home tab (docs.slack.dev/reference/events/app_home_opened)."""
    if required(event, "tab", name_of) != "home":
        raise IgnoredPayload("another tab of the app")
    return {
        "type": "event_callback",
        "team_id": required(payload, "team_id", id_of),
        "event": {
            "type": HOME_OPENED,
            "user": required(event, "user", id_of),
            "event_ts": required(event, "event_ts", ts_of),
            "has_view": event.get("view") is not None,
            "blocks": blocks_of(event.get("view")),
        },
    }
