"""Turn payloads that `bot.slack.incoming.payloads` has checked into typed requests; their contents are untrusted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any, Final

from bot.messages.buttons import is_retry, route_of
from bot.messages.forms import FormMetadata
from bot.messages.input.markup import without_markup
from bot.messages.input.typed import plain, unquoted
from bot.messages.menus import pressed_value
from handlers.dispatch.attached import FilledField, OpenView, SharedMessage
from handlers.dispatch.context import Origin
from handlers.dispatch.requests import ButtonPress, Command, FormSubmission, HomeOpened, OptionsQuery, Shortcut

# Words in quotes are search words, even `team:`.
_TEAM = re.compile(r'"[^"]*"|(?<!\S)team:("[^"]*"|\S+)', re.IGNORECASE)
# The same in text as it was typed; a word in quotes of either language is a search word.
_TEAM_AS_TYPED = re.compile(
    r'"[^"]*"|[“「『][^”」』]*[”」』]|(?<!\S)[tｔ][eｅ][aａ][mｍ][:：﹕]("[^"]*"|[“「『＂][^”」』＂]*[”」』＂]|\S+)',
    re.IGNORECASE,
)
_LEADING_MENTIONS = re.compile(r"^(?:\s*<@[^>]*>[\s:,：，、]*)+")

_Payload = Mapping[str, Any]
HOME: Final = "home"


def command(body: _Payload) -> Command:
    """Read a slash command."""
    origin = Origin(
        workspace=body["team_id"],
        channel=body["channel_id"],
        user=body["user_id"],
        response_url=body.get("response_url"),
    )
    received = _command(origin, f"command {body['trigger_id']}", body["text"])
    return replace(received, trigger_id=body["trigger_id"])


def message_to_bot(body: _Payload) -> Command:
    """Read a mention, or a direct message to the bot."""
    event = body["event"]
    thread, is_mention = event.get("thread_ts"), not event["channel"].startswith("D")
    origin = Origin(
        workspace=body["team_id"],
        channel=event["channel"],
        user=event["user"],
        thread=thread,
        is_mention=is_mention,
        # The answer begins a thread; Slack shows what one person sees in no thread without replies.
        first_thread=event["ts"] if is_mention else None,
    )
    text = _LEADING_MENTIONS.sub("", event["text"])
    return _command(origin, f"message {origin.channel} {event['ts']}", text)


def home_opened(body: _Payload) -> HomeOpened:
    """Read an opening of the Home tab."""
    event = body["event"]
    return HomeOpened(
        origin=Origin(
            workspace=body["team_id"],
            channel="",
            user=event["user"],
            view=OpenView(id="", title="", is_home=True),
            blocks=tuple(event["blocks"]),
        ),
        once=f"home {event['user']} {event['event_ts']}",
        route=HOME,
        has_content=event["has_view"],
    )


def press(body: _Payload) -> ButtonPress | None:
    """Read a press of a control, or the choice of a menu's entry; None for one without a value, such as a link."""
    action = body["actions"][0]
    route, value = pressed_value(action["action_id"], action["value"])
    if not value:
        return None
    return ButtonPress(
        origin=_press_origin(body),
        once=f"press {body['user']['id']} {action['action_ts']} {action['action_id']}",
        route=route,
        is_retry=is_retry(action["action_id"]),
        pressed=(action["action_id"], action["value"]),
        trigger_id=body.get("trigger_id"),
        block_id=action["block_id"],
    )


def shortcut(body: _Payload) -> Shortcut:
    """Read a shortcut; the channel of its message does not determine the team."""
    return Shortcut(
        origin=_origin_without_channel(body),
        once=f"shortcut {body['trigger_id']}",
        route=body["callback_id"],
        trigger_id=body["trigger_id"],
        shared=_shared(body) if "message" in body else None,
    )


def submission(body: _Payload) -> FormSubmission:
    """Read a submitted form; `once` is the same for every delivery of this state of the form."""
    view, opened = body["view"], _view(body["view"])
    return FormSubmission(
        origin=_origin_without_channel(body),
        team=opened.team or None,
        once=f"submission {body['user']['id']} {view['id']} {view['hash']}",
        route=view["callback_id"],
        trigger_id=body.get("trigger_id"),
        view=opened,
    )


def options_query(body: _Payload) -> OptionsQuery:
    """Read what was typed so far into a searching select."""
    opened = _view(body["view"])
    return OptionsQuery(
        origin=_origin_without_channel(body),
        team=opened.team or None,
        once=f"options {body['user']['id']} {opened.id}",
        route=route_of(body["action_id"]),
        view=opened,
        typed=plain(body["value"]),
    )


def _origin_without_channel(body: _Payload) -> Origin:
    """Return the origin of a request without a channel."""
    view = body.get("view")
    return Origin(
        workspace=body["team"]["id"],
        channel="",
        user=body["user"]["id"],
        response_url=None,
        view=_view(view) if view else None,
        blocks=tuple(view["blocks"]) if view else (),
    )


def _view(view: _Payload) -> OpenView:
    kept = FormMetadata.read(view["private_metadata"])
    return OpenView(
        id=view["id"],
        title=unescape(view["title"]),
        callback_id=view["callback_id"],
        is_home=view["type"] == HOME,
        team=kept.team,
        metadata=kept.metadata,
        fields={
            block: FilledField(
                held[0]["value"],
                unescape(held[0]["label"]),
                held[0]["unstorable_at"],
                several=tuple((one["value"], unescape(one["label"])) for one in held[0]["several"]),
            )
            for block, held in view["fields"].items()
            if held
        },
    )


def _shared(body: _Payload) -> SharedMessage:
    message = body["message"]
    return SharedMessage(
        channel=body["channel"]["id"],
        ts=message["ts"],
        author=message.get("user", ""),
        app_name=message.get("username", ""),
        text=message["text"],
        thread=message.get("thread_ts"),
    )


def _press_origin(body: _Payload) -> Origin:
    if "view" in body:
        return _origin_without_channel(body)
    container, channel = body["container"], body["channel"]["id"]
    thread = container.get("thread_ts") or body["message"].get("thread_ts")
    has_replies = thread is not None and thread == container.get("message_ts")
    if has_replies:
        # The parent message of a thread has `thread_ts` as well, and is in the channel.
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
        blocks=() if is_private else tuple(body["message"]["blocks"]),
        attachments=() if is_private else tuple(body["message"]["attachments"]),
    )


def _command(origin: Origin, once: str, text: str) -> Command:
    as_typed = without_markup(text)
    words = plain(as_typed)
    team = next((found[1] for found in _TEAM.finditer(words) if found[1]), None)
    return Command(
        origin,
        once,
        " ".join(_without_team(_TEAM, words).split()),
        team=unquoted(team) if team else None,
        typed=_without_team(_TEAM_AS_TYPED, as_typed).strip(),
    )


def _without_team(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " if found[1] else found[0], text)
