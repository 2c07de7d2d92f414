"""SIGTERM and SIGINT, which end the process at any stage, and SIGHUP, which does not."""

import asyncio
import signal
from collections.abc import Callable
from typing import Final

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def on_hangup(act: Callable[[], object]) -> None:
    """Call `act` at each SIGHUP from now on, instead of what was to be called before."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, act)


class Stop:
    """Waits for a signal; during the start, a signal cancels the task that created this."""

    def __init__(self) -> None:
        self._received = asyncio.Event()
        self._starting = asyncio.current_task()
        self.cancelled_start = False
        loop = asyncio.get_running_loop()
        for signum in SIGNALS:
            loop.add_signal_handler(signum, self._receive)

    def finish_start(self) -> None:
        """Mark the start as complete: signals cancel nothing from now on."""
        self._starting = None

    async def wait(self) -> None:
        """Wait for a signal."""
        await self._received.wait()

    def _receive(self) -> None:
        self._received.set()
        if self._starting is not None:
            self.cancelled_start = True
            self._starting.cancel()
            self._starting = None
