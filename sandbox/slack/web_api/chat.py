"""chat.*: messages of the bot (docs.slack.dev/reference/methods/chat.postMessage and related pages)."""

from typing import Final

from sandbox.slack.conversation.contents import content_of, updated_content
from sandbox.slack.conversation.messages import Message
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.method import Arguments, Method, Result, channel_to_write, require_scope, thread_of
from sandbox.slack.workspace import Channel
from sandbox.slack.world import World

_CONTENT: Final = {
    "channel": "text",
    "text": "text",
    "markdown_text": "text",
    "blocks": "blocks",
    "attachments": "objects",
    "as_user": "flag",
    "link_names": "flag",
    "parse": "text",
}
_LOOK: Final = {"thread_ts": "ts", "username": "text", "icon_emoji": "text", "icon_url": "text"}
_POST: Final = {
    **_CONTENT,
    **_LOOK,
    "metadata": "object",
    "client_msg_id": "text",
    "mrkdwn": "flag",
    "reply_broadcast": "flag",
    "unfurl_links": "flag",
    "unfurl_media": "flag",
}


def _post_message(world: World, arguments: Arguments) -> Result:
    channel = channel_to_write(world, arguments["channel"])
    seconds = world.tiers.wait_for_channel(channel.id)
    if seconds:
        raise Refusal("rate_limited", status=429, headers={"Retry-After": str(seconds)})
    _check_look(world, arguments)
    content = content_of(arguments)
    world.uploads.refuse_unusable(content)
    thread_ts = _thread_to_post_in(world, channel, arguments)
    client_id = arguments.get("client_msg_id") if world.honours_client_msg_id else None
    known = world.messages.with_client_id(channel.id, client_id) if client_id else None
    message = known or world.messages.post(
        channel.id,
        world.workspace.app.user_id,
        content,
        thread_ts=thread_ts,
        client_msg_id=arguments.get("client_msg_id"),
    )
    return {"channel": channel.id, "ts": message.ts, "message": _shown(world, message)}


def _thread_to_post_in(world: World, channel: Channel, arguments: Arguments) -> str | None:
    """Find the thread of a reply; where its root was deleted Slack posts to the channel itself, and says so nowhere.

    Only the answer's message without a `thread_ts` tells (github.com/slack-go/slack/issues/1571).
    """
    thread_ts = arguments.get("thread_ts")
    if thread_ts is not None and world.messages.public(channel.id, thread_ts) is None:
        return None
    return thread_of(world, channel, arguments)


def _post_ephemeral(world: World, arguments: Arguments) -> Result:
    channel = channel_to_write(world, arguments["channel"])
    _check_look(world, arguments)
    if arguments["user"] not in world.workspace.people:
        raise Refusal("user_not_found")
    if arguments["user"] not in channel.members:
        raise Refusal("user_not_in_channel")
    content = content_of(arguments)
    world.uploads.refuse_unusable(content)
    thread_ts = thread_of(world, channel, arguments)
    if thread_ts is not None and not world.messages.is_active_thread(channel.id, thread_ts):
        # Slack returns ok and shows it to nobody.
        return {"message_ts": world.messages.next_ts()}
    message = world.messages.post(
        channel.id, world.workspace.app.user_id, content, thread_ts=thread_ts, audience=arguments["user"]
    )
    return {"message_ts": message.ts}


def _update(world: World, arguments: Arguments) -> Result:
    message = _own(world, arguments, "cant_update_message")
    _check_edit_window(world, message)
    content = updated_content(arguments, message.content)
    world.uploads.refuse_unusable(content)
    world.messages.rewrite(message, content)
    return {"channel": message.channel, "ts": message.ts, "text": content.text, "message": _shown(world, message)}


def _delete(world: World, arguments: Arguments) -> Result:
    message = _own(world, arguments, "cant_delete_message")
    world.messages.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(world: World, arguments: Arguments) -> Result:
    """Return a message's permalink (docs.slack.dev/reference/methods/chat.getPermalink); a reply's has its thread."""
    channel = world.workspace.channels.get(arguments["channel"])
    if channel is None or (channel.kind != "public" and world.workspace.app.user_id not in channel.members):
        raise Refusal("channel_not_found")
    message = world.messages.public(channel.id, arguments["message_ts"])
    if message is None:
        raise Refusal("message_not_found")
    address = f"https://{world.workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    is_reply = message.thread_ts not in {None, message.ts}
    return {
        "channel": channel.id,
        "permalink": f"{address}?thread_ts={message.thread_ts}&cid={channel.id}" if is_reply else address,
    }


def _own(world: World, arguments: Arguments, error: str) -> Message:
    channel = world.workspace.channels.get(arguments["channel"])
    if channel is None or (channel.kind != "public" and world.workspace.app.user_id not in channel.members):
        raise Refusal("channel_not_found")
    # Without membership only a scope lets an app write in a public channel; the page is silent about edits.
    if world.workspace.app.user_id not in channel.members and "chat:write.public" not in world.workspace.app.scopes:
        raise Refusal("not_in_channel")
    message = world.messages.public(channel.id, arguments["ts"])
    if message is None or message.is_tombstone:
        raise Refusal("message_not_found")
    # System messages in the bot's name cannot be changed by the bot.
    if message.author != world.workspace.app.user_id or message.subtype is not None:
        raise Refusal(error)
    if channel.is_archived:
        raise Refusal("is_inactive")
    return message


def _check_edit_window(world: World, message: Message) -> None:
    """Refuse an edit that the workspace's setting for edits forbids (docs.slack.dev/reference/methods/chat.update)."""
    window = world.workspace.edit_window
    if window is not None and world.clock.now().timestamp() - float(message.ts) > window.total_seconds():
        raise Refusal("edit_window_closed")


def _check_look(world: World, arguments: Arguments) -> None:
    if arguments.get("as_user"):
        raise Refusal("as_user_not_supported")
    changed = [name for name in ("username", "icon_emoji", "icon_url") if name in arguments]
    if changed:
        require_scope(world, "chat:write.customize")
    if arguments.get("parse", "none") not in {"none", "full"}:
        raise Refusal("invalid_arguments", "parse is none or full")


def _shown(world: World, message: Message) -> Result:
    return message.as_slack(world.workspace.app, world.workspace.id)


CHAT_METHODS: Final = {
    "chat.postMessage": Method(run=_post_message, takes=_POST, needs=("channel",), scope="chat:write"),
    "chat.postEphemeral": Method(
        run=_post_ephemeral,
        takes={**_CONTENT, **_LOOK, "user": "text", "metadata": "object"},
        needs=("channel", "user"),
        scope="chat:write",
    ),
    "chat.update": Method(
        run=_update,
        takes={**_CONTENT, "ts": "ts", "file_ids": "names", "reply_broadcast": "flag", "metadata": "object"},
        needs=("channel", "ts"),
        scope="chat:write",
    ),
    "chat.getPermalink": Method(
        _permalink, {"channel": "text", "message_ts": "ts"}, ("channel", "message_ts"), takes_json=False
    ),
    "chat.delete": Method(
        run=_delete,
        takes={"channel": "text", "ts": "ts", "as_user": "flag"},
        needs=("channel", "ts"),
        scope="chat:write",
    ),
}
