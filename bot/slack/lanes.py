"""Connections to Slack, a share for each kind of call: what hangs takes no other's."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

# Of one kind at a time; and of all kinds, should many of them hang.
WIDTH: Final = 60
CONNECTIONS: Final = 360
# Calls that hang are given up after ten seconds; whoever waits behind them may do better the second way.
WAIT_SECONDS: Final = 5.0


class LaneFullError(Exception):
    """No place was free in time, and nothing was sent."""


class Lanes:
    """Lets so many calls of one kind through at a time."""

    def __init__(self, width: int = WIDTH, seconds: float = WAIT_SECONDS) -> None:
        self._lanes: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(width))
        self._seconds = seconds

    @asynccontextmanager
    async def of(self, kind: str) -> AsyncIterator[None]:
        """Hold a place until the block ends; raises LaneFullError."""
        lane = self._lanes[kind]
        try:
            async with asyncio.timeout(self._seconds):
                await lane.acquire()
        except TimeoutError:
            raise LaneFullError from None
        try:
            yield
        finally:
            lane.release()
