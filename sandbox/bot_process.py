"""The real bot as a child process of the demo, with a clock that follows the pretend workspace.

Standard input takes lines such as `{"shift": 3600}` (seconds); the bot stops at its end. Standard output gets
`{"url": "http://127.0.0.1:41234"}` when the bot is ready, then `{"ticked": true}` for each line, after all jobs
that became due.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

from bot.app.process import Bot, running
from bot.app.startup import CannotStart
from bot.config.settings import Settings, WrongSettings
from bot.runtime import logs


class FollowingClock:
    """The real time plus the shifts from the demo."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def __call__(self) -> datetime:
        """Return the pretend time."""
        return datetime.now(UTC) + self._shift

    def move(self, seconds: float) -> None:
        """Move the clock, forwards or back."""
        self._shift += timedelta(seconds=seconds)


async def follow(bot: Bot, clock: FollowingClock, orders: asyncio.StreamReader) -> None:
    """Shift the clock as requested and run the jobs that are due, until the demo ends."""
    while line := await orders.readline():
        clock.move(float(json.loads(line)["shift"]))
        await bot.tick()
        _print_line(ticked=True)


async def run(settings: Settings) -> None:
    """Run the bot until standard input ends or SIGTERM comes."""
    clock = FollowingClock()
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    # The same as the end of the input, so that there is one way to stop.
    loop.add_signal_handler(signal.SIGTERM, orders.feed_eof)
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    try:
        async with running(settings, clock=clock) as bot:
            _print_line(url=bot.url)
            await follow(bot, clock, orders)
    finally:
        transport.close()


def _print_line(**what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - the demo waits for these lines


def main() -> int:
    """Run the bot from the environment alone; 1 when it cannot start."""
    try:
        settings = Settings.load(os.environ, env_file=None, secrets_dir=None)
        logs.configure(settings.log_level, settings.log_format, redaction=settings.redaction)
        asyncio.run(run(settings))
    except WrongSettings as wrong:
        print(wrong.report(), file=sys.stderr)  # noqa: T201 - the demo shows it
        return 1
    except CannotStart as why:
        print(why, file=sys.stderr)  # noqa: T201 - the demo shows it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
