"""Posts what must come exactly once: claim, look, make, post, mark; and again after a while when something failed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary

import structlog

from bot.delivery.ledger import Ledger
from bot.delivery.marks import OnPosted, PostedMarks, log_fields, metadata_of, nobody_hears
from bot.delivery.model import DeliveryFailure, DeliveryOutcome, NotYetError, PostedAt, ScheduledPost
from bot.delivery.targets import Target
from bot.runtime.defects import ErrorBoundary
from bot.slack.api import SlackError
from bot.slack.workspace import MessageMetadata
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import Posting, PostingKey, PostingKind

log = structlog.get_logger(__name__)

# The clock here may be wrong, Slack's is not.
MESSAGE_LOOK_BACK: Final = timedelta(hours=36)

C = TypeVar("C")
Look = Callable[[str, MessageMetadata, datetime], Awaitable[str | None]]
# May raise SlackError.
Report = Callable[[DeliveryFailure], Awaitable[None]]


async def in_the_log_only(failure: DeliveryFailure) -> None:
    """Report to nobody else: every failure is in the log already."""


@dataclass(frozen=True)
class _Content(Generic[C]):
    """Where a post goes, and how its content is made and sent."""

    channel: str
    compose: Callable[[], Awaitable[C]]
    target: Target[C]


@dataclass(frozen=True)
class _Made(Generic[C]):
    """The content of a post, apart from the other outcomes of making it."""

    content: C


class Publisher:
    """Brings each post to its channel once, whatever this process, Slack or the database do."""

    def __init__(
        self,
        ledger: Ledger,
        now: Callable[[], datetime],
        *,
        report: Report = in_the_log_only,
        on_posted: OnPosted = nobody_hears,
        look: Look | None = None,
        recreated_at: Callable[[], datetime | None] = lambda: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._report = report
        self._marks = PostedMarks(ledger, on_posted=on_posted, sleep=sleep)
        self._look = look
        self._recreated_at = recreated_at
        self._locks: WeakValueDictionary[PostingKey, asyncio.Lock] = WeakValueDictionary()
        self._unclaimed: set[PostingKey] = set()
        self._pending: tuple[Posting, ...] = ()

    def unclaimed(self) -> tuple[PostingKey, ...]:
        """Name what was due at the last try and could not be begun, because the database failed."""
        return tuple(self._unclaimed)

    def not_posted(self) -> int:
        """Count what is waiting to be posted, or was given up within a day; as the database last had it."""
        return len(self._pending)

    async def address(self, key: PostingKey) -> PostedAt | None:
        """Return where a post is, if it is posted; raises DatabaseUnavailable."""
        unmarked = self._marks.unmarked(key)
        if unmarked is not None:
            return unmarked
        posting = await self._ledger.posted(key)
        return PostedAt(posting.channel, posting.ts) if posting and posting.channel and posting.ts else None

    async def catch_up(self) -> None:
        """Store what could not be stored when it was posted, and report what did not come in its time."""
        self._unclaimed.clear()
        try:
            await self._marks.catch_up()
            given_up = await self._ledger.given_up(self._now())
            self._pending = await self._ledger.pending(self._now())
        except DatabaseUnavailable as error:
            log.error("database.unavailable", why=str(error))  # noqa: TRY400 - the driver's words say it
            return
        for posting in given_up:
            if not await self._is_there_after_all(posting):
                why = posting.last_error or "it was begun and never ended"
                await self._log_and_report(_failure(posting, why, is_final=True))

    async def _is_there_after_all(self, posting: Posting) -> bool:
        """Look once more for a message whose posting was begun, before operators are alerted that it is missing."""
        if self._look is None or not posting.is_posting or posting.channel is None:
            return False
        try:
            ts = await self._look(posting.channel, metadata_of(posting.key), self._now() - MESSAGE_LOOK_BACK)
        except SlackError:
            return False
        if ts is not None:
            await self._marks.note(posting, PostedAt(posting.channel, ts))
        return ts is not None

    async def deliver(
        self, post: ScheduledPost, channel: str, compose: Callable[[], Awaitable[C]], *, target: Target[C]
    ) -> DeliveryOutcome:
        """Post what is due, unless it is there, another replica is at it, or it is too early to try again.

        Returns where it is when it was posted or found now, or why it is not. What fails is in the log and reported.
        Never raises because of Slack or the database.
        """
        try:
            return await self._deliver(post, _Content(channel, compose, target))
        except DatabaseUnavailable as error:
            log.error("database.unavailable", why=str(error), **log_fields(post.key))  # noqa: TRY400 - same
            return None

    async def deliver_on_demand(
        self, post: ScheduledPost, channel: str, compose: Callable[[], Awaitable[C]], *, target: Target[C]
    ) -> DeliveryOutcome:
        """Post what somebody asks for; return where it is, or why it may not be there.

        None while another replica is at it. The caller tells the person of a failure; nobody else hears of it.
        Raises DatabaseUnavailable.
        """
        outcome = await self._deliver(post, _Content(channel, compose, target))
        return await self.address(post.key) if outcome is None else outcome

    async def _deliver(self, post: ScheduledPost, content: _Content[C]) -> DeliveryOutcome:
        # A second call for the same post waits for the first, and finds the message there.
        async with self._locks.setdefault(post.key, asyncio.Lock()):
            if self._marks.unmarked(post.key) is not None:
                return None
            mine = await self._claim(post)
            return None if mine is None else await self._attempt(mine, content)

    async def _claim(self, post: ScheduledPost) -> Posting | None:
        self._unclaimed.add(post.key)
        mine = await self._ledger.claim(post, self._now())
        self._unclaimed.discard(post.key)
        return mine

    async def _attempt(self, mine: Posting, content: _Content[C]) -> DeliveryOutcome:
        metadata = metadata_of(mine.key)
        made = await self._prepared(mine if mine.channel else replace(mine, channel=content.channel), content)
        if isinstance(made, PostedAt | DeliveryFailure):
            return made
        begun = await self._ledger.begin(mine, content.channel)
        if begun is None:
            return None
        try:
            ts = await content.target.send(content.channel, made.content, key=mine.key, metadata=metadata)
        except SlackError as refusal:
            return await self._refused(begun, content.target, refusal)
        posted = PostedAt(content.channel, ts)
        await self._marks.note(mine, posted)
        await content.target.finish(posted, mine.key, is_first=not mine.is_posting)
        log.info("posting.posted", ts=ts, attempts=mine.attempts, **log_fields(mine.key))
        return posted

    async def _refused(self, begun: Posting, target: Target[C], refusal: SlackError) -> DeliveryOutcome:
        """Look at once for what may be there all the same; what is not is tried again later."""
        if refusal.may_be_done:
            try:
                posted = await self._found(begun, target)
            except SlackError as silence:
                log.warning("posting.lookup_failed", code=silence.code, **log_fields(begun.key))
            else:
                if posted is not None:
                    return posted
        return await self._failed(_failure(begun, str(refusal), may_be_posted=refusal.may_be_done), begun)

    async def _prepared(self, mine: Posting, content: _Content[C]) -> _Made[C] | PostedAt | DeliveryFailure:
        """Make the content, or find that it is there already or cannot be made."""
        why, not_composed = "", None
        with ErrorBoundary("posting.not_composed", **log_fields(mine.key)) as kept:
            try:
                if self._may_be_there(mine):
                    posted = await self._found(mine, content.target)
                    if posted is not None:
                        return posted
                return _Made(await content.compose())
            except SlackError as refusal:
                why, not_composed = str(refusal), refusal
            except NotYetError as known:
                why = str(known)
            except asyncio.CancelledError:
                await self._ledger.give_back(mine)
                raise
        why = why or f"defect {kept.reference}: {kept.defect}"
        return await self._failed(_failure(mine, why, may_be_posted=mine.is_posting, not_composed=not_composed), mine)

    def _may_be_there(self, mine: Posting) -> bool:
        """Tell whether an attempt before may have posted it, also one whose row was lost with a database."""
        recreated_at = self._recreated_at()
        return mine.is_posting or (recreated_at is not None and self._now() - recreated_at < MESSAGE_LOOK_BACK)

    async def _found(self, mine: Posting, target: Target[C]) -> PostedAt | None:
        """Look for what an attempt whose end is not known sent; raises SlackError when that may yet work."""
        if mine.channel is None:
            return None
        try:
            ts = await target.find(mine.channel, metadata_of(mine.key), self._now() - MESSAGE_LOOK_BACK)
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            # Without permission to look, a message that may come twice is better than one that does not come.
            log.warning("posting.lookup_refused", code=refusal.code, **log_fields(mine.key))
            return None
        if ts is None:
            return None
        posted = PostedAt(mine.channel, ts)
        await self._marks.note(mine, posted)
        await target.finish(posted, mine.key, is_first=False)
        log.info("posting.found", ts=ts, **log_fields(mine.key))
        return posted

    async def _failed(self, failure: DeliveryFailure, mine: Posting) -> DeliveryFailure:
        await self._ledger.failed(mine, self._now(), failure.why, may_be_posted=failure.may_be_posted)
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
            # The caller tells the person who waits for it; it is of no interest to the operators.
            return
        try:
            await self._report(failure)
        except SlackError as refusal:
            log.error("posting.not_reported", code=refusal.code, team=failure.team)  # noqa: TRY400 - the code says it


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
        not_composed=not_composed,
    )
