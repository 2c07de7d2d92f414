"""Who may post what now: a message of a kind, for a team and a local date, comes once whatever breaks.

A row is leased before the work and marked done after it. Clocks jump and differ between replicas, so no replica
compares a time of another's with its own: a lease has expired when *this* process has seen the same generation of the
row for the whole length of a lease, by a clock that only runs forward.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.delivery.model import PostedAt, ScheduledPost
from bot.storage.postings import Posting, PostingKey, PostingTable

# Longer than making a digest may take, and longer than posting it may take.
POSTING_LEASE: Final = 90.0
FIRST_RETRY_PAUSE: Final = 30.0
LONGEST_RETRY_PAUSE: Final = 900.0
# A lease that was taken at the very end of the window has expired by then.
REPORT_AFTER: Final = timedelta(minutes=5)
REPORT_PENDING_FOR: Final = timedelta(days=1)
NEVER_BEGUN: Final = "never_begun"


def pause(attempts: int, chance: float) -> float:
    """Return the seconds between an attempt that failed and the next: twice as long each time, up to 15 minutes.

    `chance`, from 0 to 1, takes up to a quarter off, so that teams that failed together do not come back together.
    """
    grown: float = FIRST_RETRY_PAUSE * 2.0 ** min(attempts - 1, 10)
    return min(grown, LONGEST_RETRY_PAUSE) * (1 - chance / 4)


class Ledger:
    """The postings as one process sees them; every method raises DatabaseUnavailable."""

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
        """Take the lease of a post; None when it is done, another replica's, or to be left alone for a while.

        A lease of this process is given out again: the holder does not ask for it.
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
            # Of this process, though it asks for it: the answer that gave it the lease was lost.
            return posting.owner == self._owner or waited >= self._lease
        # The time may have been written by a wrong clock; waiting for the pause here is as good.
        is_time = posting.next_attempt is None or posting.next_attempt <= now or posting.kind.is_on_demand
        return is_time or waited >= pause(posting.attempts, 0)

    def _waited(self, posting: Posting) -> float:
        now = self._monotonic()
        generation, since = self._first_seen.get(posting.key, (None, now))
        if generation != posting.generation:
            self._first_seen[posting.key] = (posting.generation, now)
            return 0
        return now - since

    async def begin(self, mine: Posting, channel: str) -> Posting | None:
        """Note, right before posting, that a message may be there from now on; None when the lease was lost.

        The lease starts again here.
        """
        return await self._table.change(mine, is_posting=True, channel=channel)

    async def done(self, key: PostingKey, posted: PostedAt) -> None:
        """Note that the message is there, and where; harmless to repeat."""
        await self._table.mark_done(key, channel=posted.channel, ts=posted.ts)
        self._first_seen.pop(key, None)

    async def posted(self, key: PostingKey) -> Posting | None:
        """Return the row of what was posted; None when it was not, or not yet."""
        return await self._table.find_done(key)

    async def pending(self, now: datetime) -> tuple[Posting, ...]:
        """List what failed and is not there yet, until a day after its time was over."""
        return tuple(await self._table.list_failed(now - REPORT_PENDING_FOR))

    async def failed(self, mine: Posting, now: datetime, why: str, *, may_be_posted: bool) -> None:
        """Give the lease back and leave the post alone for a pause that grows with the attempts."""
        wait = timedelta(seconds=pause(mine.attempts, self._random()))
        await self._table.change(mine, owner=None, is_posting=may_be_posted, next_attempt=now + wait, last_error=why)

    async def give_back(self, mine: Posting) -> None:
        """Leave the post to the next replica, at once; an attempt that was not made does not count."""
        await self._table.change(mine, owner=None, attempts=mine.attempts - 1, next_attempt=None)

    async def given_up(self, now: datetime) -> list[Posting]:
        """List what was tried and did not come within its window; each is listed once, to one replica.

        A clock that is wrong for a moment gives nothing up: a row must stay late for as long as is waited anyway.
        """
        late = [posting for posting in await self._table.list_unreported(now - REPORT_AFTER) if posting.attempts]
        read = self._monotonic()
        self._late_since = {posting.key: self._late_since.get(posting.key, read) for posting in late}
        sure = [posting for posting in late if read - self._late_since[posting.key] >= REPORT_AFTER.total_seconds()]
        return [posting for posting in sure if await self._table.mark_reported(posting)]

    async def was_missed(self, post: ScheduledPost) -> bool:
        """Return whether nobody began a post whose time is over; True once, to one replica."""
        return await self._table.mark_missed(post.key, window_ends=post.window_ends, error=NEVER_BEGUN)
