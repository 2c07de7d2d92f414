"""Keep within the rate limits that all keys of one Flashduty account share."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from bot.flashduty.operation import ACCOUNT_PER_MINUTE, ACCOUNT_PER_SECOND

# Every limiter that lets 50 go at once draws 429s; evenly spaced below the limit draws none, as long as what is left
# between covers how unevenly calls arrive: a new connection delays the first of them.
EVENNESS: Final = 0.9
IDLE_BURST: Final = 0.1
UNEVEN: Final = 16
MINUTE_MARGIN: Final = 0.99
PACE_WINDOW_SECONDS: Final = 60.0
# Sums of spacings are not exact, and nobody sleeps for that.
ROUNDING: Final = 1e-6
LONGEST_PAUSE: Final = 300.0

PaceSleep = Callable[[float], Awaitable[object]]


class RateLimited(Exception):  # noqa: N818 - reads as what happened
    """There is no place before the deadline; the next one would be in `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"no place for {wait:.1f} s")
        self.wait = wait


class CallRateLimiter:
    """Gives each call its place in time, first come, first served.

    50 a second and 1,000 a minute become: 45 a second, evenly spaced after at most 5 at once when idle, 47 in any
    second and 990 in any minute. Source: /en/openapi/rate-limits.
    """

    def __init__(
        self,
        *,
        per_second: int = ACCOUNT_PER_SECOND,
        per_minute: int = ACCOUNT_PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        sleep: PaceSleep = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self._per_second = per_second
        self._per_minute = per_minute
        self._sleep = sleep
        self._spacing = 1 / (per_second * EVENNESS)
        self._slack = self._spacing * max(0, int(per_second * IDLE_BURST) - 1)
        # A burst may not come again before the one of a second ago has certainly left the server's window.
        self._second = 1.0 + (self._spacing if self._slack else 0.0)
        # A burst after a pause must not use up what covers uneven arrival.
        self._a_second = per_second - per_second // UNEVEN
        self._a_minute = max(1, int(per_minute * MINUTE_MARGIN))
        self._places: deque[float] = deque(maxlen=self._a_minute)
        self._next = 0.0
        self._paused_until = 0.0
        self._plan = 0

    async def place(self, patience: float) -> None:
        """Wait for a place; raises RateLimited at once when it would come later than in `patience` seconds."""
        deadline = self.clock() + patience
        while True:
            at, plan = self._book(deadline), self._plan
            wait = at - self.clock()
            if wait <= ROUNDING:
                return
            await self._sleep(wait)
            if plan == self._plan:
                if self.clock() - at <= self._spacing:
                    return
                # The event loop was late: those behind would go all at once.
                self._plan_again()

    def with_limits(self, per_second: int, per_minute: int) -> "CallRateLimiter":
        """Make a pacer for other limits, by the same clock."""
        return CallRateLimiter(per_second=per_second, per_minute=per_minute, clock=self.clock, sleep=self._sleep)

    def divided(self, parts: int) -> "CallRateLimiter":
        """Make a limiter for one part of these limits, by the same clock."""
        return self.with_limits(max(1, self._per_second // parts), max(1, self._per_minute // parts))

    def pause(self, seconds: float) -> None:
        """Give nobody a place for a while, at most five minutes, because Flashduty said so."""
        self._paused_until = max(self._paused_until, self.clock() + min(seconds, LONGEST_PAUSE))
        self._plan_again()

    def _book(self, deadline: float) -> float:
        now = self.clock()
        at = max(now, self._next - self._slack, self._paused_until, self._when_windows_allow())
        if at > deadline:
            raise RateLimited(at - now)
        self._next = max(self._next, at) + self._spacing
        self._places.append(at)
        return at

    def _when_windows_allow(self) -> float:
        places = self._places
        second = places[-self._a_second] + self._second if len(places) >= self._a_second else 0.0
        minute = places[0] + PACE_WINDOW_SECONDS if len(places) == self._a_minute else 0.0
        return max(second, minute)

    def _plan_again(self) -> None:
        """Forget the places that nobody has taken yet; whoever waits for one books again when it wakes, in order."""
        now = self.clock()
        while self._places and self._places[-1] > now:
            self._places.pop()
        self._next = now
        self._plan += 1
