"""The rate limits of an account."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.flashduty.wire.refusals import Refusal


@dataclass
class RateLimit:
    """Two sliding windows over real time, shared by all keys of an account.

    The numbers are those of the "Restrictions" table of every operation served here.
    """

    per_second: int = 50
    per_minute: int = 1_000
    is_on: bool = True
    names_retry_after: bool = True
    monotonic: Callable[[], float] = time.monotonic
    _taken: deque[float] = field(default_factory=deque, repr=False)

    def take(self) -> None:
        """Count a call; raises RequestTooFrequently, with the seconds to wait, when a limit is exceeded."""
        if not self.is_on:
            return
        now = self.monotonic()
        while self._taken and self._taken[0] <= now - 60:
            self._taken.popleft()
        wait = max(self._wait(now, self.per_second, 1), self._wait(now, self.per_minute, 60))
        if wait > 0:
            raise Refusal("RequestTooFrequently", retry_after=math.ceil(wait) if self.names_retry_after else None)
        self._taken.append(now)

    def _wait(self, now: float, most: int, window: float) -> float:
        if len(self._taken) < most:
            return 0.0
        return self._taken[-most] + window - now
