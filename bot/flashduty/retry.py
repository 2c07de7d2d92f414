"""When to try again, and when an outage must not be made worse."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Each call earns a tenth of a retry: in a full outage the load grows by about a tenth, not threefold.
EARNED: Final = 0.1
RESERVE: Final = 10.0
# So that a quiet bot does not stay without retries after an outage.
REGAINED_PER_SECOND: Final = 1 / 60


class RetryBudget:
    """Retries an account may spend: a tenth of its calls, and a reserve of ten that comes back within ten minutes."""

    def __init__(
        self, *, earned: float = EARNED, reserve: float = RESERVE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._earned = earned
        self._reserve = reserve
        self._tokens = reserve
        self._clock = clock
        self._counted_at = clock()

    def earn(self) -> None:
        """Count a call."""
        now = self._clock()
        regained = (now - self._counted_at) * REGAINED_PER_SECOND
        self._counted_at = now
        self._tokens = min(self._reserve, self._tokens + self._earned + regained)

    def spend(self) -> bool:
        """Take one retry, if there is one left."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass(frozen=True)
class Backoff:
    """Growing pauses with full jitter, in seconds, so that clients that failed together do not come back together."""

    first: float = 0.2
    most: float = 4.0
    retries: int = 3

    def pause(self, attempt: int, random: Callable[[], float]) -> float:
        """Give the pause after the `attempt`-th failure (from 1)."""
        ceiling = min(self.most, self.first * 2.0 ** (attempt - 1))
        return ceiling * random()


WHILE_SOMEBODY_WAITS: Final = Backoff()
# Flashduty's own advice, for work nobody waits for. Source: /en/openapi/rate-limits.
IN_THE_BACKGROUND: Final = Backoff(first=1.0, most=8.0)
