"""SIGTERM and SIGINT end the process, whatever it is at."""

import asyncio
import signal
from typing import Final

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Waits for a signal; until the start is done, a signal cancels the task that made this."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._starting = asyncio.current_task()
        self.has_cut_the_start = False
        loop = asyncio.get_running_loop()
        for signum in SIGNALS:
            loop.add_signal_handler(signum, self._ask)

    def start_is_done(self) -> None:
        """Cancel nothing from now on."""
        self._starting = None

    async def wait(self) -> None:
        """Wait for a signal."""
        await self._asked.wait()

    def _ask(self) -> None:
        self._asked.set()
        if self._starting is not None:
            self.has_cut_the_start = True
            self._starting.cancel()
            self._starting = None
