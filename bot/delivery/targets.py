"""How a content comes into a channel once: a message with its thread, or an image in a thread."""

from datetime import datetime
from typing import Protocol, TypeVar

import structlog

from bot.delivery.model import PostedAt
from bot.delivery.outbox import ThreadOutbox
from bot.messages import PostedMessage
from bot.slack.workspace import MessageMetadata, Picture, Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

C_contra = TypeVar("C_contra", contravariant=True)


class Target(Protocol[C_contra]):
    """How a content is sent, found again, and finished; `send` and `find` raise SlackError."""

    async def send(self, channel: str, content: C_contra, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Send it under its row's name and with metadata, and return its `ts`."""

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Return the `ts` of what an earlier attempt may have sent."""

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Do what the content stands without; `is_first` when no earlier attempt can have begun. Never raises."""


def once(key: PostingKey) -> str:
    """Name a post for Slack and the log; nothing rests on what Slack makes of it."""
    return " ".join(part for part in (key.kind, key.subject, key.team, str(key.local_date)) if part)


class ChannelMessage:
    """A message, found by its metadata; what did not fit follows in its thread."""

    def __init__(self, workspace: Workspace, threads: ThreadOutbox | None = None) -> None:
        self._workspace = workspace
        self._threads = threads

    async def send(self, channel: str, content: PostedMessage, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Store the thread, then post the first message."""
        if self._threads is not None:
            try:
                await self._threads.keep(key, content.thread)
            except DatabaseUnavailable as error:
                # The first message is worth more than its thread.
                log.error("thread.not_stored", once=once(key), why=str(error))  # noqa: TRY400 - the driver's words
        return await self._workspace.post(channel, content.first, once=once(key), metadata=metadata)

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Look through the newest messages of the channel."""
        return await self._workspace.find(channel, metadata, since)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Post what did not fit into the thread; the first message stands without it."""
        if self._threads is None:
            return
        try:
            await self._threads.finish(key, posted, is_first=is_first)
        except DatabaseUnavailable as error:
            log.warning("thread.postponed", once=once(key), why=str(error))


class ThreadImage:
    """An image under a message, found by its file name: Slack knows no second upload by a name."""

    def __init__(self, workspace: Workspace, *, thread: str, filename: str) -> None:
        self._workspace = workspace
        self._thread = thread
        self._filename = filename

    async def send(self, channel: str, content: Picture, *, key: PostingKey, metadata: MessageMetadata) -> str:  # noqa: ARG002 - the protocol's
        """Upload it."""
        return await self._workspace.upload(channel, content, thread=self._thread)

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:  # noqa: ARG002 - the protocol's
        """Look for the file in the thread."""
        return await self._workspace.find_picture(channel, self._thread, self._filename)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Leave it at that."""
