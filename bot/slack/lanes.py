"""Limits of the calls to Slack at one time, for each kind of call: calls that hang do not block other kinds."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

# Calls of one kind at a time; and of all kinds, in case many of them hang.
MAX_CALLS_PER_LANE: Final = 60
MAX_SLACK_CONNECTIONS: Final = 360
# Calls that hang are given up after ten seconds; a caller that waits behind them may have another method to try.
LANE_TIMEOUT: Final = 5.0


class LaneFullError(Exception):
    """The lane had no free slot in time, and nothing was sent."""


class Lanes:
    """Limits how many calls of one kind run at a time."""

    def __init__(self, max_calls: int = MAX_CALLS_PER_LANE, timeout: float = LANE_TIMEOUT) -> None:
        self._lanes: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(max_calls))
        self._timeout = timeout

    @asynccontextmanager
    async def of(self, kind: str) -> AsyncIterator[None]:
        """Hold a slot until the block ends; raises LaneFullError."""
        lane = self._lanes[kind]
        try:
            async with asyncio.timeout(self._timeout):
                await lane.acquire()
        except TimeoutError:
            raise LaneFullError from None
        try:
            yield
        finally:
            lane.release()
