"""Messages: posted to a channel, shown to one person, and found again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import NAMESPACE_URL, uuid5

import structlog

from bot.slack.api import SlackApi, SlackError, list_field, next_cursor, required_field
from bot.slack.installation import Installation

log = structlog.get_logger(__name__)

SLACK_RESPONSE_URL: Final = "https://hooks.slack.com/"
# A search for the bot's message reads 1,000 messages, in pages of the largest size Slack recommends.
HISTORY_MAX_PAGES: Final = 5
HISTORY_PAGE_SIZE: Final = 200
FIND_TIMEOUT: Final = 25.0
# Slack's code, of conversations.replies, for a thread whose root is not there.
THREAD_GONE: Final = "thread_not_found"


class Postable(Protocol):
    """A message in Slack's form."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """The arguments of chat.postMessage that make up a message: `blocks`, `text` and `attachments`."""


@dataclass(frozen=True)
class MessageMetadata:
    """Metadata by which the bot finds its own message again; everybody in the workspace can read it.

    Source: docs.slack.dev/messaging/message-metadata
    """

    kind: str
    details: Mapping[str, str]

    @property
    def wire(self) -> dict[str, Any]:
        """The metadata as Slack's methods take and return it."""
        return {"event_type": self.kind, "event_payload": dict(self.details)}


class Posts:
    """Messages; every method raises SlackError."""

    def __init__(self, calls: SlackApi, installation: Installation, *, response_urls: tuple[str, ...] = ()) -> None:
        self.calls = calls
        self.installation = installation
        self._response_urls = (SLACK_RESPONSE_URL, *response_urls)

    async def post(
        self,
        channel: str,
        message: Postable,
        *,
        once: str | None,
        thread: str | None = None,
        metadata: MessageMetadata | None = None,
    ) -> str:
        """Post a message that everybody in the channel sees and return its `ts`.

        `once` identifies the message, None for one that only its metadata identifies. Slack documents no deduplication
        of posts with the same id: a message that must come once carries `metadata`, and is searched for before it is
        posted again. Raises SlackError.
        """
        arguments = self._arguments(channel, message, once=once, thread=thread, metadata=metadata)
        response = await self.calls.call("chat.postMessage", **arguments)
        return required_field("chat.postMessage", response, "ts", kind=str)

    async def post_directly(self, user_id: str, message: Postable, *, once: str) -> tuple[str, str]:
        """Post a direct message; return the id of that conversation, and the message's `ts`. Raises SlackError."""
        arguments = self._arguments(user_id, message, once=once, thread=None, metadata=None)
        response = await self.calls.call("chat.postMessage", **arguments)
        channel, ts = (required_field("chat.postMessage", response, name, kind=str) for name in ("channel", "ts"))
        return channel, ts

    def _arguments(
        self,
        channel: str,
        message: Postable,
        *,
        once: str | None,
        thread: str | None,
        metadata: MessageMetadata | None,
    ) -> dict[str, Any]:
        return {
            "channel": channel,
            "thread_ts": thread,
            "client_msg_id": str(uuid5(NAMESPACE_URL, f"{channel} {once}")) if once is not None else None,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": metadata.wire if metadata else None,
            **message.payload,
        }

    async def reply(
        self, channel: str, thread: str, message: Postable, *, once: str, metadata: MessageMetadata | None = None
    ) -> str:
        """Post a message in a thread and nowhere else, and return its `ts`; raises SlackError.

        Where the root of the thread was deleted Slack posts to the channel itself, and only the answer tells
        (github.com/slack-go/slack/issues/1571): the message is deleted at once then, and the code is THREAD_GONE.
        """
        arguments = self._arguments(channel, message, once=once, thread=thread, metadata=metadata)
        response = await self.calls.call("chat.postMessage", **arguments)
        ts: str = required_field("chat.postMessage", response, "ts", kind=str)
        shown = response.get("message")
        if not isinstance(shown, dict) or shown.get("thread_ts") == thread:
            return ts
        log.warning("slack.reply_without_thread", channel=channel, thread=thread)
        try:
            await self.calls.call("chat.delete", channel=channel, ts=ts)
        except SlackError as refusal:
            log.warning("slack.reply_not_deleted", channel=channel, ts=ts, code=refusal.code)
        raise SlackError("chat.postMessage", THREAD_GONE)

    async def is_there(self, channel: str, ts: str) -> bool:
        """Whether a message is there; true as well where Slack does not tell.

        Hundreds of calls a minute, and no scope. Source: docs.slack.dev/reference/methods/chat.getPermalink
        """
        try:
            await self.calls.call("chat.getPermalink", channel=channel, message_ts=ts)
        except SlackError as refusal:
            return refusal.code != "message_not_found"
        return True

    async def update(self, channel: str, ts: str, message: Postable) -> None:
        """Replace the contents of the bot's own message, whose metadata stays; raises SlackError.

        Slack keeps the attachments that an update does not name. Source: docs.slack.dev/reference/methods/chat.update
        """
        await self.calls.call("chat.update", channel=channel, ts=ts, **{"attachments": [], **message.payload})

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Find the bot's message by its metadata among the newest of a channel, without threads; raises SlackError.

        Needs channels:history or groups:history. Source: docs.slack.dev/reference/methods/conversations.history
        """
        cursor = None
        try:
            async with asyncio.timeout(FIND_TIMEOUT):
                for _ in range(HISTORY_MAX_PAGES):
                    page = await self._history(channel, since, cursor)
                    for message in list_field("conversations.history", page, "messages", kind=dict):
                        if self._is_own(message, metadata):
                            return required_field("conversations.history", message, "ts", kind=str)
                    cursor = next_cursor(page)
                    if not cursor:
                        break
        except TimeoutError:
            raise SlackError("conversations.history", "TimeoutError") from None
        return None

    async def find_in_thread(
        self, channel: str, thread: str, metadata: MessageMetadata, *, since: datetime
    ) -> str | None:
        """Find the bot's message by its metadata among the replies in a thread, 1,000 at most; raises SlackError.

        Needs channels:history or groups:history. Source: docs.slack.dev/reference/methods/conversations.replies
        """
        cursor = None
        for _ in range(HISTORY_MAX_PAGES):
            page = await self.calls.call(
                "conversations.replies",
                channel=channel,
                ts=thread,
                oldest=f"{since.timestamp():.6f}",
                limit=HISTORY_PAGE_SIZE,
                include_all_metadata=True,
                cursor=cursor,
            )
            for message in list_field("conversations.replies", page, "messages", kind=dict):
                if self._is_own(message, metadata):
                    return required_field("conversations.replies", message, "ts", kind=str)
            cursor = next_cursor(page)
            if not cursor:
                break
        return None

    async def metadata_in_thread(self, channel: str, thread: str, kind: str) -> list[Mapping[str, Any]]:
        """List the metadata of one kind on the bot's own messages in a thread; raises SlackError."""
        found = (_metadata_of(message) for message in await self.replies(channel, thread))
        return [one["event_payload"] for one in found if one["event_type"] == kind]

    async def replies(self, channel: str, thread: str) -> list[Mapping[str, Any]]:
        """Read the bot's own messages in a thread, the first 200; needs channels:history or groups:history.

        Source: docs.slack.dev/reference/methods/conversations.replies
        """
        response = await self.calls.call(
            "conversations.replies", channel=channel, ts=thread, limit=HISTORY_PAGE_SIZE, include_all_metadata=True
        )
        replies = list_field("conversations.replies", response, "messages", kind=dict)
        return [one for one in replies if one.get("bot_id") == self.installation.bot_id]

    async def _history(self, channel: str, since: datetime, cursor: str | None) -> Mapping[str, Any]:
        return await self.calls.call(
            "conversations.history",
            channel=channel,
            oldest=f"{since.timestamp():.6f}",
            limit=HISTORY_PAGE_SIZE,
            include_all_metadata=True,
            cursor=cursor,
        )

    async def permalink(self, channel: str, ts: str) -> str:
        """Return the URL of a message, empty where Slack has none, as in a private channel without the bot.

        Hundreds of calls a minute, and no scope. Source: docs.slack.dev/reference/methods/chat.getPermalink
        """
        try:
            response = await self.calls.call("chat.getPermalink", channel=channel, message_ts=ts)
            url: str = required_field("chat.getPermalink", response, "permalink", kind=str)
        except SlackError as refusal:
            log.info("slack.permalink.none", code=refusal.code)
            return ""
        return url

    def _is_own(self, message: Mapping[str, Any], metadata: MessageMetadata) -> bool:
        return message.get("bot_id") == self.installation.bot_id and _metadata_of(message) == metadata.wire

    async def post_ephemeral(self, channel: str, user_id: str, message: Postable, *, thread: str | None = None) -> None:
        """Show a message to one person in a channel; raises SlackError."""
        await self.calls.call("chat.postEphemeral", channel=channel, user=user_id, thread_ts=thread, **message.payload)

    async def respond(self, url: str, message: Postable, *, replace: bool = False, in_channel: bool = False) -> None:
        """Respond to a command or a press through its response_url, five times within 30 minutes; raises SlackError.

        Only URLs of Slack's are called, and no redirect is followed: the URL came with the request.
        Source: docs.slack.dev/interactivity/handling-user-interaction
        """
        if not url.startswith(self._response_urls):
            raise SlackError("response_url", "not_an_address_of_slack")
        body = {
            # Slack keeps the attachments that an update does not name (docs.slack.dev/reference/methods/chat.update).
            **({"attachments": []} if replace else {}),
            **message.payload,
            "replace_original": replace,
            "response_type": "in_channel" if in_channel else "ephemeral",
            "unfurl_links": False,
            "unfurl_media": False,
        }
        await self.calls.respond(url, body)


def _metadata_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a message, empty where it has none."""
    value = message.get("metadata")
    metadata = value if isinstance(value, dict) else {}
    details = metadata.get("event_payload")
    return {"event_type": metadata.get("event_type"), "event_payload": details if isinstance(details, dict) else {}}
