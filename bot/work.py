"""Work that goes on after Slack has had its answer: held here, and awaited before the process ends."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

# A task that was cancelled gets this long to clean up after itself.
LAST_SECONDS: Final = 1.0


class Work:
    """Holds every running task by a strong reference: the loop itself keeps only weak ones."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_draining = False

    @property
    def in_progress(self) -> int:
        """Count what is running."""
        return len(self._tasks)

    @property
    def is_accepting(self) -> bool:
        """Tell whether new work is taken."""
        return not self._is_draining

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> bool:
        """Run a coroutine in the background; False, and nothing is run, once draining has begun."""
        if self._is_draining:
            work.close()
            return False
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return True

    async def drain(self, timeout: float) -> int:  # noqa: ASYNC109 - what is late is cancelled here, not by the caller
        """Refuse new work, wait up to `timeout` seconds for what is running, cancel the rest and count it."""
        self._is_draining = True
        if not self._tasks:
            return 0
        _, late = await asyncio.wait(self._tasks, timeout=timeout)
        for task in late:
            log.warning("cancelled", work=task.get_name())
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=LAST_SECONDS)
        return len(late)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("work failed", work=task.get_name(), exc_info=error)
