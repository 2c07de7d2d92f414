"""Background tasks, which continue after the response to Slack and are awaited before the process ends."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from functools import partial
from typing import Any, Final, Literal

import structlog

from bot.runtime.tally import Tally

log = structlog.get_logger(__name__)

# The clean-up of cancelled tasks, in seconds.
CANCEL_TIMEOUT: Final = 1.0
STARTS_PER_ITERATION: Final = 4
# Each holds about 25 KiB until it has answered, which Slack or Flashduty may delay for seconds.
TASKS_LIMIT: Final = 800
# Tasks beyond that limit, where telling a person that the bot is busy takes a task as well.
REFUSALS_LIMIT: Final = 200


class LoopThrottle:
    """Lets at most `limit` callers continue in one iteration of the event loop, in order, the others in later ones.

    Otherwise hundreds of commands at once would all take their next step in the same iteration, and everything else
    that is due, such as the next acknowledgement, would wait for the last of them.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit
        self._queue: deque[asyncio.Future[None]] = deque()
        self._is_counting = False

    async def wait(self) -> None:
        """Wait until the caller may continue, which is at once while there are few."""
        loop = asyncio.get_running_loop()
        self._count(loop)
        if self._left and not self._queue:
            self._left -= 1
            return
        waiter: asyncio.Future[None] = loop.create_future()
        self._queue.append(waiter)
        await waiter

    def _count(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._is_counting:
            self._is_counting = True
            loop.call_soon(self._next, loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_counting = False
        self._left = self._limit
        while self._queue and self._left:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(None)
                self._left -= 1
        if self._left < self._limit:
            self._count(loop)


class Countdown:
    """A time limit that several steps share, counted from `begin`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: float | None = None

    def begin(self) -> None:
        """Start counting."""
        self._ends = asyncio.get_running_loop().time() + self._seconds

    def left(self) -> float:
        """Give the remaining seconds, never below 0; before `begin`, all of them."""
        if self._ends is None:
            return self._seconds
        return max(0.0, self._ends - asyncio.get_running_loop().time())


class BackgroundTasks:
    """Holds a strong reference to every running task: the event loop holds only weak ones."""

    def __init__(self, *, limit: int = TASKS_LIMIT, refusals_limit: int = REFUSALS_LIMIT) -> None:
        self._limit = limit
        self._refusals_limit = refusals_limit
        self._tasks: set[asyncio.Task[None]] = set()
        self._throttle = LoopThrottle(STARTS_PER_ITERATION)
        self._is_draining = False
        self._refusals = Tally("tasks.refused")

    @property
    def in_progress(self) -> int:
        """Count the tasks that are running or waiting to start."""
        return len(self._tasks)

    @property
    def is_accepting(self) -> bool:
        """Whether new tasks are accepted."""
        return not self._is_draining

    @property
    def is_full(self) -> bool:
        """Whether new requests of people should be refused; periodic jobs start regardless."""
        return self.in_progress >= self._limit

    @property
    def is_overfull(self) -> bool:
        """Whether refusals that take a task should be dropped as well."""
        return self.in_progress >= self._limit + self._refusals_limit

    def count_refusal(self, what: Literal["commands", "presses", "messages"]) -> None:
        """Count a refused request for the log."""
        self._refusals.count(what)

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> bool:
        """Run a coroutine in the background; False, and nothing is run, once draining has begun."""
        if self._is_draining:
            work.close()
            return False
        task = asyncio.get_running_loop().create_task(self._throttled(work), name=name)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, work))
        return True

    async def throttle(self) -> None:
        """Wait before a step that many tasks may take at once."""
        await self._throttle.wait()

    async def drain(self, timeout: float) -> int:  # noqa: ASYNC109 - late tasks are cancelled here, not by the caller
        """Refuse new tasks, wait up to `timeout` seconds for the running ones, cancel the rest and give their count."""
        self._is_draining = True
        self._refusals.close()
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(self._tasks, timeout=timeout)
        for task in late:
            log.warning("task.cancelled", task=task.get_name())
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CANCEL_TIMEOUT)
        return len(late)

    async def _throttled(self, work: Coroutine[Any, Any, None]) -> None:
        await self._throttle.wait()
        await work

    def _ended(self, work: Coroutine[Any, Any, None], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        # A coroutine of a task that was cancelled before its first step has not run.
        work.close()
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("task.failed", task=task.get_name(), exc_info=error)
