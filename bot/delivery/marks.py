"""Records of posted messages: metadata on the message in Slack, and the row in the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.delivery.ledger import Ledger
from bot.delivery.model import PostedAt
from bot.slack.workspace import MessageMetadata
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import Posting, PostingKey

log = structlog.get_logger(__name__)

POSTING_EVENT: Final = "flashduty_bot_once"
# Seconds between attempts to record that a message is posted; afterwards the next tick continues.
MARK_PAUSES: Final = (0.2, 1.0)

# Called with each posted message and its channel; must not raise.
OnPosted = Callable[[Posting, str], Awaitable[None]]


async def ignore_posted(posting: Posting, channel: str) -> None:
    """Ignore a posted message."""


class PostedMarks:
    """Records posted messages, and keeps in memory those that could not be recorded yet."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        on_posted: OnPosted = ignore_posted,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._on_posted = on_posted
        self._sleep = sleep
        self._unmarked: dict[PostingKey, PostedAt] = {}

    def unmarked(self, key: PostingKey) -> PostedAt | None:
        """Return where a message is that is recorded only in this process."""
        return self._unmarked.get(key)

    async def note(self, posting: Posting, posted: PostedAt) -> None:
        """Record where a message is, with three attempts; never raises."""
        self._unmarked[posting.key] = posted
        for wait in (*MARK_PAUSES, None):
            try:
                await self._ledger.done(posting.key, posted)
            except DatabaseUnavailable as error:
                log.error("posting.not_marked", why=str(error), **log_fields(posting.key))  # noqa: TRY400 - the driver's text suffices
                if wait is not None:
                    await self._sleep(wait)
            else:
                self._unmarked.pop(posting.key, None)
                await self._on_posted(posting, posted.channel)
                return

    async def catch_up(self) -> None:
        """Record messages that could not be recorded before; raises DatabaseUnavailable."""
        for key, posted in list(self._unmarked.items()):
            await self._ledger.done(key, posted)
            self._unmarked.pop(key, None)


def metadata_of(key: PostingKey) -> MessageMetadata:
    """Return the metadata of a message; an empty subject is omitted, as in the metadata of existing digests."""
    details = {"team": key.team, "kind": key.kind.value, "date": key.local_date.isoformat()}
    return MessageMetadata(POSTING_EVENT, {**details, "subject": key.subject} if key.subject else details)


def log_fields(key: PostingKey) -> dict[str, str]:
    """Return the log fields that identify a message."""
    return {"team": key.team, "kind": key.kind.value, "subject": key.subject, "on": key.local_date.isoformat()}
