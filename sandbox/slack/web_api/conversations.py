"""conversations.*: channels and their messages."""

from typing import Final

from sandbox.slack.conversation.messages import Content, Message
from sandbox.slack.conversation.topics import TOPIC_LIMIT, stored_topic
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.method import (
    Arguments,
    Method,
    Result,
    channel_with_history,
    page_of,
    person,
    readable_channel,
    require_scope,
)
from sandbox.slack.workspace import Channel
from sandbox.slack.world import World

_TOPIC_SCOPES: Final = {"public": "channels:write.topic", "private": "groups:write.topic", "im": "im:write.topic"}


def _info(world: World, arguments: Arguments) -> Result:
    channel = readable_channel(world, arguments["channel"])
    record = describe(world, channel)
    return {"channel": record | ({"num_members": len(channel.members)} if arguments.get("include_num_members") else {})}


def describe(world: World, channel: Channel) -> Result:
    """Describe a channel (docs.slack.dev/reference/objects/conversation-object)."""
    bot = world.workspace.app.user_id
    common: Result = {
        "id": channel.id,
        "created": 1767225600,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": world.workspace.id,
    }
    if channel.is_im:
        return common | {"user": next(one for one in channel.members if one != bot), "is_user_deleted": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_general": channel.name == "general",
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_read_only": channel.is_read_only,
        "is_member": bot in channel.members,
        "topic": {"value": channel.topic, "creator": channel.topic_by, "last_set": channel.topic_at},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "creator": "U0ALICE",
    }


def _members(world: World, arguments: Arguments) -> Result:
    channel = readable_channel(world, arguments["channel"])
    members, more = page_of(channel.members, arguments, default=100, most=1000)
    return {"members": members} | more


def _open(world: World, arguments: Arguments) -> Result:
    wanted: list[str] = arguments.get("users", [])
    given = arguments.get("channel")
    if given is not None:
        channel = world.workspace.channels.get(given)
    elif not wanted:
        raise Refusal("users_list_not_supplied")
    elif len(wanted) > 1:
        raise Refusal("invalid_arguments", "this sandbox opens direct messages with one person only")
    elif person(world, wanted[0]).is_deleted:
        raise Refusal("user_disabled")
    else:
        channel = world.workspace.im_with(wanted[0])
    if channel is None or not channel.is_im:
        raise Refusal("channel_not_found")
    return {"channel": describe(world, channel) if arguments.get("return_im") else {"id": channel.id}}


def _history(world: World, arguments: Arguments) -> Result:
    channel = channel_with_history(world, arguments["channel"])
    rows = [one for one in _between(world, channel, arguments) if one.thread_ts in {None, one.ts}]
    page, more = page_of(rows[::-1], arguments, default=100, most=999)
    shown = [_shown(world, one, arguments) for one in page]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"])} | more


def _replies(world: World, arguments: Arguments) -> Result:
    channel = channel_with_history(world, arguments["channel"])
    root = world.messages.public(channel.id, arguments["ts"])
    if root is None:
        raise Refusal("thread_not_found")
    rows = [one for one in _between(world, channel, arguments) if root.ts in {one.ts, one.thread_ts}]
    page, more = page_of(rows, arguments, default=1000, most=1000)
    shown = [_shown(world, one, arguments) for one in page]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"])} | more


def _between(world: World, channel: Channel, arguments: Arguments) -> list[Message]:
    oldest, latest = float(arguments.get("oldest", 0)), float(arguments.get("latest", "inf"))
    inclusive = arguments.get("inclusive", False)
    return [
        one
        for one in world.messages.in_channel(channel.id)
        if not one.is_ephemeral
        and (oldest < float(one.ts) < latest or (inclusive and float(one.ts) in {oldest, latest}))
    ]


def _shown(world: World, message: Message, arguments: Arguments) -> Result:
    record = message.as_slack(world.workspace.app, world.workspace.id) | world.messages.about_thread(message)
    if arguments.get("include_all_metadata") and message.content.metadata:
        record["metadata"] = message.content.metadata
    return record


def _set_topic(world: World, arguments: Arguments) -> Result:
    channel = world.workspace.channels.get(arguments["channel"])
    if channel is None:
        raise Refusal("channel_not_found")
    require_scope(world, _TOPIC_SCOPES[channel.kind])
    if world.workspace.app.user_id not in channel.members:
        raise Refusal("not_in_channel" if channel.kind == "public" else "channel_not_found")
    if channel.is_archived:
        raise Refusal("is_archived")
    if len(arguments["topic"]) > TOPIC_LIMIT:
        raise Refusal("too_long")
    names = {one.name: one.id for one in world.workspace.channels.values() if not one.is_im}
    _put_topic(world, channel, stored_topic(arguments["topic"], names))
    return {"channel": describe(world, channel)}


def _put_topic(world: World, channel: Channel, topic: str) -> None:
    """Set a topic and announce it in the channel (docs.slack.dev/reference/events/message/channel_topic).

    An unchanged topic is not announced.
    """
    if topic == channel.topic:
        return
    bot = world.workspace.app.user_id
    channel.topic, channel.topic_by, channel.topic_at = topic, bot, int(world.clock.now().timestamp())
    world.notices.send("topic", {"channel": channel.id, "topic": topic}, set(channel.members))
    content = Content(f"<@{bot}> set the channel topic: {topic}", topic=topic)
    world.messages.post(channel.id, bot, content, subtype="channel_topic")


_READING: Final = {
    "channel": "text",
    "cursor": "text",
    "limit": "number",
    "oldest": "ts",
    "latest": "ts",
    "inclusive": "flag",
    "include_all_metadata": "flag",
}

CONVERSATION_METHODS: Final = {
    "conversations.info": Method(
        _info,
        {"channel": "text", "include_locale": "flag", "include_num_members": "flag"},
        ("channel",),
        takes_json=False,
    ),
    "conversations.members": Method(
        _members, {"channel": "text", "cursor": "text", "limit": "number"}, ("channel",), takes_json=False
    ),
    "conversations.open": Method(
        run=_open,
        takes={"channel": "text", "users": "names", "return_im": "flag", "prevent_creation": "flag"},
        needs=(),
        scope="im:write",
    ),
    "conversations.history": Method(_history, _READING, ("channel",)),
    "conversations.replies": Method(_replies, {**_READING, "ts": "ts"}, ("channel", "ts"), takes_json=False),
    "conversations.setTopic": Method(_set_topic, {"channel": "text", "topic": "text"}, ("channel", "topic")),
}
