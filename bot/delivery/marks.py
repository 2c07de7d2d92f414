"""Marks of what is posted: metadata on the message in Slack, and its row in the database."""

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
# Between tries to store that a message is there; after these the next tick goes on.
MARK_PAUSES: Final = (0.2, 1.0)

# Called with everything that is posted, and its channel; never raises.
OnPosted = Callable[[Posting, str], Awaitable[None]]


async def nobody_hears(posting: Posting, channel: str) -> None:
    """Tell nobody that something is posted."""


class PostedMarks:
    """Stores that messages are there, and remembers those of which that could not be stored yet."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        on_posted: OnPosted = nobody_hears,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._on_posted = on_posted
        self._sleep = sleep
        self._unmarked: dict[PostingKey, PostedAt] = {}

    def unmarked(self, key: PostingKey) -> PostedAt | None:
        """Return where a message is of which only this process knows that it is there."""
        return self._unmarked.get(key)

    async def note(self, posting: Posting, posted: PostedAt) -> None:
        """Store where a message is, in three tries; never raises."""
        self._unmarked[posting.key] = posted
        for wait in (*MARK_PAUSES, None):
            try:
                await self._ledger.done(posting.key, posted)
            except DatabaseUnavailable as error:
                log.error("posting.not_marked", why=str(error), **log_fields(posting.key))  # noqa: TRY400 - the driver's words
                if wait is not None:
                    await self._sleep(wait)
            else:
                self._unmarked.pop(posting.key, None)
                await self._on_posted(posting, posted.channel)
                return

    async def catch_up(self) -> None:
        """Store what could not be stored before; raises DatabaseUnavailable."""
        for key, posted in list(self._unmarked.items()):
            await self._ledger.done(key, posted)
            self._unmarked.pop(key, None)


def metadata_of(key: PostingKey) -> MessageMetadata:
    """Return the mark of a message; the subject is left out where there is none, as it always was for digests."""
    details = {"team": key.team, "kind": key.kind.value, "date": key.local_date.isoformat()}
    return MessageMetadata(POSTING_EVENT, {**details, "subject": key.subject} if key.subject else details)


def log_fields(key: PostingKey) -> dict[str, str]:
    """Return what names a message in the log."""
    return {"team": key.team, "kind": key.kind.value, "subject": key.subject, "on": key.local_date.isoformat()}
