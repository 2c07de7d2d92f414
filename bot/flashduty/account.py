"""What all teams of one Flashduty account share."""

from bot.flashduty.operation import Operation
from bot.flashduty.rate_limit import CallRateLimiter
from bot.flashduty.retry import RetryBudget


class Account:
    """One rate limit and one retry budget, whatever key is used; give the same one to all teams of the account."""

    def __init__(self, pacer: CallRateLimiter | None = None, budget: RetryBudget | None = None) -> None:
        self.pacer = pacer or CallRateLimiter()
        self.budget = budget or RetryBudget()
        # Of operations with limits of their own, by path; made when first needed.
        self._slower: dict[str, CallRateLimiter] = {}

    async def place(self, operation: Operation, patience: float) -> None:
        """Wait for a place for this operation; raises RateLimited when there is none within `patience` seconds."""
        if not operation.has_own_limits:
            return await self.pacer.place(patience)
        deadline = self.pacer.clock() + patience
        await self._own_pacer(operation).place(patience)
        return await self.pacer.place(deadline - self.pacer.clock())

    def _own_pacer(self, operation: Operation) -> CallRateLimiter:
        pacer = self._slower.get(operation.path)
        if pacer is None:
            pacer = self.pacer.with_limits(operation.per_second, operation.per_minute)
            self._slower[operation.path] = pacer
        return pacer
