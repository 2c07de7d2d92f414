"""When to try again, and when an outage must not be made worse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Each call earns a tenth of a retry: in a full outage the load grows by about a tenth, not threefold.
EARNED: Final = 0.1
RESERVE: Final = 10.0


class RetryBudget:
    """Retries an account may spend: a tenth of its calls, with a small reserve."""

    def __init__(self, earned: float = EARNED, reserve: float = RESERVE) -> None:
        self._earned = earned
        self._reserve = reserve
        self._tokens = reserve

    def earn(self) -> None:
        """Count a call."""
        self._tokens = min(self._reserve, self._tokens + self._earned)

    def spend(self) -> bool:
        """Take one retry, if there is one left."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass(frozen=True)
class Backoff:
    """Growing pauses with full jitter, so that clients that failed together do not come back together."""

    first: float = 0.2
    most: float = 4.0
    retries: int = 3

    def pause(self, attempt: int, random: Callable[[], float]) -> float:
        """Give the pause after the `attempt`-th failure (from 1), in seconds."""
        ceiling = min(self.most, self.first * 2.0 ** (attempt - 1))
        return ceiling * random()
