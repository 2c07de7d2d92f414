"""The ways something of ours comes into a channel once: a message with its thread, or a picture in a thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import structlog

from bot.delivery.outbox import ThreadOutbox
from bot.messages import PostedMessage
from bot.slack.workspace import MessageMetadata, Picture, Workspace
from bot.storage.postings import DatabaseUnavailable, PostingKey

log = structlog.get_logger(__name__)

C_contra = TypeVar("C_contra", contravariant=True)


class Target(Protocol[C_contra]):
    """How a content is sent, found again, and finished; `send` and `find` raise SlackUnwilling."""

    async def send(self, channel: str, content: C_contra, key: PostingKey, mark: MessageMetadata) -> str:
        """Send it under its row's name and with a mark, and give its address."""

    async def find(self, channel: str, mark: MessageMetadata, since: datetime) -> str | None:
        """Give the address of what an earlier attempt may have sent."""

    async def finish(self, channel: str, address: str, key: PostingKey, *, is_first: bool) -> None:
        """Do what the content stands without; `is_first` when nobody can have begun. Never raises."""


def once(key: PostingKey) -> str:
    """Name an occasion for Slack and the log; nothing rests on what Slack makes of it."""
    return f"{key.kind} {key.team} {key.local_date}"


@dataclass(frozen=True)
class ChannelMessage:
    """A message, found by its mark; what did not fit follows in its thread."""

    workspace: Workspace
    threads: ThreadOutbox | None = None

    async def send(self, channel: str, content: PostedMessage, key: PostingKey, mark: MessageMetadata) -> str:
        """Keep the thread, then post the first message."""
        if self.threads is not None:
            try:
                await self.threads.keep(key, content.thread)
            except DatabaseUnavailable as error:
                # The first message is worth more than its thread.
                log.error("thread not kept", once=once(key), why=str(error))  # noqa: TRY400 - the driver's words
        return await self.workspace.post(channel, content.first, once=once(key), mark=mark)

    async def find(self, channel: str, mark: MessageMetadata, since: datetime) -> str | None:
        """Look through the newest messages of the channel."""
        return await self.workspace.find(channel, mark, since)

    async def finish(self, channel: str, address: str, key: PostingKey, *, is_first: bool) -> None:
        """Post what did not fit into the thread; the first message stands without it."""
        if self.threads is None:
            return
        try:
            await self.threads.finish(key, channel, address, is_first=is_first)
        except DatabaseUnavailable as error:
            log.warning("thread left for later", once=once(key), why=str(error))


@dataclass(frozen=True)
class ThreadImage:
    """A picture under a message, found by its file name: Slack knows no second upload by a name."""

    workspace: Workspace
    thread: str
    filename: str

    async def send(self, channel: str, content: Picture, key: PostingKey, mark: MessageMetadata) -> str:  # noqa: ARG002 - the protocol's
        """Upload it."""
        return await self.workspace.upload(channel, content, thread=self.thread)

    async def find(self, channel: str, mark: MessageMetadata, since: datetime) -> str | None:  # noqa: ARG002 - the protocol's
        """Look for the file in the thread."""
        return await self.workspace.find_picture(channel, self.thread, self.filename)

    async def finish(self, channel: str, address: str, key: PostingKey, *, is_first: bool) -> None:
        """Leave it at that."""
