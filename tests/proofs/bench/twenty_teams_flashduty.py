"""The pretend Flashduty of twenty teams, in a process of its own: work of ours must not delay when a call counts."""

import asyncio
import signal

import uvloop

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty
from tests.proofs.bench.twenty_teams import NINE, account


async def main() -> None:
    """Serve until SIGTERM; the first line printed is the address."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with PretendFlashduty(clock=Clock(NINE), account=account()) as flashduty:
        print(flashduty.url, flush=True)  # noqa: T201 - read by the benchmark
        await stop.wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
