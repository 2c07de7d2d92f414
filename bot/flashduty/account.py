"""What all teams of one Flashduty account share."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.flashduty.batches import BatchSizes
from bot.flashduty.operation import Operation
from bot.flashduty.rate_limit import CallRateLimiter
from bot.flashduty.retry import RetryBudget

# Calls that nobody waits for have this part of the limits.
BACKGROUND_DIVISOR: Final = 2


class Account:
    """One rate limit and one retry budget, whatever key is used; give the same one to all teams of the account.

    The limits are those of all replicas together. Calls that are booked in the database, such as those of digests, may
    use all of a limit; any other call of this process keeps within the share of one replica.
    """

    def __init__(self, limiter: CallRateLimiter | None = None, budget: RetryBudget | None = None) -> None:
        self.limiter = limiter or CallRateLimiter()
        self.budget = budget or RetryBudget()
        self.batch_sizes = BatchSizes()
        # For operations with limits of their own, by path; made when first needed.
        self._own_limiters: dict[str, CallRateLimiter] = {}
        self.answered_at: datetime | None = None
        """The time of the last response by Flashduty's clock, to the second; None where it was not told."""
        self._replicas = 1
        self._shares: dict[CallRateLimiter, CallRateLimiter] = {}
        self._background: CallRateLimiter | None = None

    def share_among(self, replicas: int) -> None:
        """Limit unbooked calls to an equal share for each of so many replicas."""
        if replicas != self._replicas:
            self._replicas = replicas
            self._shares.clear()
            self._background = None

    async def acquire(
        self, operation: Operation, max_wait: float, *, is_booked: bool = False, is_background: bool = False
    ) -> None:
        """Wait until an operation may be called; raises RateLimited at once if that takes more than `max_wait` seconds.

        `is_booked` for a call that has waited for a limit which all replicas share. `is_background` for one that nobody
        waits for: all of them together leave half of the limit to others.
        """
        deadline = self.limiter.clock() + max_wait
        if is_background:
            await self._background_limiter().acquire(max_wait)
        for limiter in self._limiters(operation, is_booked=is_booked):
            await limiter.acquire(deadline - self.limiter.clock())

    def _limiters(self, operation: Operation, *, is_booked: bool) -> Iterator[CallRateLimiter]:
        whole = [self._own_limiter(operation), self.limiter] if operation.has_own_limits else [self.limiter]
        if self._replicas > 1 and not is_booked:
            yield from (self._share_of(limiter) for limiter in whole)
        yield from whole

    def _background_limiter(self) -> CallRateLimiter:
        if self._background is None:
            self._background = self.limiter.divided(BACKGROUND_DIVISOR * self._replicas)
        return self._background

    def _share_of(self, limiter: CallRateLimiter) -> CallRateLimiter:
        if limiter not in self._shares:
            self._shares[limiter] = limiter.divided(self._replicas)
        return self._shares[limiter]

    def _own_limiter(self, operation: Operation) -> CallRateLimiter:
        limiter = self._own_limiters.get(operation.path)
        if limiter is None:
            limiter = self.limiter.with_limits(operation.per_second, operation.per_minute)
            self._own_limiters[operation.path] = limiter
        return limiter
