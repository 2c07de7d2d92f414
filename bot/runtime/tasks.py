"""Work that goes on after Slack has had its answer: held here, and awaited before the process ends."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from functools import partial
from typing import Any, Final, Literal

import structlog

from bot.runtime.tally import Tally

log = structlog.get_logger(__name__)

# A task that was cancelled gets this long to clean up after itself.
LAST_SECONDS: Final = 1.0
STARTS_PER_TURN: Final = 4
# Each holds about 25 KiB until its person has an answer, which Slack or Flashduty may delay for seconds.
MOST_UNDER_WAY: Final = 800
# So many more may be told that it is too much, where that is work as well.
MOST_REFUSED: Final = 200


class LoopThrottle:
    """Lets at most `most` through in one turn of the event loop, in order; the others in the turns after it.

    Hundreds of commands at once would otherwise all take their next step in the same turn, and whatever else is
    due, such as the next acknowledgement, would wait for the last of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most
        self._queue: deque[asyncio.Future[None]] = deque()
        self._is_counting = False

    async def mine(self) -> None:
        """Wait until it is the caller's turn, which it is at once while few are asking."""
        loop = asyncio.get_running_loop()
        self._count(loop)
        if self._left and not self._queue:
            self._left -= 1
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._queue.append(turn)
        await turn

    def _count(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._is_counting:
            self._is_counting = True
            loop.call_soon(self._next, loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_counting = False
        self._left = self._most
        while self._queue and self._left:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                self._left -= 1
        if self._left < self._most:
            self._count(loop)


class Countdown:
    """Seconds that several have together, from `begin` on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: float | None = None

    def begin(self) -> None:
        """Let them run."""
        self._ends = asyncio.get_running_loop().time() + self._seconds

    def left(self) -> float:
        """Give what is left, never less than nothing; all of them before they run."""
        if self._ends is None:
            return self._seconds
        return max(0.0, self._ends - asyncio.get_running_loop().time())


class BackgroundTasks:
    """Holds every running task by a strong reference: the loop itself keeps only weak ones."""

    def __init__(self, *, most_under_way: int = MOST_UNDER_WAY, most_refused: int = MOST_REFUSED) -> None:
        self._most_under_way = most_under_way
        self._most_refused = most_refused
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = LoopThrottle(STARTS_PER_TURN)
        self._is_draining = False
        self._refusals = Tally("tasks.refused")

    @property
    def in_progress(self) -> int:
        """Count what is running or about to."""
        return len(self._tasks)

    @property
    def is_accepting(self) -> bool:
        """Tell whether new work is taken."""
        return not self._is_draining

    @property
    def is_full(self) -> bool:
        """Tell whether people should be told to come back; what the bot does by itself is begun all the same."""
        return self.in_progress >= self._most_under_way

    @property
    def is_overfull(self) -> bool:
        """Tell whether even telling them would be too much, where that is work as well."""
        return self.in_progress >= self._most_under_way + self._most_refused

    def refuse(self, what: Literal["commands", "presses", "messages"]) -> None:
        """Note in the log that somebody was sent away."""
        self._refusals.count(what)

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> bool:
        """Run a coroutine in the background; False, and nothing is run, once draining has begun."""
        if self._is_draining:
            work.close()
            return False
        task = asyncio.get_running_loop().create_task(self._in_turn(work), name=name)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, work))
        return True

    async def turn(self) -> None:
        """Wait for a turn before a step that many may be about to take at once."""
        await self._turns.mine()

    async def drain(self, timeout: float) -> int:  # noqa: ASYNC109 - what is late is cancelled here, not by the caller
        """Refuse new work, wait up to `timeout` seconds for what is running, cancel the rest and count it."""
        self._is_draining = True
        self._refusals.close()
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(self._tasks, timeout=timeout)
        for task in late:
            log.warning("task.cancelled", task=task.get_name())
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=LAST_SECONDS)
        return len(late)

    async def _in_turn(self, work: Coroutine[Any, Any, None]) -> None:
        await self._turns.mine()
        await work

    def _ended(self, work: Coroutine[Any, Any, None], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        # Cancelled before its first turn, it was never begun.
        work.close()
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("task.failed", task=task.get_name(), exc_info=error)
