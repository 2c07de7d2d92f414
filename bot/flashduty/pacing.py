"""Keep within the rate limit that all keys of one Flashduty account share."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

# Every limiter that lets 50 go at once draws 429s; evenly spaced just below the limit draws none.
SPACING: Final = 1 / 49
IDLE_BURST: Final = 5
PER_MINUTE: Final = 990
MINUTE: Final = 60.0


class Pacer:
    """Gives each call its place in time: at most 49 a second after a small burst, and 990 in any minute.

    Source: /en/openapi/rate-limits (50 requests/second and 1,000/minute per account).
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        spacing: float = SPACING,
        burst: int = IDLE_BURST,
        per_minute: int = PER_MINUTE,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._spacing = spacing
        self._slack = spacing * (burst - 1)
        self._next = 0.0
        self._paused_until = 0.0
        self._places: deque[float] = deque(maxlen=per_minute)

    async def place(self, patience: float) -> bool:
        """Wait for a place; False, at once, when it would come later than in `patience` seconds."""
        now = self._clock()
        at = max(now, self._next - self._slack, self._paused_until, self._oldest_leaves())
        if at > now + patience:
            return False
        self._next = max(self._next, at) + self._spacing
        self._places.append(at)
        if at > now:
            await self._sleep(at - now)
        return True

    def pause(self, seconds: float) -> None:
        """Give nobody a place for a while, because Flashduty said so."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def _oldest_leaves(self) -> float:
        full = len(self._places) == self._places.maxlen
        return self._places[0] + MINUTE if full else 0.0
