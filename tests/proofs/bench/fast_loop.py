"""An event loop whose time can pass faster, so that an hour of waiting need not be waited for."""

import asyncio
import selectors
import time
from typing import Any


class FastTime:
    """A monotonic clock that runs `speed` times as fast, and the loop that goes by it."""

    def __init__(self) -> None:
        self._speed = 1.0
        self._real = self._pretend = time.monotonic()
        selector = _Selector()
        selector.time = self
        self.loop = asyncio.SelectorEventLoop(selector)
        self.loop.time = self.now  # type: ignore[method-assign]

    def now(self) -> float:
        """Tell the time."""
        return self._pretend + (time.monotonic() - self._real) * self._speed

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._pretend, self._real = self.now(), time.monotonic()
        self._speed = speed


class _Selector(selectors.DefaultSelector):
    """Waits a fraction of what is asked."""

    time: FastTime

    def select(self, timeout: float | None = None) -> Any:
        """Wait for events, less long."""
        return super().select(timeout if timeout is None or timeout <= 0 else timeout / self.time.speed)
