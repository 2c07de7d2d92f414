"""Files: upload to a channel or a thread, and search for a picture in a thread."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.slack.api import SlackApi, list_field, required_field


@dataclass(frozen=True)
class Picture:
    """A picture to upload; `alt_text` is for screen readers."""

    filename: str
    content: bytes = field(repr=False)
    title: str
    alt_text: str


@dataclass(frozen=True)
class Document:
    """A file to upload that is no picture."""

    filename: str
    content: bytes = field(repr=False)
    title: str
    alt_text: str | None = None


class Files:
    """Files; every method raises SlackError. `replies` reads the bot's own messages in a thread of a channel."""

    def __init__(self, calls: SlackApi, replies: Callable[[str, str], Awaitable[list[Mapping[str, Any]]]]) -> None:
        self.calls = calls
        self._replies_of = replies

    async def upload(self, channel: str | None, picture: Picture | Document, *, thread: str | None = None) -> str:
        """Upload a file and return the file's id; raises SlackError.

        Without a channel only the bot sees it, until it shows it in a block of a message. Slack does not recognise a
        repeated upload: it shows twice.
        Source: docs.slack.dev/messaging/working-with-files
        """
        method = "files.getUploadURLExternal"
        target = await self.calls.call(
            method,
            filename=picture.filename,
            length=len(picture.content),
            alt_txt=picture.alt_text,
        )
        url, file_id = (
            required_field(method, target, "upload_url", kind=str),
            required_field(method, target, "file_id", kind=str),
        )
        await self.calls.send(url, picture.content)
        files = [{"id": file_id, "title": picture.title}]
        await self.calls.call("files.completeUploadExternal", files=files, channel_id=channel, thread_ts=thread)
        return file_id

    async def find_picture(self, channel: str, thread: str, filename: str) -> str | None:
        """Find the id of the bot's picture in a thread by its file name; raises SlackError."""
        method = "conversations.replies"
        replies = await self._replies_of(channel, thread)
        files = (file for message in replies for file in list_field(method, message, "files", kind=dict))
        return next(
            (required_field(method, file, "id", kind=str) for file in files if file.get("name") == filename), None
        )
