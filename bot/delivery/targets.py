"""Targets of posts: a message with its thread, or an image in a thread."""

from datetime import datetime
from typing import Protocol, TypeVar

import structlog

from bot.delivery.model import PostedAt
from bot.delivery.outbox import ThreadOutbox
from bot.messages import Message, PostedMessage
from bot.slack.workspace import MessageMetadata, Picture, Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

C_contra = TypeVar("C_contra", contravariant=True)


class Target(Protocol[C_contra]):
    """Sends content, searches for it, and completes it; `send` and `find` raise SlackError."""

    async def send(self, channel: str, content: C_contra, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Send the content with metadata, and return its `ts`."""

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Return the `ts` of the message that an earlier attempt may have sent."""

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Complete sent content; `is_first` when there was no earlier attempt. Never raises."""


def post_name(key: PostingKey) -> str:
    """Name a post for Slack and the log; correctness does not depend on how Slack uses it."""
    return " ".join(part for part in (key.kind, key.subject, key.team, str(key.local_date)) if part)


class ChannelMessage:
    """A message that is found by its metadata; its continuation follows in the thread."""

    def __init__(self, workspace: Workspace, threads: ThreadOutbox | None = None) -> None:
        self._workspace = workspace
        self._threads = threads

    async def send(self, channel: str, content: PostedMessage, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Store the thread, then post the first message."""
        if self._threads is not None:
            try:
                await self._threads.store(key, content.thread)
            except DatabaseUnavailable as error:
                # The first message is posted even without its thread.
                log.error("thread.not_stored", once=post_name(key), why=str(error))  # noqa: TRY400 - the driver's text suffices
        return await self._workspace.post(channel, content.first, once=post_name(key), metadata=metadata)

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Search the newest messages of the channel."""
        return await self._workspace.find(channel, metadata, since)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Post the continuation in the thread."""
        if self._threads is None:
            return
        try:
            await self._threads.finish(key, posted, is_first=is_first)
        except DatabaseUnavailable as error:
            log.warning("thread.postponed", once=post_name(key), why=str(error))


class ThreadMessage:
    """A message in a thread that is found there by its metadata."""

    def __init__(self, workspace: Workspace, *, thread: str) -> None:
        self._workspace = workspace
        self._thread = thread

    async def send(self, channel: str, content: Message, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Post the message in the thread, and not in the channel."""
        return await self._workspace.reply(channel, self._thread, content, once=post_name(key), metadata=metadata)

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Search the thread."""
        return await self._workspace.find_in_thread(channel, self._thread, metadata, since=since)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Do nothing: such a message has no continuation."""


class ThreadImage:
    """An image in a thread that is found by its file name: Slack does not deduplicate uploads."""

    def __init__(self, workspace: Workspace, *, thread: str, filename: str) -> None:
        self._workspace = workspace
        self._thread = thread
        self._filename = filename

    async def send(self, channel: str, content: Picture | None, *, key: PostingKey, metadata: MessageMetadata) -> str:  # noqa: ARG002 - part of the protocol
        """Upload the image; None where the message shows it already."""
        if content is None:
            return self._thread
        return await self._workspace.upload(channel, content, thread=self._thread)

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:  # noqa: ARG002 - part of the protocol
        """Search the thread for the file."""
        return await self._workspace.find_picture(channel, self._thread, self._filename)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Do nothing: an image has no continuation."""
