"""What all teams of one Flashduty account share."""

from dataclasses import dataclass, field

from bot.flashduty.operation import Operation
from bot.flashduty.rate_limit import CallRateLimiter
from bot.flashduty.retry import RetryBudget


@dataclass(frozen=True)
class Account:
    """One rate limit and one retry budget, whatever key is used; give the same one to all teams of the account."""

    pacer: CallRateLimiter = field(default_factory=CallRateLimiter, repr=False)
    budget: RetryBudget = field(default_factory=RetryBudget, repr=False)
    slower: dict[str, CallRateLimiter] = field(default_factory=dict, repr=False)
    """Pacers of operations with limits of their own, by path; made when first needed."""

    async def place(self, operation: Operation, patience: float) -> None:
        """Wait for a place for this operation; raises RateLimited when there is none within `patience` seconds."""
        if not operation.has_own_limits:
            return await self.pacer.place(patience)
        deadline = self.pacer.clock() + patience
        await self._own_pacer(operation).place(patience)
        return await self.pacer.place(deadline - self.pacer.clock())

    def _own_pacer(self, operation: Operation) -> CallRateLimiter:
        pacer = self.slower.get(operation.path)
        if pacer is None:
            pacer = self.pacer.with_limits(operation.per_second, operation.per_minute)
            self.slower[operation.path] = pacer
        return pacer
