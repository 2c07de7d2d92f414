"""Notifications of changes, for waiting tests and listening pages."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sandbox.clock import Clock

T = TypeVar("T")

# Beyond this many unread events, a page gets no more.
_MAX_UNREAD: Final = 2000


@dataclass
class Listener:
    """An open event stream."""

    user_id: str
    unread: asyncio.Queue[tuple[str, dict[str, Any]]] = field(default_factory=lambda: asyncio.Queue(_MAX_UNREAD))


class Notices:
    """Wakes waiters on every change, and counts activities in progress."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._listeners: list[Listener] = []
        self.under_way = 0

    def changed(self) -> None:
        """Wake all waiters."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def send(self, kind: str, data: dict[str, Any], only: Collection[str] | None = None) -> None:
        """Send an event to all streams, or to those of the people in `only`."""
        for listener in self._listeners:
            if (only is None or listener.user_id in only) and not listener.unread.full():
                listener.unread.put_nowait((kind, data))
        self.changed()

    @contextmanager
    def listening(self, user_id: str) -> Iterator[Listener]:
        """Open a stream for a person."""
        listener = Listener(user_id)
        self._listeners.append(listener)
        try:
            yield listener
        finally:
            self._listeners.remove(listener)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count an activity as in progress."""
        self.under_way += 1
        self.changed()
        try:
            yield
        finally:
            self.under_way -= 1
            self.changed()

    async def until(self, predicate: Callable[[], T], timeout: float) -> T:  # noqa: ASYNC109 - a limit for the reader of a test
        """Wait for a predicate to hold and return its value; raises TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while not (value := predicate()):
                await self._change()
        return value

    async def at(self, clock: Clock, instant: datetime) -> None:
        """Wait until the pretend clock reaches an instant."""
        while (left := (instant - clock.now()).total_seconds()) > 0:
            try:
                async with asyncio.timeout(None if clock.is_frozen else left):
                    await self._change()
            except TimeoutError:
                continue

    async def quiet(self, seconds: float, is_busy: Callable[[], bool]) -> None:
        """Wait until nothing is in progress and nothing has changed for this long."""
        while True:
            is_idle = not self.under_way and not is_busy()
            has_changed = await self._changes_within(seconds)
            if is_idle and not has_changed and not self.under_way and not is_busy():
                return

    async def _changes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._change()
        except TimeoutError:
            return False
        return True

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
