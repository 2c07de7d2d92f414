"""The pretend Flashduty on its own."""

import asyncio
import errno
import signal
import sys

from sandbox.flashduty.habits import NO_HABITS, Habits
from sandbox.flashduty.server import PretendFlashduty


def standalone(port: int, habits: Habits = NO_HABITS) -> int:
    """Run until SIGINT or SIGTERM and return the exit code: 1 when the port is taken."""
    try:
        asyncio.run(_run(port, habits))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        _say(f"Port {port} is taken by another program: choose a free one with --port.")
        return 1
    return 0


async def _run(port: int, habits: Habits) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with PretendFlashduty(port=port, habits=habits) as flashduty:
        _say(f"Pretend Flashduty: {flashduty.url}   (Ctrl-C ends it)")
        for name, key in flashduty.keys.items():
            owner = flashduty.account.persons[key.owner_id]["person_name"]
            _say(f"  {name:<9} {key}   {owner}: {', '.join(sorted(key.permissions))}")
        await stop.wait()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
