"""The messages of each conversation, and their visibility."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sandbox.clock import Clock
from sandbox.slack.block_kit.mrkdwn import mentions
from sandbox.slack.notices import Notices
from sandbox.slack.workspace import App, Workspace

Blocks = list[dict[str, Any]]

# What stays of a root that was deleted while its thread has replies (docs.slack.dev/reference/events/message,
# github.com/slack-edge/slack-edge/pull/10).
TOMBSTONE: Final = "tombstone"
_DELETED: Final = "This message was deleted."
_SLACKBOT: Final = "USLACKBOT"
_REPLY_USERS: Final = 5


@dataclass(frozen=True)
class Content:
    """The content of a message; `text` is mrkdwn."""

    text: str
    blocks: Blocks = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    topic: str | None = None

    @property
    def as_shown(self) -> dict[str, Any]:
        """Return the blocks and attachments under their names in Slack's record."""
        return {"blocks": self.blocks, "attachments": self.attachments}


@dataclass
class Message:
    """A message in a conversation; `audience` is the recipient of an ephemeral message."""

    channel: str
    ts: str
    author: str
    content: Content
    thread_ts: str | None = None
    audience: str | None = None
    client_msg_id: str | None = None
    edited: dict[str, str] | None = None
    subtype: str | None = None
    # Selections in the message's controls, by person: block_id → action_id → state.
    selections: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        """Return whether it is ephemeral."""
        return self.audience is not None

    @property
    def is_tombstone(self) -> bool:
        """Return whether it stands for a root that was deleted."""
        return self.subtype == TOMBSTONE

    def as_slack(self, app: App, team_id: str) -> dict[str, Any]:
        """Return the record of the Web API (docs.slack.dev/reference/events/message)."""
        record: dict[str, Any] = {
            "type": "message",
            "user": self.author,
            "ts": self.ts,
            "team": team_id,
            "text": self.content.text,
        }
        if self.author == app.user_id:
            record |= {"bot_id": app.bot_id, "app_id": app.id, "bot_profile": bot_profile(app, team_id)}
        optional = {
            "subtype": self.subtype,
            "blocks": self.content.blocks,
            "attachments": self.content.attachments,
            "files": self.content.files,
            "topic": self.content.topic,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "client_msg_id": self.client_msg_id,
            "hidden": self.is_tombstone,
        }
        return record | {name: value for name, value in optional.items() if value}


def bot_profile(app: App, team_id: str) -> dict[str, Any]:
    """Return the bot profile that Slack attaches to messages."""
    return {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.user_id,
        "name": app.name,
        "icons": {},
        "deleted": False,
        "updated": 1767225600,
        "team_id": team_id,
    }


def with_block_ids(blocks: Blocks) -> Blocks:
    """Add missing block ids, as Slack does: random, unique in the message."""
    return [block if block.get("block_id") else {**block, "block_id": secrets.token_urlsafe(4)} for block in blocks]


def all_blocks(message: Mapping[str, Any]) -> Blocks:
    """Return the blocks of a message as it is shown: its own, and those of its attachments."""
    own = [message.get("blocks") or [], *(one.get("blocks") or [] for one in message.get("attachments") or [])]
    return [block for blocks in own for block in blocks]


def _stored(content: Content) -> Content:
    """Return a content with the ids that Slack adds: of blocks, and of attachments, counted from 1."""
    attachments = [
        {"id": number, **one, **({"blocks": with_block_ids(one["blocks"])} if "blocks" in one else {})}
        for number, one in enumerate(content.attachments, 1)
    ]
    return replace(content, blocks=with_block_ids(content.blocks), attachments=attachments)


class Messages:
    """All messages."""

    def __init__(self, workspace: Workspace, clock: Clock, notices: Notices) -> None:
        self._workspace = workspace
        self._clock = clock
        self._notices = notices
        self._held: dict[str, dict[str, Message]] = defaultdict(dict)
        self._last_tick = 0
        self._by_client_id: dict[tuple[str, str], Message] = {}
        self.on_post: Callable[[Message], None] = lambda _: None

    def next_ts(self) -> str:
        """Return an unused ts: microseconds of the pretend time, strictly increasing."""
        now = int(self._clock.now().timestamp() * 1_000_000)
        self._last_tick = max(now, self._last_tick + 1)
        return f"{self._last_tick // 1_000_000}.{self._last_tick % 1_000_000:06d}"

    def post(
        self,
        channel: str,
        author: str,
        content: Content,
        *,
        thread_ts: str | None = None,
        audience: str | None = None,
        client_msg_id: str | None = None,
        subtype: str | None = None,
    ) -> Message:
        """Post a message; with an audience it is ephemeral."""
        ready = _stored(content)
        message = Message(
            channel=channel,
            ts=self.next_ts(),
            author=author,
            content=ready,
            thread_ts=thread_ts,
            audience=audience,
            client_msg_id=client_msg_id,
            edited=None,
            subtype=subtype,
        )
        self._held[channel][message.ts] = message
        root = self._held[channel].get(thread_ts or "")
        if root is not None and audience is None:
            # Slack sets thread_ts of a root once there is a reply.
            root.thread_ts = root.ts
        if client_msg_id is not None:
            self._by_client_id[(channel, client_msg_id)] = message
        self._notify("message", message)
        self.on_post(message)
        return message

    def with_client_id(self, channel: str, client_msg_id: str) -> Message | None:
        """Find the first message with a client_msg_id."""
        return self._by_client_id.get((channel, client_msg_id))

    def find(self, channel: str, ts: str) -> Message | None:
        """Find a message, ephemeral ones included."""
        return self._held[channel].get(ts)

    def public(self, channel: str, ts: str) -> Message | None:
        """Find a public message."""
        message = self.find(channel, ts)
        return None if message is None or message.is_ephemeral else message

    def is_active_thread(self, channel: str, ts: str) -> bool:
        """Return whether a thread has a public reply."""
        root = self.public(channel, ts)
        return root is not None and root.thread_ts == root.ts

    def rewrite(self, message: Message, content: Content) -> None:
        """Replace the content of a message."""
        message.content = _stored(content)
        message.selections.clear()
        # An update with blocks shows no "(edited)" (docs.slack.dev/reference/methods/chat.update).
        if not message.is_ephemeral and not content.blocks:
            message.edited = {"user": message.author, "ts": self.next_ts()}
        self._notify("update", message)

    def delete(self, message: Message) -> None:
        """Delete a message; a root with replies becomes a tombstone, which goes with the last of them."""
        if self.replies(message):
            message.author, message.subtype, message.content = _SLACKBOT, TOMBSTONE, Content(_DELETED)
            message.edited = message.client_msg_id = None
            self._notify("update", message)
            return
        del self._held[message.channel][message.ts]
        self._notify("delete", message)
        root = self._held[message.channel].get(message.thread_ts or "")
        if root is not None and not self.replies(root):
            root.thread_ts = None
            if root.is_tombstone:
                self.delete(root)

    def replies(self, root: Message) -> list[Message]:
        """Return the public replies in the thread of a root, in order."""
        rows = self._held[root.channel].values()
        return [one for one in rows if one.thread_ts == root.ts != one.ts and not one.is_ephemeral]

    def about_thread(self, message: Message) -> dict[str, Any]:
        """Return what Slack adds to a root with replies, and to a reply, where messages are read.

        docs.slack.dev/messaging/retrieving-messages
        """
        root = self._held[message.channel].get(message.thread_ts or "")
        if message.is_ephemeral or message.thread_ts is None or root is None:
            return {}
        if root is not message:
            return {"parent_user_id": root.author}
        replies = self.replies(root)
        users = list(dict.fromkeys(one.author for one in replies))
        if not replies:
            return {}
        return {
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "reply_users": users[:_REPLY_USERS],
            "is_locked": False,
            "subscribed": False,
        }

    def in_channel(self, channel: str) -> Iterator[Message]:
        """Iterate over a channel's messages in order, ephemeral ones included."""
        return iter(list(self._held[channel].values()))

    def seen_by(self, user_id: str, channel: str) -> list[dict[str, Any]]:
        """Return the messages that a person sees in a channel; empty for a non-member."""
        if not self._workspace.is_member(user_id, channel):
            return []
        return [self.as_seen(one) for one in self.in_channel(channel) if one.audience in {None, user_id}]

    def as_seen(self, message: Message) -> dict[str, Any]:
        """Return a message as the page and tests read it."""
        app = self._workspace.app
        person = self._workspace.people.get(message.author)
        content = message.content
        # Authors are not notified of their own messages.
        called = mentions(content.text, [*content.blocks, *content.attachments])
        return {
            **message.as_slack(app, self._workspace.id),
            **self.about_thread(message),
            "channel": message.channel,
            "thread_ts": message.thread_ts,
            "name": "Slackbot" if message.is_tombstone else person.real_name if person else app.name,
            "is_bot": message.author == app.user_id,
            "blocks": content.blocks,
            "ephemeral": message.is_ephemeral,
            "edited": message.edited,
            "client_msg_id": message.client_msg_id,
            "metadata": content.metadata,
            "mentions": [one for one in called if one != message.author],
        }

    def _notify(self, kind: str, message: Message) -> None:
        members = self._workspace.channels[message.channel].members
        only = {message.audience} if message.audience else set(members)
        self._notices.send(kind, {"channel": message.channel, "ts": message.ts, "user": message.author}, only)
