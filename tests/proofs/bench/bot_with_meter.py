"""The real bot, with a meter of how late its event loop is: that cannot be seen from outside."""

import asyncio
import json
import os
import signal
from typing import Final

import uvloop

from bot.app.process import run
from bot.config.settings import Settings
from bot.runtime import logs

PERIOD: Final = 0.005


class Meter:
    """Wakes up every 5 ms from SIGUSR1 on, and notes how much later than that it was."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._late = [0.0]
        self._due = 0.0

    def start(self) -> None:
        """Begin."""
        self._due = self._loop.time() + PERIOD
        self._loop.call_later(PERIOD, self._woke)

    def _woke(self) -> None:
        self._late.append(self._loop.time() - self._due)
        self.start()

    def report(self) -> str:
        """Give the worst and the 99th percentile in milliseconds."""
        late = sorted(self._late)
        return json.dumps({"worst": late[-1] * 1000, "p99": late[len(late) * 99 // 100] * 1000})


async def main() -> None:
    """Run the bot until SIGTERM, and print what the meter says."""
    loop = asyncio.get_running_loop()
    meter = Meter(loop)
    loop.add_signal_handler(signal.SIGUSR1, meter.start)
    settings = Settings.load(os.environ, secrets_dir=None)
    logs.configure(settings.log_level, settings.log_format, redaction=settings.redaction)
    await run(settings)
    print(meter.report(), flush=True)  # noqa: T201 - read by the benchmark


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
