"""Who may post what now: a message of a kind, for a team and a local date, comes once whatever breaks.

A row is leased before the work and marked done after it. Clocks jump and differ between replicas, so no replica
compares a time of another's with its own: a lease has ended when *this* process has seen the same generation of the
row for the whole length of a lease, by a clock that only runs forward.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.storage.postings import TROUBLE_LENGTH, Posting, PostingKey, Store

# Longer than making a digest may take, and longer than posting it may take.
LEASE_SECONDS: Final = 90.0
FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 900.0
# A lease that was taken at the very end of the window has ended by then.
REPORT_AFTER: Final = timedelta(minutes=5)
STANDING: Final = timedelta(days=1)
NEVER_BEGUN: Final = "never_begun"


@dataclass(frozen=True)
class ScheduledPost:
    """Something to be told once: `on` is the local date it is for, and nobody wants it after `window_ends`.

    What somebody asks for by hand is tried again when they say so, and nobody else waits for it: see `is_by_hand`.
    """

    team: str
    kind: str
    on: date
    window_ends: datetime

    @property
    def key(self) -> PostingKey:
        """The ledger's name for it."""
        return PostingKey(self.team, self.kind, self.on)


BY_HAND: Final = " by hand "


def is_by_hand(kind: str) -> bool:
    """Tell whether somebody asked for what a row is about."""
    return BY_HAND in kind


def pause(attempts: int, chance: float) -> float:
    """Give the seconds between an attempt that failed and the next: twice as long each time, up to 15 minutes.

    `chance`, from 0 to 1, takes up to a quarter off, so that teams that failed together do not come back together.
    """
    grown: float = FIRST_PAUSE * 2.0 ** min(attempts - 1, 10)
    return min(grown, LONGEST_PAUSE) * (1 - chance / 4)


class Ledger:
    """The ledger as one process sees it; every method raises DatabaseUnavailable."""

    def __init__(
        self,
        store: Store,
        *,
        owner: str,
        monotonic: Callable[[], float],
        random: Callable[[], float],
        lease: float = LEASE_SECONDS,
    ) -> None:
        self._store = store
        self._owner = owner
        self._monotonic = monotonic
        self._random = random
        self._lease = lease
        self._first_seen: dict[PostingKey, tuple[int, float]] = {}
        self._late_since: dict[PostingKey, float] = {}

    async def claim(self, occasion: ScheduledPost, now: datetime) -> Posting | None:
        """Take the lease of an occasion; None when it is done, somebody else's, or to be left alone for a while.

        Who holds a lease does not ask for it: a lease of this process is given out again.
        """
        entry = await self._store.entry(occasion.key, occasion.window_ends)
        if entry.is_done:
            self._first_seen.pop(entry.key, None)
            return None
        if not self._is_free(entry, now):
            return None
        return await self._store.change(
            entry, owner=self._owner, attempts=entry.attempts + 1, window_ends=occasion.window_ends
        )

    def _is_free(self, entry: Posting, now: datetime) -> bool:
        waited = self._waited(entry)
        if entry.owner is not None:
            # Our own, though we ask for it: we were never told that we got it.
            return entry.owner == self._owner or waited >= self._lease
        # Whoever wrote the time may have had a wrong clock; waiting the pause here is as good.
        is_time = entry.next_attempt is None or entry.next_attempt <= now or is_by_hand(entry.kind)
        return is_time or waited >= pause(entry.attempts, 0)

    def _waited(self, entry: Posting) -> float:
        now = self._monotonic()
        generation, since = self._first_seen.get(entry.key, (None, now))
        if generation != entry.generation:
            self._first_seen[entry.key] = (entry.generation, now)
            return 0
        return now - since

    async def begin(self, mine: Posting, channel: str) -> Posting | None:
        """Note, right before posting, that a message may be there from now on; None when the lease was lost.

        From here the lease runs anew.
        """
        return await self._store.change(mine, is_posting=True, channel=channel)

    async def done(self, key: PostingKey, channel: str, ts: str) -> None:
        """Note that the message is there, and where; harmless to repeat."""
        await self._store.mark_done(key, channel, ts)
        self._first_seen.pop(key, None)

    async def posted(self, key: PostingKey) -> Posting | None:
        """Give the row of what was posted; None when it was not, or not yet."""
        return await self._store.done(key)

    async def standing(self, now: datetime) -> tuple[Posting, ...]:
        """List what failed and is not there yet, until a day after its time was over."""
        return tuple(await self._store.in_trouble(now - STANDING))

    async def failed(self, mine: Posting, now: datetime, why: str, *, may_be_posted: bool) -> None:
        """Give the lease back and leave the occasion alone for a pause that grows with the attempts."""
        wait = timedelta(seconds=pause(mine.attempts, self._random()))
        await self._store.change(
            mine, owner=None, is_posting=may_be_posted, next_attempt=now + wait, trouble=why[:TROUBLE_LENGTH]
        )

    async def give_back(self, mine: Posting) -> None:
        """Leave the occasion to whoever comes next, at once; an attempt that was not made does not count."""
        await self._store.change(mine, owner=None, attempts=mine.attempts - 1, next_attempt=None)

    async def given_up(self, now: datetime) -> list[Posting]:
        """List what was tried and did not come within its window; each is listed once, to one replica.

        A clock that is wrong for a moment gives nothing up: a row must stay late for as long as is waited anyway.
        """
        late = [entry for entry in await self._store.unreported(now - REPORT_AFTER) if entry.attempts]
        read = self._monotonic()
        self._late_since = {entry.key: self._late_since.get(entry.key, read) for entry in late}
        sure = [entry for entry in late if read - self._late_since[entry.key] >= REPORT_AFTER.total_seconds()]
        return [entry for entry in sure if await self._store.mark_reported(entry)]

    async def was_missed(self, occasion: ScheduledPost) -> bool:
        """Tell whether nobody began an occasion whose time is over; one replica is told so, once."""
        return await self._store.mark_missed(occasion.key, occasion.window_ends, NEVER_BEGUN)
