"""What Slack sends, read once for both transports: its shape is checked before Bolt or anybody else looks at it.

Commands: docs.slack.dev/interactivity/implementing-slash-commands; presses:
docs.slack.dev/reference/interaction-payloads/block_actions-payload; events: docs.slack.dev/apis/events-api
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.runtime.encodable import can_be_written
from bot.runtime.tasks import BackgroundTasks

log = structlog.get_logger(__name__)

Payload = dict[str, Any]

# Events of other types are acknowledged and nothing more: Slack counts every other answer as a failure.
EVENTS: Final = frozenset({"app_mention", "message"})
MOST_SHOWN: Final = 60
TOO_MUCH: Final = 503

_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,40}")
_TS: Final = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,16})?")
# A command may have a name in any script; nothing in it is mark-up, as it is shown again.
_COMMAND: Final = re.compile("[^\\s<>&\0\ud800-\udfff]{1,64}")
# Of no other use than to be compared and logged.
_NAME: Final = re.compile(r"[!-~]{1,255}")


class Malformed(Exception):  # noqa: N818 - what was sent
    """A payload is not of the shape Slack gives it; the text says where."""


class NotForUs(Exception):  # noqa: N818 - what was sent
    """A payload is Slack's and means nothing to this bot; the text says what it is."""


@dataclass(frozen=True)
class PayloadIntake:
    """Everything that arrives, by HTTP or by socket."""

    app: AsyncApp
    work: BackgroundTasks

    async def answer(self, body: object, headers: Mapping[str, str | Sequence[str]]) -> BoltResponse:
        """Hand to Bolt what is for this bot, with the fields that are used and no others.

        What is not for us is answered 200, what is not of Slack's shape 400; each leaves one line in the log. A press
        or an event there is no room for is answered TOO_MUCH, so that Slack shows that nothing came of it, or sends
        it again; a command is told so in its acknowledgement, which costs nothing.
        """
        try:
            known = read(body)
        except Malformed as why:
            log.warning("not the shape of Slack's payloads", where=str(why))
            return BoltResponse(status=400, body="The body is not what Slack sends.")
        except NotForUs as what:
            log.debug("not for us", what=str(what))
            return BoltResponse(status=200, body="")
        if "challenge" in known:
            return BoltResponse(status=200, body=json.dumps(known), headers={"content-type": ["application/json"]})
        if self.work.is_overfull and "command" not in known:
            self.work.refuse("messages" if "event" in known else "presses")
            return BoltResponse(status=TOO_MUCH, body="Too much at once. Try again in a moment.")
        request = AsyncBoltRequest(body=known, headers=dict(headers), mode="socket_mode")
        response = await self.app.async_dispatch(request)
        # Bolt has said in the log that nobody listens to this.
        return BoltResponse(status=200, body="") if response.status == 404 else response  # noqa: PLR2004 - HTTP's


def read(body: object) -> Payload:
    """Keep of a payload what is used, every field of its kind; raises Malformed and NotForUs."""
    told = _object(body, "body")
    kind = told.get("type")
    if told.get("ssl_check") == "1":
        raise NotForUs("ssl_check")
    if kind == "url_verification":
        return {"challenge": _required(told, "challenge", text_of)}
    if kind is None and "command" in told:
        return _command(told)
    if kind == "block_actions":
        return _press(told)
    if kind == "event_callback":
        return _event(told)
    raise NotForUs(_required(told, "type", _name))


def _command(told: Payload) -> Payload:
    return {
        "command": _required(told, "command", _command_name),
        "text": _optional(told, "text", text_of) or "",
        **{name: _required(told, name, _id) for name in ("team_id", "channel_id", "user_id")},
        **_given(told, {"trigger_id": _name, "response_url": _name}),
    }


def _press(told: Payload) -> Payload:
    container = _required(told, "container", _object)
    if container.get("type") not in ("message", "message_attachment"):
        raise NotForUs("a press outside of a message")
    actions = told.get("actions")
    if not isinstance(actions, list) or not actions:
        raise Malformed("actions")
    message = _optional(told, "message", _object) or {}
    user = _required(told, "user", _object)
    # With an installation for a whole organisation the workspace is told with the person only.
    team = _optional(told, "team", _object) or {"id": user.get("team_id")}
    return {
        "type": "block_actions",
        "user": {"id": _required(user, "id", _id)},
        "team": {"id": _required(team, "id", _id)},
        "channel": {"id": _channel(told, container)},
        "container": {
            "is_ephemeral": container.get("is_ephemeral") is True,
            **_given(container, {"message_ts": _ts, "thread_ts": _ts}),
        },
        "message": _given(message, {"thread_ts": _ts}),
        "actions": [_action(_object(actions[0], "actions"))],
        **_given(told, {"trigger_id": _name, "response_url": _name}),
    }


def _channel(told: Payload, container: Payload) -> str:
    channel = _optional(told, "channel", _object)
    found: str = _required(container, "channel_id", _id) if channel is None else _required(channel, "id", _id)
    return found


def _action(told: Payload) -> Payload:
    chosen = _optional(told, "selected_option", _object)
    value = (_optional(told, "value", text_of) if chosen is None else _required(chosen, "value", text_of)) or ""
    return {
        "action_id": _required(told, "action_id", text_of),
        "block_id": _optional(told, "block_id", text_of) or "",
        "action_ts": _required(told, "action_ts", _ts),
        "value": value,
    }


def _event(told: Payload) -> Payload:
    event = _required(told, "event", _object)
    kind = _required(event, "type", _name)
    if kind not in EVENTS:
        raise NotForUs(f"event {kind}")
    # What is edited, deleted, or said by an app has another shape, and is nothing a person asked just now.
    if any(event.get(name) is not None for name in ("subtype", "bot_id")):
        raise NotForUs(f"event {kind} of no person")
    if kind == "message" and _optional(event, "channel_type", _name) != "im":
        # In a channel the bot is asked by its name, and hears of that in an event of its own.
        raise NotForUs("a message in a channel")
    return {
        "type": "event_callback",
        "team_id": _required(told, "team_id", _id),
        "event": {
            "type": kind,
            "user": _required(event, "user", _id),
            "channel": _required(event, "channel", _id),
            "ts": _required(event, "ts", _ts),
            "text": _optional(event, "text", text_of) or "",
            **_given(event, {"thread_ts": _ts}),
        },
    }


def _required(told: Payload, name: str, read_it: Callable[[object, str], Any]) -> Any:  # noqa: ANN401 - as the reader gives it
    return read_it(told.get(name), name)


def _optional(told: Payload, name: str, read_it: Callable[[object, str], Any]) -> Any:  # noqa: ANN401 - as the reader gives it
    return None if told.get(name) is None else read_it(told[name], name)


def _given(told: Payload, readers: Mapping[str, Callable[[object, str], Any]]) -> Payload:
    """Take the fields that are there and not empty."""
    return {name: read_it(told[name], name) for name, read_it in readers.items() if told.get(name) not in (None, "")}


def _object(value: object, where: str) -> Payload:
    if not isinstance(value, dict):
        raise Malformed(where)
    return value


def text_of(value: object, where: str) -> str:
    """Take what somebody typed: any text that can be written down again."""
    if not isinstance(value, str) or not can_be_written(value):
        raise Malformed(where)
    return value


def _matching(pattern: re.Pattern[str]) -> Callable[[object, str], str]:
    def take(value: object, where: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(where)
        return value

    return take


_id, _ts, _name, _command_name = map(_matching, (_ID, _TS, _NAME, _COMMAND))
