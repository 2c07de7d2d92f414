"""Methods of the Web API, and lookups shared by several of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.slack.refusal import Refusal
from sandbox.slack.workspace import Channel, Person
from sandbox.slack.world import World

Arguments = dict[str, Any]
Result = dict[str, Any]

_READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read"}
_HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history"}


@dataclass(frozen=True)
class Method:
    """A method: its function, its arguments by kind, the required ones, its scope and kind of token.

    `takes_json`: a JSON body is accepted; otherwise only query and form.
    """

    run: Callable[[World, Arguments], Result]
    takes: Mapping[str, str]
    needs: tuple[str, ...] = ()
    scope: str | None = None
    token: Literal["bot", "app"] = "bot"  # noqa: S105 - a kind of token
    takes_json: bool = True


def require_scope(world: World, scope: str) -> None:
    """Require a scope or kind of token; raises Refusal."""
    provided = world.workspace.app.scopes
    if scope not in provided:
        raise Refusal("missing_scope", needed=scope, provided=",".join(provided))


def readable_channel(world: World, channel_id: str) -> Channel:
    """Find a channel visible to the bot; raises Refusal."""
    return _known(world, channel_id, _READ_SCOPES)


def channel_with_history(world: World, channel_id: str) -> Channel:
    """Find a channel readable by the bot; raises Refusal."""
    channel = _known(world, channel_id, _HISTORY_SCOPES)
    if world.workspace.app.user_id not in channel.members:
        raise Refusal("not_in_channel")
    if channel.is_read_only:
        # Source: docs.slack.dev/reference/methods/chat.postMessage, errors.
        raise Refusal("restricted_action_read_only_channel")
    return channel


def _known(world: World, channel_id: str, scopes: Mapping[str, str]) -> Channel:
    channel = world.workspace.channels.get(channel_id)
    if channel is None:
        raise Refusal("channel_not_found")
    require_scope(world, scopes[channel.kind])
    if channel.kind != "public" and world.workspace.app.user_id not in channel.members:
        raise Refusal("channel_not_found")
    return channel


def channel_to_write(world: World, name: str) -> Channel:
    """Find a channel writable by the bot; a person's id means their direct message; raises Refusal."""
    workspace = world.workspace
    person_meant = workspace.people.get(name)
    channel = workspace.im_with(name) if person_meant else workspace.channels.get(name)
    is_member = channel is not None and workspace.app.user_id in channel.members
    is_gone = person_meant is not None and person_meant.is_deleted
    if channel is None or is_gone or (channel.kind != "public" and not is_member):
        raise Refusal("channel_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    if not is_member and "chat:write.public" not in workspace.app.scopes:
        raise Refusal("not_in_channel")
    return channel


def thread_of(world: World, channel: Channel, arguments: Arguments) -> str | None:
    """Find the thread of a reply; raises Refusal unless it is a root.

    Slack accepts a reply to a reply, which no client shows.
    """
    thread_ts: str | None = arguments.get("thread_ts")
    if arguments.get("reply_broadcast") and thread_ts is None:
        raise Refusal("invalid_arguments", "reply_broadcast needs thread_ts")
    if thread_ts is None:
        return None
    root = world.messages.public(channel.id, thread_ts)
    if root is None:
        raise Refusal("thread_not_found")
    if root.thread_ts not in {None, root.ts}:
        raise Refusal("cannot_reply_to_message")
    return thread_ts


def person(world: World, user_id: str, error: str = "user_not_found") -> Person:
    """Find a person; raises Refusal."""
    found = world.workspace.people.get(user_id)
    if found is None:
        raise Refusal(error)
    return found


def page_of(rows: list[Any], arguments: Arguments, *, default: int, most: int) -> tuple[list[Any], Result]:
    """Return one page of rows, and the metadata with the next cursor (docs.slack.dev/apis/web-api/pagination)."""
    limit = arguments.get("limit", default)
    if not 1 <= limit <= most:
        raise Refusal("invalid_limit")
    start = _start(arguments.get("cursor", ""))
    rest = start + limit < len(rows)
    cursor = f"next:{start + limit}" if rest else ""
    return rows[start : start + limit], {"response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    word, _, number = cursor.partition(":")
    if not cursor:
        return 0
    if word != "next" or not number.isdigit():
        raise Refusal("invalid_cursor")
    return int(number)
