"""What Slack sends, read once for both transports: its shape is checked before Bolt or anybody else looks at it.

Commands: docs.slack.dev/interactivity/implementing-slash-commands; events: docs.slack.dev/apis/events-api; what people
press, fill in or choose: `bot.slack.incoming.interactions`
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.runtime.tasks import BackgroundTasks
from bot.slack.incoming.interactions import INTERACTIONS
from bot.slack.incoming.payload_fields import (
    Malformed,
    NotForUs,
    Payload,
    command_name_of,
    given,
    id_of,
    name_of,
    object_of,
    optional,
    required,
    text_of,
    ts_of,
)

log = structlog.get_logger(__name__)

# Events of other types are acknowledged and nothing more: Slack counts every other answer as a failure.
EVENTS: Final = frozenset({"app_mention", "message"})
MOST_SHOWN: Final = 60
TOO_MUCH: Final = 503


class PayloadIntake:
    """The one way of payloads to Bolt, for HTTP and Socket Mode."""

    def __init__(self, app: AsyncApp, work: BackgroundTasks) -> None:
        self._app = app
        self._work = work

    async def answer(self, body: object, headers: Mapping[str, str | Sequence[str]]) -> BoltResponse:
        """Hand to Bolt what is for this bot, with the fields that are used and no others.

        What is not for us is answered 200, what is not of Slack's shape 400; each leaves one line in the log. A press
        or an event there is no room for is answered TOO_MUCH, so that Slack shows that nothing came of it, or sends
        it again; a command is told so in its acknowledgement, which costs nothing.
        """
        try:
            known = read_payload(body)
        except Malformed as why:
            log.warning("slack.payload.malformed", where=str(why))
            return BoltResponse(status=400, body="The body is not what Slack sends.")
        except NotForUs as what:
            log.debug("slack.payload.ignored", what=str(what))
            return BoltResponse(status=200, body="")
        if "challenge" in known:
            return BoltResponse(status=200, body=json.dumps(known), headers={"content-type": ["application/json"]})
        if self._work.is_overfull and "command" not in known:
            self._work.refuse("messages" if "event" in known else "presses")
            return BoltResponse(status=TOO_MUCH, body="Too much at once. Try again in a moment.")
        request = AsyncBoltRequest(body=known, headers=dict(headers), mode="socket_mode")
        response = await self._app.async_dispatch(request)
        # Bolt has said in the log that nobody listens to this.
        return BoltResponse(status=200, body="") if response.status == 404 else response  # noqa: PLR2004 - HTTP's


def read_payload(body: object) -> Payload:
    """Keep of a payload what is used, every field of its kind; raises Malformed and NotForUs."""
    told = object_of(body, "body")
    kind = told.get("type")
    if told.get("ssl_check") == "1":
        raise NotForUs("ssl_check")
    if kind == "url_verification":
        return {"challenge": required(told, "challenge", text_of)}
    if kind is None and "command" in told:
        return _command(told)
    if isinstance(kind, str) and kind in INTERACTIONS:
        return INTERACTIONS[kind](told)
    if kind == "event_callback":
        return _event(told)
    raise NotForUs(required(told, "type", name_of))


def _command(told: Payload) -> Payload:
    return {
        "command": required(told, "command", command_name_of),
        "text": optional(told, "text", text_of) or "",
        **{name: required(told, name, id_of) for name in ("team_id", "channel_id", "user_id")},
        # The name under which a second delivery is known; Slack sends it with every command
        # (docs.slack.dev/interactivity/implementing-slash-commands).
        "trigger_id": required(told, "trigger_id", name_of),
        **given(told, {"response_url": name_of}),
    }


def _event(told: Payload) -> Payload:
    event = required(told, "event", object_of)
    kind = required(event, "type", name_of)
    if kind not in EVENTS:
        raise NotForUs(f"event {kind}")
    # What is edited, deleted, or said by an app has another shape, and is nothing a person asked just now.
    if any(event.get(name) is not None for name in ("subtype", "bot_id")):
        raise NotForUs(f"event {kind} of no person")
    if kind == "message" and optional(event, "channel_type", name_of) != "im":
        # In a channel the bot is asked by its name, and hears of that in an event of its own.
        raise NotForUs("a message in a channel")
    return {
        "type": "event_callback",
        "team_id": required(told, "team_id", id_of),
        "event": {
            "type": kind,
            "user": required(event, "user", id_of),
            "channel": required(event, "channel", id_of),
            "ts": required(event, "ts", ts_of),
            "text": optional(event, "text", text_of) or "",
            **given(event, {"thread_ts": ts_of}),
        },
    }
