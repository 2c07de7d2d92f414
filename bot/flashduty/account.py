"""What all teams of one Flashduty account share."""

from collections.abc import Iterator

from bot.flashduty.operation import Operation
from bot.flashduty.rate_limit import CallRateLimiter
from bot.flashduty.retry import RetryBudget


class Account:
    """One rate limit and one retry budget, whatever key is used; give the same one to all teams of the account.

    The limits are those of all replicas together. What these book in turns, such as digests, may use all of a limit;
    any other call of this process keeps within its share.
    """

    def __init__(self, pacer: CallRateLimiter | None = None, budget: RetryBudget | None = None) -> None:
        self.pacer = pacer or CallRateLimiter()
        self.budget = budget or RetryBudget()
        # Of operations with limits of their own, by path; made when first needed.
        self._slower: dict[str, CallRateLimiter] = {}
        self._replicas = 1
        self._shares: dict[CallRateLimiter, CallRateLimiter] = {}

    def share_among(self, replicas: int) -> None:
        """Keep within one of so many equal shares from now on."""
        if replicas != self._replicas:
            self._replicas = replicas
            self._shares.clear()

    async def place(self, operation: Operation, patience: float, *, is_booked: bool = False) -> None:
        """Wait for a place for this operation; raises RateLimited when there is none within `patience` seconds.

        `is_booked` for a call that has waited for a turn which all replicas share.
        """
        deadline = self.pacer.clock() + patience
        for pacer in self._pacers(operation, is_booked=is_booked):
            await pacer.place(deadline - self.pacer.clock())

    def _pacers(self, operation: Operation, *, is_booked: bool) -> Iterator[CallRateLimiter]:
        whole = [self._own_pacer(operation), self.pacer] if operation.has_own_limits else [self.pacer]
        if self._replicas > 1 and not is_booked:
            yield from (self._share_of(pacer) for pacer in whole)
        yield from whole

    def _share_of(self, pacer: CallRateLimiter) -> CallRateLimiter:
        if pacer not in self._shares:
            self._shares[pacer] = pacer.divided(self._replicas)
        return self._shares[pacer]

    def _own_pacer(self, operation: Operation) -> CallRateLimiter:
        pacer = self._slower.get(operation.path)
        if pacer is None:
            pacer = self.pacer.with_limits(operation.per_second, operation.per_minute)
            self._slower[operation.path] = pacer
        return pacer
