"""Decide when to retry, within a budget that keeps retries from making an outage worse."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Each call earns a tenth of a retry: in a full outage the load grows by about a tenth, not threefold.
RETRIES_EARNED_PER_CALL: Final = 0.1
RETRY_RESERVE: Final = 10.0
# A bot with few calls has retries again some time after an outage.
RETRIES_REGAINED_PER_SECOND: Final = 1 / 60


class RetryBudget:
    """Retries an account may spend: a tenth of its calls, and a reserve of ten that comes back within ten minutes."""

    def __init__(
        self,
        *,
        earned: float = RETRIES_EARNED_PER_CALL,
        reserve: float = RETRY_RESERVE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._earned = earned
        self._reserve = reserve
        self._left = reserve
        self._clock = clock
        self._updated_at = clock()

    def earn(self) -> None:
        """Count a call."""
        now = self._clock()
        regained = (now - self._updated_at) * RETRIES_REGAINED_PER_SECOND
        self._updated_at = now
        self._left = min(self._reserve, self._left + self._earned + regained)

    def spend(self) -> bool:
        """Take one retry; False when there is none left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff with full jitter, in seconds: clients that failed together do not retry together."""

    first: float = 0.2
    most: float = 4.0
    retries: int = 3

    def pause(self, attempt: int, random: Callable[[], float]) -> float:
        """Return the pause after the `attempt`-th failure, counted from 1."""
        ceiling = min(self.most, self.first * 2.0 ** (attempt - 1))
        return ceiling * random()


INTERACTIVE_BACKOFF: Final = Backoff()
# Flashduty's own advice, for work no person waits for. Source: /en/openapi/rate-limits.
BACKGROUND_BACKOFF: Final = Backoff(first=1.0, most=8.0)
