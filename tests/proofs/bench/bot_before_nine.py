"""The real bot, for which it is eight o'clock until SIGUSR1 makes it nine."""

import asyncio
import os
import signal
import time
from datetime import datetime, timedelta

import uvloop

from bot.app.process import Bot, running
from bot.config.settings import Settings
from bot.runtime import logs
from tests.proofs.bench.twenty_teams import NINE


class ShiftedClock:
    """Stands at eight, and runs from nine on."""

    def __init__(self) -> None:
        self._struck: float | None = None

    def __call__(self) -> datetime:
        """Tell the pretend time."""
        if self._struck is None:
            return NINE - timedelta(hours=1)
        return NINE + timedelta(seconds=time.monotonic() - self._struck)

    def strike(self) -> None:
        """Make it nine."""
        self._struck = time.monotonic()


def _nine(clock: ShiftedClock, bot: Bot) -> None:
    async def tick() -> None:
        await bot.tick()

    clock.strike()
    bot.work.start(tick(), name="tick")


async def main() -> None:
    """Run the bot until SIGTERM, and finish what is due; the first line printed says that it is ready."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    settings = Settings.load(os.environ, secrets_dir=None)
    logs.configure(settings.log_level, settings.log_format, redaction=settings.redaction)
    clock = ShiftedClock()
    async with running(settings, clock=clock) as bot:
        loop.add_signal_handler(signal.SIGUSR1, _nine, clock, bot)
        print(bot.url, flush=True)  # noqa: T201 - read by the benchmark
        await stop.wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
