"""Keep within the rate limits that all keys of one Flashduty account share."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from bot.flashduty.operation import ACCOUNT_PER_MINUTE, ACCOUNT_PER_SECOND

# Every limiter that allows 50 calls at once gets 429s; evenly spaced calls below the limit get none, as long as the
# margin covers how unevenly they arrive: a new connection delays the first of them.
EVEN_PACE_SHARE: Final = 0.9
IDLE_BURST_SHARE: Final = 0.1
ARRIVAL_MARGIN_DIVISOR: Final = 16
MINUTE_SHARE: Final = 0.99
MINUTE_WINDOW_SECONDS: Final = 60.0
# Sums of spacings are not exact; a shorter wait is none.
ROUNDING_TOLERANCE: Final = 1e-6
MAX_PAUSE_SECONDS: Final = 300.0

SleepFunction = Callable[[float], Awaitable[object]]


class RateLimited(Exception):  # noqa: N818 - reads as what happened
    """The limit allows no call before the deadline; the next one would be in `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"no call for {wait:.1f} s")
        self.wait = wait


class CallRateLimiter:
    """Schedule calls within the limits, first come, first served.

    50 a second and 1,000 a minute become: 45 a second, evenly spaced after at most 5 at once when idle, 47 in any
    second and 990 in any minute. Source: /en/openapi/rate-limits.
    """

    def __init__(
        self,
        *,
        per_second: int = ACCOUNT_PER_SECOND,
        per_minute: int = ACCOUNT_PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        sleep: SleepFunction = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self._per_second = per_second
        self._per_minute = per_minute
        self._sleep = sleep
        self._spacing = 1 / (per_second * EVEN_PACE_SHARE)
        self._burst_allowance = self._spacing * max(0, int(per_second * IDLE_BURST_SHARE) - 1)
        # A burst may not follow another before that one has certainly left the server's window of a second.
        self._second_window = 1.0 + (self._spacing if self._burst_allowance else 0.0)
        # A burst after a pause must not use up the margin for uneven arrival.
        self._window_per_second = per_second - per_second // ARRIVAL_MARGIN_DIVISOR
        self._window_per_minute = max(1, int(per_minute * MINUTE_SHARE))
        self._bookings: deque[float] = deque(maxlen=self._window_per_minute)
        self._next = 0.0
        self._paused_until = 0.0
        self._schedule_version = 0

    async def acquire(self, max_wait: float) -> None:
        """Wait until a call is allowed; raises RateLimited at once if that takes more than `max_wait` seconds."""
        deadline = self.clock() + max_wait
        while True:
            at, version = self._book(deadline), self._schedule_version
            wait = at - self.clock()
            if wait <= ROUNDING_TOLERANCE:
                return
            await self._sleep(wait)
            if version == self._schedule_version:
                if self.clock() - at <= self._spacing:
                    return
                # The event loop was late: the calls after this one would all be made at once.
                self._reschedule()

    def with_limits(self, per_second: int, per_minute: int) -> "CallRateLimiter":
        """Make a limiter for other limits, by the same clock."""
        return CallRateLimiter(per_second=per_second, per_minute=per_minute, clock=self.clock, sleep=self._sleep)

    def divided(self, parts: int) -> "CallRateLimiter":
        """Make a limiter for one part of these limits, by the same clock."""
        return self.with_limits(max(1, self._per_second // parts), max(1, self._per_minute // parts))

    def pause(self, seconds: float) -> None:
        """Allow no call for a while, at most five minutes, as Flashduty demanded."""
        self._paused_until = max(self._paused_until, self.clock() + min(seconds, MAX_PAUSE_SECONDS))
        self._reschedule()

    def _book(self, deadline: float) -> float:
        now = self.clock()
        at = max(now, self._next - self._burst_allowance, self._paused_until, self._window_free_at())
        if at > deadline:
            raise RateLimited(at - now)
        self._next = max(self._next, at) + self._spacing
        self._bookings.append(at)
        return at

    def _window_free_at(self) -> float:
        booked, per_second = self._bookings, self._window_per_second
        second = booked[-per_second] + self._second_window if len(booked) >= per_second else 0.0
        minute = booked[0] + MINUTE_WINDOW_SECONDS if len(booked) == self._window_per_minute else 0.0
        return max(second, minute)

    def _reschedule(self) -> None:
        """Drop the bookings that are not due yet; callers that wait for one book again when they wake, in order."""
        now = self.clock()
        while self._bookings and self._bookings[-1] > now:
            self._bookings.pop()
        self._next = now
        self._schedule_version += 1
