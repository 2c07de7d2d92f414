"""Continues long messages in their threads, also after a restart or a lost response in between."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.model import PostedAt
from bot.messages import Message, Written
from bot.slack.api import SlackError
from bot.slack.posts import THREAD_GONE
from bot.slack.workspace import MessageMetadata, Workspace
from bot.storage.leases import Leases
from bot.storage.outbox import OutboxTable, OutboxThread
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

THREAD_EVENT: Final = "flashduty_bot_thread"
THREADS_LEASE: Final = "outbox threads"
# By then the replica that posted the first message has completed the thread, or has stopped.
CATCH_UP_AFTER: Final = timedelta(minutes=2)
# The rest of a digest of yesterday is of no use.
THREAD_RETENTION: Final = timedelta(hours=12)

FindPost = Callable[[PostingKey], Awaitable[PostedAt | None]]


class ThreadOutbox:
    """Stores the messages of a thread until Slack has accepted all of them; methods raise DatabaseUnavailable."""

    def __init__(
        self, table: OutboxTable, workspace: Workspace, *, leases: Leases, now: Callable[[], datetime]
    ) -> None:
        self._table = table
        self._workspace = workspace
        self._leases = leases
        self._now = now

    async def store(self, key: PostingKey, messages: Sequence[Message]) -> None:
        """Store the thread of a message that is about to be posted."""
        if messages:
            now = self._now()
            payloads = tuple(message.payload for message in messages)
            owed = OutboxThread(posting=key, messages=payloads, created_at=now)
            await self._table.put_thread(owed, kept_until=now + THREAD_RETENTION)

    async def finish(self, key: PostingKey, posted: PostedAt, *, is_first: bool) -> None:
        """Post the stored thread of a posted message; unless `is_first`, skip the messages that the thread has.

        A later `catch_up` completes a thread that fails.
        """
        owed = await self._table.thread(key, self._now())
        if owed is not None:
            await self._complete(owed, posted, is_first=is_first)

    async def catch_up(self, find: FindPost) -> None:
        """Post the threads that earlier attempts did not complete; `find` returns where a message is."""
        now = self._now()
        for key in await self._table.threads(now, created_before=now - CATCH_UP_AFTER):
            posted = await find(key)
            if posted is not None and await self._leases.hold(THREADS_LEASE):
                await self.finish(key, posted, is_first=False)

    async def _complete(self, owed: OutboxThread, posted: PostedAt, *, is_first: bool) -> None:
        try:
            present = frozenset() if is_first else await self._present_numbers(posted)
            await self._post(owed, posted, present)
        except SlackError as refusal:
            log.warning("thread.postponed", team=owed.posting.team, kind=owed.posting.kind.value, code=refusal.code)
            if refusal.code != THREAD_GONE:
                return
        await self._table.drop_thread(owed.posting)

    async def _present_numbers(self, posted: PostedAt) -> frozenset[str]:
        """Return the numbers of the messages that are in a thread; raises SlackError."""
        found = await self._workspace.metadata_in_thread(posted.channel, posted.ts, THREAD_EVENT)
        return frozenset(str(one.get("number")) for one in found)

    async def _post(self, owed: OutboxThread, posted: PostedAt, present: Collection[str]) -> None:
        key = owed.posting
        for number, payload in enumerate(owed.messages, 1):
            if str(number) not in present:
                metadata = MessageMetadata(THREAD_EVENT, {"number": str(number)})
                once = f"{key.kind} {key.subject} {key.team} {key.local_date} {number}"
                await self._workspace.reply(
                    posted.channel, posted.ts, Written(dict(payload)), once=once, metadata=metadata
                )
