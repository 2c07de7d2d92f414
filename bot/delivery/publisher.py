"""Posts messages exactly once: claim, search, compose, post, record; with a retry after a pause."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary

import structlog

from bot.delivery.ledger import Ledger
from bot.delivery.marks import OnPosted, PostedMarks, ignore_posted, log_fields, metadata_of
from bot.delivery.model import DeliveryFailure, DeliveryOutcome, NotYetError, PostedAt, ScheduledPost
from bot.delivery.targets import Target
from bot.runtime.defects import ErrorBoundary
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import Posting, PostingKey, PostingKind

log = structlog.get_logger(__name__)

# Slack's clock sets the time of a message; the local clock may be wrong.
MESSAGE_LOOK_BACK: Final = timedelta(hours=36)

C = TypeVar("C")
# The `ts` of the message of a posting since an instant; may raise SlackError and DatabaseUnavailable.
FindMessage = Callable[[Posting, datetime], Awaitable[str | None]]
# Whether another message has said since what a posting was to say; may raise DatabaseUnavailable.
IsSuperseded = Callable[[Posting], Awaitable[bool]]
# May raise SlackError.
Report = Callable[[DeliveryFailure], Awaitable[None]]


async def ignore_failure(failure: DeliveryFailure) -> None:
    """Ignore a failure, which is logged already."""


@dataclass(frozen=True)
class _Content(Generic[C]):
    """The channel of a post, and how its content is composed and sent."""

    channel: str
    compose: Callable[[], Awaitable[C]]
    target: Target[C]


@dataclass(frozen=True)
class _Composed(Generic[C]):
    """The composed content of a post, as distinct from the other outcomes of `_prepared`."""

    content: C


class Publisher:
    """Posts each message once, despite failures of this process, Slack or the database."""

    def __init__(
        self,
        ledger: Ledger,
        now: Callable[[], datetime],
        *,
        report: Report = ignore_failure,
        on_posted: OnPosted = ignore_posted,
        find_message: FindMessage | None = None,
        is_superseded: IsSuperseded | None = None,
        recreated_at: Callable[[], datetime | None] = lambda: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._report = report
        self._marks = PostedMarks(ledger, on_posted=on_posted, sleep=sleep)
        self._find_message = find_message
        self._is_superseded = is_superseded
        self._recreated_at = recreated_at
        self._locks: WeakValueDictionary[PostingKey, asyncio.Lock] = WeakValueDictionary()
        self._unclaimed: set[PostingKey] = set()
        self._pending: tuple[Posting, ...] = ()

    def unclaimed(self) -> tuple[PostingKey, ...]:
        """Return the posts whose last claim failed because the database was unavailable."""
        return tuple(self._unclaimed)

    def not_posted(self) -> int:
        """Count the posts that wait for a retry or were given up within a day, as last read from the database."""
        return len(self._pending)

    async def address(self, key: PostingKey) -> PostedAt | None:
        """Return where a post is, if it is posted; raises DatabaseUnavailable."""
        unmarked = self._marks.unmarked(key)
        if unmarked is not None:
            return unmarked
        posting = await self._ledger.posted(key)
        return PostedAt(posting.channel, posting.ts) if posting and posting.channel and posting.ts else None

    async def begun(self, keys: Collection[PostingKey]) -> frozenset[PostingKey]:
        """Return those of the posts that are posted, or that an attempt may have posted; raises DatabaseUnavailable."""
        unmarked = {key for key in keys if self._marks.unmarked(key) is not None}
        return await self._ledger.begun(keys) | unmarked

    async def catch_up(self) -> None:
        """Record posts that could not be recorded before, and report those that missed their window."""
        self._unclaimed.clear()
        try:
            await self._marks.catch_up()
            given_up = await self._ledger.given_up(self._now())
            self._pending = await self._ledger.pending(self._now())
        except DatabaseUnavailable as error:
            log.error("database.unavailable", why=str(error))  # noqa: TRY400 - the driver's text suffices
            return
        for posting in given_up:
            if not await self._was_said(posting):
                why = posting.last_error or "it was begun and never ended"
                await self._log_and_report(_failure(posting, why, is_final=True))

    async def _was_said(self, posting: Posting) -> bool:
        """Look once more whether people have read it after all, before operators are alerted."""
        try:
            is_superseded = self._is_superseded is not None and await self._is_superseded(posting)
            return is_superseded or await self._was_posted(posting)
        except DatabaseUnavailable:
            return False

    async def _was_posted(self, posting: Posting) -> bool:
        """Search for a message whose posting was begun; raises DatabaseUnavailable."""
        if self._find_message is None or not posting.is_posting or posting.channel is None:
            return False
        try:
            ts = await self._find_message(posting, self._now() - MESSAGE_LOOK_BACK)
        except SlackError:
            return False
        if ts is not None:
            await self._marks.note(posting, PostedAt(posting.channel, ts))
        return ts is not None

    async def deliver(
        self, post: ScheduledPost, channel: str, compose: Callable[[], Awaitable[C]], *, target: Target[C]
    ) -> DeliveryOutcome:
        """Post a due message, unless it is posted, another replica has the lease, or the retry pause has not ended.

        Returns where it was posted or found, or why it was not posted. Failures are logged and reported. Never raises
        SlackError or DatabaseUnavailable.
        """
        try:
            return await self._deliver(post, _Content(channel, compose, target))
        except DatabaseUnavailable as error:
            log.error("database.unavailable", why=str(error), **log_fields(post.key))  # noqa: TRY400 - same
            return None

    async def deliver_on_demand(
        self, post: ScheduledPost, channel: str, compose: Callable[[], Awaitable[C]], *, target: Target[C]
    ) -> DeliveryOutcome:
        """Post a requested message; return where it is, or why it may not be posted.

        None while another replica has the lease. Failures are not reported to the operators: the caller reports them to
        the person. Raises DatabaseUnavailable.
        """
        outcome = await self._deliver(post, _Content(channel, compose, target))
        return await self.address(post.key) if outcome is None else outcome

    async def _deliver(self, post: ScheduledPost, content: _Content[C]) -> DeliveryOutcome:
        # A second call for the same post waits for the first, and finds the message posted.
        async with self._locks.setdefault(post.key, asyncio.Lock()):
            if self._marks.unmarked(post.key) is not None:
                return None
            claimed = await self._claim(post)
            return None if claimed is None else await self._attempt(claimed, content)

    async def _claim(self, post: ScheduledPost) -> Posting | None:
        self._unclaimed.add(post.key)
        claimed = await self._ledger.claim(post, self._now())
        self._unclaimed.discard(post.key)
        return claimed

    async def _attempt(self, claimed: Posting, content: _Content[C]) -> DeliveryOutcome:
        metadata = metadata_of(claimed.key)
        composed = await self._prepared(
            claimed if claimed.channel else replace(claimed, channel=content.channel), content
        )
        if isinstance(composed, PostedAt | DeliveryFailure):
            return composed
        begun = await self._ledger.begin(claimed, content.channel)
        if begun is None:
            return None
        try:
            ts = await content.target.send(content.channel, composed.content, key=claimed.key, metadata=metadata)
        except SlackError as refusal:
            return await self._refused(begun, content.target, refusal)
        posted = PostedAt(content.channel, ts)
        await self._marks.note(claimed, posted)
        await content.target.finish(posted, claimed.key, is_first=not claimed.is_posting)
        log.info("posting.posted", ts=ts, attempts=claimed.attempts, **log_fields(claimed.key))
        return posted

    async def _refused(self, begun: Posting, target: Target[C], refusal: SlackError) -> DeliveryOutcome:
        """Search at once for a message that Slack may have posted despite the error; else retry later."""
        if refusal.may_be_done:
            try:
                posted = await self._found(begun, target)
            except SlackError as search_error:
                log.warning("posting.lookup_failed", code=search_error.code, **log_fields(begun.key))
            else:
                if posted is not None:
                    return posted
        return await self._failed(_failure(begun, str(refusal), may_be_posted=refusal.may_be_done), begun)

    async def _prepared(self, claimed: Posting, content: _Content[C]) -> _Composed[C] | PostedAt | DeliveryFailure:
        """Compose the content; return instead where it is posted already, or why it cannot be composed."""
        why, not_composed = "", None
        with ErrorBoundary("posting.not_composed", **log_fields(claimed.key)) as boundary:
            try:
                if self._may_be_posted(claimed):
                    posted = await self._found(claimed, content.target)
                    if posted is not None:
                        return posted
                return _Composed(await content.compose())
            except SlackError as refusal:
                why, not_composed = str(refusal), refusal
            except NotYetError as reason:
                why = str(reason)
            except asyncio.CancelledError:
                await self._ledger.give_back(claimed)
                raise
        why = why or f"defect {boundary.reference}: {boundary.defect}"
        return await self._failed(
            _failure(claimed, why, may_be_posted=claimed.is_posting, not_composed=not_composed), claimed
        )

    def _may_be_posted(self, claimed: Posting) -> bool:
        """Whether an earlier attempt may have posted the message, also one whose row was lost with a database."""
        recreated_at = self._recreated_at()
        return claimed.is_posting or (recreated_at is not None and self._now() - recreated_at < MESSAGE_LOOK_BACK)

    async def _found(self, claimed: Posting, target: Target[C]) -> PostedAt | None:
        """Search for the message of an attempt with an unknown outcome; raises SlackError when a retry may succeed."""
        if claimed.channel is None:
            return None
        try:
            ts = await target.find(claimed.channel, metadata_of(claimed.key), self._now() - MESSAGE_LOOK_BACK)
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            # Without permission to search, a possible duplicate is better than a missing message.
            log.warning("posting.lookup_refused", code=refusal.code, **log_fields(claimed.key))
            return None
        if ts is None:
            return None
        posted = PostedAt(claimed.channel, ts)
        await self._marks.note(claimed, posted)
        await target.finish(posted, claimed.key, is_first=False)
        log.info("posting.found", ts=ts, **log_fields(claimed.key))
        return posted

    async def _failed(self, failure: DeliveryFailure, claimed: Posting) -> DeliveryFailure:
        await self._ledger.failed(claimed, self._now(), failure.why, may_be_posted=failure.may_be_posted)
        await self._log_and_report(failure)
        return failure

    async def _log_and_report(self, failure: DeliveryFailure) -> None:
        log.error(
            "posting.given_up" if failure.is_final else "posting.failed",
            why=failure.why,
            attempts=failure.attempts,
            team=failure.team,
            kind=failure.kind.value,
            on=failure.local_date.isoformat(),
        )
        if isinstance(failure.kind, PostingKind) and failure.kind.is_on_demand:
            # The caller reports it to the person who requested the post.
            return
        try:
            await self._report(failure)
        except SlackError as refusal:
            log.error("posting.not_reported", code=refusal.code, team=failure.team)  # noqa: TRY400 - the code suffices


def _failure(
    posting: Posting,
    why: str,
    *,
    is_final: bool = False,
    may_be_posted: bool = False,
    not_composed: SlackError | None = None,
) -> DeliveryFailure:
    return DeliveryFailure(
        team=posting.team,
        kind=posting.kind,
        local_date=posting.local_date,
        channel=posting.channel,
        why=why,
        attempts=posting.attempts,
        is_final=is_final,
        may_be_posted=may_be_posted,
        person_id=posting.person_id,
        incident_id=posting.subject.partition(":")[0] if posting.kind is PostingKind.CARD else "",
        not_composed=not_composed,
    )
