"""Messages: posted, shown to one person, found again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import NAMESPACE_URL, uuid5

import structlog

from bot.slack.api import SlackApi, SlackError, cursor_of, list_in, needed
from bot.slack.installation import Installation

log = structlog.get_logger(__name__)

SLACK_RESPONSE_URL: Final = "https://hooks.slack.com/"
# Where a message of ours is looked for: 1,000 messages, in pages of the size Slack recommends as the most.
HISTORY_MAX_PAGES: Final = 5
HISTORY_PAGE_SIZE: Final = 200
FIND_SECONDS: Final = 25.0


class Postable(Protocol):
    """A message as Slack takes it."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """The arguments of chat.postMessage that make up a message: `blocks` and `text`."""


@dataclass(frozen=True)
class MessageMetadata:
    """Metadata by which the bot finds a message of its own again; anybody in the workspace can read it.

    Source: docs.slack.dev/messaging/message-metadata
    """

    kind: str
    details: Mapping[str, str]

    @property
    def wire(self) -> dict[str, Any]:
        """The mark as Slack's methods take it and give it back."""
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
        once: str,
        thread: str | None = None,
        mark: MessageMetadata | None = None,
    ) -> str:
        """Post a message that everybody in the channel sees and return its address (`ts`).

        `once` names the occasion. Slack documents nothing for a second post of one name: what must come once carries a
        `mark`, and is looked for before it is posted again. Raises SlackError.
        """
        answer = await self.calls.call(
            "chat.postMessage",
            channel=channel,
            thread_ts=thread,
            client_msg_id=str(uuid5(NAMESPACE_URL, f"{channel} {once}")),
            unfurl_links=False,
            unfurl_media=False,
            metadata=mark.wire if mark else None,
            **message.payload,
        )
        return needed("chat.postMessage", answer, "ts", kind=str)

    async def find(self, channel: str, mark: MessageMetadata, since: datetime) -> str | None:
        """Find a message of ours by its mark among the newest of a channel, threads excluded; raises SlackError.

        Needs channels:history or groups:history. Source: docs.slack.dev/reference/methods/conversations.history
        """
        cursor = None
        try:
            async with asyncio.timeout(FIND_SECONDS):
                for _ in range(HISTORY_MAX_PAGES):
                    page = await self._history(channel, since, cursor)
                    for message in list_in("conversations.history", page, "messages", kind=dict):
                        if self._is_ours(message, mark):
                            return needed("conversations.history", message, "ts", kind=str)
                    cursor = cursor_of(page)
                    if not cursor:
                        break
        except TimeoutError:
            raise SlackError("conversations.history", "TimeoutError") from None
        return None

    async def marks_in_thread(self, channel: str, thread: str, kind: str) -> list[Mapping[str, Any]]:
        """List what our own messages in a thread carry as a mark of a kind; raises SlackError."""
        told = (_mark_of(message) for message in await self.replies(channel, thread))
        return [one["event_payload"] for one in told if one["event_type"] == kind]

    async def replies(self, channel: str, thread: str) -> list[Mapping[str, Any]]:
        """Read our own messages in a thread, the first 200; needs channels:history or groups:history.

        Source: docs.slack.dev/reference/methods/conversations.replies
        """
        answer = await self.calls.call(
            "conversations.replies", channel=channel, ts=thread, limit=HISTORY_PAGE_SIZE, include_all_metadata=True
        )
        replies = list_in("conversations.replies", answer, "messages", kind=dict)
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
        """Return the address of a message, empty where Slack gives none, as in a private channel without the bot.

        Hundreds of calls a minute, and no scope. Source: docs.slack.dev/reference/methods/chat.getPermalink
        """
        try:
            answer = await self.calls.call("chat.getPermalink", channel=channel, message_ts=ts)
            address: str = needed("chat.getPermalink", answer, "permalink", kind=str)
        except SlackError as refusal:
            log.info("slack.permalink.none", code=refusal.code)
            return ""
        return address

    def _is_ours(self, message: Mapping[str, Any], mark: MessageMetadata) -> bool:
        return message.get("bot_id") == self.installation.bot_id and _mark_of(message) == mark.wire

    async def whisper(self, channel: str, user_id: str, message: Postable, *, thread: str | None = None) -> None:
        """Show a message to one person in a channel; raises SlackError."""
        await self.calls.call("chat.postEphemeral", channel=channel, user=user_id, thread_ts=thread, **message.payload)

    async def respond(self, url: str, message: Postable, *, replace: bool = False, in_channel: bool = False) -> None:
        """Answer a command or a press through its response_url, five times within 30 minutes; raises SlackError.

        Only addresses of Slack are answered, and no redirect is followed: the address came with the request.
        Source: docs.slack.dev/interactivity/handling-user-interaction
        """
        if not url.startswith(self._response_urls):
            raise SlackError("response_url", "not_an_address_of_slack")
        body = {
            **message.payload,
            "replace_original": replace,
            "response_type": "in_channel" if in_channel else "ephemeral",
        }
        await self.calls.respond(url, body)


def _mark_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Give the mark a message carries, an empty one where it has none."""
    told = message.get("metadata")
    metadata = told if isinstance(told, dict) else {}
    details = metadata.get("event_payload")
    return {"event_type": metadata.get("event_type"), "event_payload": details if isinstance(details, dict) else {}}
