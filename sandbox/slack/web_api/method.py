"""What a method of the Web API is, and the questions that several of them ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.slack.cast import Channel, Person
from sandbox.slack.refusal import Refusal
from sandbox.slack.world import World

Arguments = dict[str, Any]
Told = dict[str, Any]

_READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read"}
_HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history"}


@dataclass(frozen=True)
class Method:
    """A method: what it does, the arguments it takes by kind, those it needs, the scope and kind of token."""

    run: Callable[[World, Arguments], Told]
    takes: Mapping[str, str]
    needs: tuple[str, ...] = ()
    scope: str | None = None
    token: Literal["bot", "app"] = "bot"  # noqa: S105 - a kind of token


def require_scope(world: World, scope: str) -> None:
    """Refuse what the bot's token does not allow."""
    provided = world.workspace.app.scopes
    if scope not in provided:
        raise Refusal("missing_scope", needed=scope, provided=",".join(provided))


def readable_channel(world: World, channel_id: str) -> Channel:
    """Find a channel the bot may know about; raises Refusal."""
    return _known(world, channel_id, _READ_SCOPES)


def channel_with_history(world: World, channel_id: str) -> Channel:
    """Find a channel the bot may read; raises Refusal."""
    channel = _known(world, channel_id, _HISTORY_SCOPES)
    if world.workspace.app.user_id not in channel.members:
        raise Refusal("not_in_channel")
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
    """Find where the bot may write; a person's id means their direct message; raises Refusal."""
    workspace = world.workspace
    channel = workspace.im_with(name) if name in workspace.people else workspace.channels.get(name)
    is_member = channel is not None and workspace.app.user_id in channel.members
    if channel is None or (channel.kind != "public" and not is_member):
        raise Refusal("channel_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    if not is_member and "chat:write.public" not in workspace.app.scopes:
        raise Refusal("not_in_channel")
    return channel


def person(world: World, user_id: str, error: str = "user_not_found") -> Person:
    """Find somebody; raises Refusal."""
    found = world.workspace.people.get(user_id)
    if found is None:
        raise Refusal(error)
    return found


def page_of(rows: list[Any], arguments: Arguments, default: int, most: int) -> tuple[list[Any], Told]:
    """Cut one page out of rows, and say how to get the next (docs.slack.dev/apis/web-api/pagination)."""
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
