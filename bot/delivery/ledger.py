"""Leases of postings: a message of a kind, for a team and a local date, is posted once despite failures.

A row is leased before the message is posted and marked done afterwards. Clocks jump and differ between replicas, so no
replica compares its clock with times that another wrote: a lease has expired when *this* process has seen the same
generation of the row for the whole length of a lease, by a monotonic clock.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from bot.delivery.model import PostedAt, ScheduledPost
from bot.storage.postings import Posting, PostingKey, PostingTable

# Longer than the time limit for composing a digest, and longer than that for posting it.
POSTING_LEASE: Final = 90.0
FIRST_RETRY_PAUSE: Final = 30.0
LONGEST_RETRY_PAUSE: Final = 900.0
# After this a lease that was taken at the end of the window has expired.
REPORT_AFTER: Final = timedelta(minutes=5)
REPORT_PENDING_FOR: Final = timedelta(days=1)
NEVER_STARTED: Final = "never_begun"


def retry_pause(attempts: int, chance: float) -> float:
    """Return the seconds between a failed attempt and the next: doubled each time, up to 15 minutes.

    `chance`, from 0 to 1, subtracts up to a quarter, so that teams that failed together do not retry together.
    """
    grown: float = FIRST_RETRY_PAUSE * 2.0 ** min(attempts - 1, 10)
    return min(grown, LONGEST_RETRY_PAUSE) * (1 - chance / 4)


class Ledger:
    """The postings from the view of one process; every method raises DatabaseUnavailable."""

    def __init__(
        self,
        table: PostingTable,
        *,
        owner: str,
        monotonic: Callable[[], float],
        random: Callable[[], float],
        lease: float = POSTING_LEASE,
    ) -> None:
        self._table = table
        self._owner = owner
        self._monotonic = monotonic
        self._random = random
        self._lease = lease
        self._first_seen: dict[PostingKey, tuple[int, float]] = {}
        self._late_since: dict[PostingKey, float] = {}

    async def claim(self, post: ScheduledPost, now: datetime) -> Posting | None:
        """Take the lease of a post; None when it is done, leased to another replica, or in its retry pause.

        A lease of this process can be taken again: only one caller at a time claims a post.
        """
        posting = await self._table.get_or_add(post.key, window_ends=post.window_ends, person_id=post.person_id)
        if posting.is_done:
            self._first_seen.pop(posting.key, None)
            return None
        if not self._is_free(posting, now):
            return None
        return await self._table.change(
            posting, owner=self._owner, attempts=posting.attempts + 1, window_ends=post.window_ends
        )

    def _is_free(self, posting: Posting, now: datetime) -> bool:
        waited = self._waited(posting)
        if posting.owner is not None:
            # This process has the lease and claims it: the database's response to its last claim was lost.
            return posting.owner == self._owner or waited >= self._lease
        # A wrong clock may have written the time; then the pause is measured here.
        is_time = posting.next_attempt is None or posting.next_attempt <= now or posting.kind.is_on_demand
        return is_time or waited >= retry_pause(posting.attempts, 0)

    def _waited(self, posting: Posting) -> float:
        now = self._monotonic()
        generation, since = self._first_seen.get(posting.key, (None, now))
        if generation != posting.generation:
            self._first_seen[posting.key] = (posting.generation, now)
            return 0
        return now - since

    async def begin(self, claimed: Posting, channel: str) -> Posting | None:
        """Record, right before posting, that the message may exist from now on; None when the lease was lost.

        This renews the lease.
        """
        return await self._table.change(claimed, is_posting=True, channel=channel)

    async def done(self, key: PostingKey, posted: PostedAt) -> None:
        """Record that the message is posted, and where; idempotent."""
        await self._table.mark_done(key, channel=posted.channel, ts=posted.ts)
        self._first_seen.pop(key, None)

    async def posted(self, key: PostingKey) -> Posting | None:
        """Return the row of a posted message; None when it is not posted."""
        return await self._table.find_done(key)

    async def begun(self, keys: Collection[PostingKey]) -> frozenset[PostingKey]:
        """Return those of the posts that are posted, or that an attempt may have posted."""
        return await self._table.list_begun(keys)

    async def pending(self, now: datetime) -> tuple[Posting, ...]:
        """List failed posts that are not posted yet, until a day after their window."""
        return tuple(await self._table.list_failed(now - REPORT_PENDING_FOR))

    async def failed(self, claimed: Posting, now: datetime, why: str, *, may_be_posted: bool) -> None:
        """Release the lease and start a retry pause that grows with the attempts."""
        wait = timedelta(seconds=retry_pause(claimed.attempts, self._random()))
        await self._table.change(claimed, owner=None, is_posting=may_be_posted, next_attempt=now + wait, last_error=why)

    async def give_back(self, claimed: Posting) -> None:
        """Release the lease without a pause; an attempt that was not made does not count."""
        await self._table.change(claimed, owner=None, attempts=claimed.attempts - 1, next_attempt=None)

    async def given_up(self, now: datetime) -> list[Posting]:
        """List posts that were tried and not posted within their window; each is listed once, to one replica.

        A clock that is wrong for a moment gives up no post: a row must stay late for REPORT_AFTER.
        """
        late = [posting for posting in await self._table.list_unreported(now - REPORT_AFTER) if posting.attempts]
        read_at = self._monotonic()
        self._late_since = {posting.key: self._late_since.get(posting.key, read_at) for posting in late}
        confirmed = [
            posting for posting in late if read_at - self._late_since[posting.key] >= REPORT_AFTER.total_seconds()
        ]
        return [posting for posting in confirmed if await self._table.mark_reported(posting)]

    async def was_missed(self, post: ScheduledPost) -> bool:
        """Return whether no replica started a post before its window ended; True once, to one replica."""
        return await self._table.mark_missed(post.key, window_ends=post.window_ends, error=NEVER_STARTED)
