"""The report's message: with its chart where Slack takes the picture, otherwise without."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bot.delivery.model import PostedAt
from bot.delivery.targets import post_name
from bot.messages import Message
from bot.slack.api import SlackError
from bot.slack.workspace import MessageMetadata, Workspace
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

# Slack scans a file after it has answered, and refuses a block with a file that is not scanned yet; a second is what
# people measured (github.com/slackapi/python-slack-sdk/issues/1521). Asking for its state would need files:read.
SCAN_PAUSES: Final = (1.0, 2.0)
REFUSED_FILE: Final = "invalid_blocks"


@dataclass(frozen=True)
class DrawnReport:
    """A report without and with its chart; None where there is no picture to show."""

    plain: Message
    with_chart: Message | None


class ReportMessage:
    """Posts a report once, and knows which ones show their chart."""

    def __init__(self, workspace: Workspace, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._workspace = workspace
        self._sleep = sleep
        self._with_chart: set[PostedAt] = set()

    async def send(self, channel: str, content: DrawnReport, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Post it with its chart, or without when Slack goes on refusing the picture."""
        ts = await self._send_with_chart(channel, content.with_chart, key=key, metadata=metadata)
        if ts is not None:
            self._with_chart.add(PostedAt(channel, ts))
            return ts
        return await self._workspace.post(channel, content.plain, once=post_name(key), metadata=metadata)

    async def _send_with_chart(
        self, channel: str, message: Message | None, *, key: PostingKey, metadata: MessageMetadata
    ) -> str | None:
        if message is None:
            return None
        for pause in (0.0, *SCAN_PAUSES):
            if pause:
                await self._sleep(pause)
            try:
                return await self._workspace.post(channel, message, once=post_name(key), metadata=metadata)
            except SlackError as refusal:
                if refusal.code != REFUSED_FILE:
                    raise
        log.warning("report.chart_refused", once=post_name(key))
        return None

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Search the newest messages of the channel."""
        return await self._workspace.find(channel, metadata, since)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Do nothing: a report has no continuation."""

    async def shows_chart(self, posted: PostedAt) -> bool:
        """Whether a posted report shows its chart, also one of another process; False where that cannot be read."""
        if posted in self._with_chart:
            return True
        try:
            replies = await self._workspace.replies(posted.channel, posted.ts)
        except SlackError as refusal:
            log.warning("report.not_read", code=refusal.code)
            return False
        blocks = [one.get("blocks") for one in replies if one.get("ts") == posted.ts]
        return any(isinstance(block, dict) and block.get("type") == "image" for each in blocks for block in each or ())
