"""Ends: SIGTERM with work under way, and with a Slack that hangs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from sandbox.faults import Fault
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place

COMMANDS: Final = 100
# Docker kills ten seconds after SIGTERM.
DOCKER_SECONDS: Final = 10.0
TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")


async def lines() -> AsyncIterator[Line]:
    """End the bot in every awkward moment."""
    for transport in TRANSPORTS:
        async with place(transport) as here:
            yield await _with_work_under_way(here)
        async with place(transport) as here:
            yield await _while_slack_hangs(here)


async def _with_work_under_way(here: Place) -> Line:
    """Send SIGTERM a moment after many commands were acknowledged and before they are answered."""
    await here.warm()
    here.flashduty.fail("*", Fault.delay(1.0), times=None)
    seen = len(here.slack.seen_by(ALICE, PAYMENTS))
    deliveries = await asyncio.gather(
        *(here.slack.command(ALICE, PAYMENTS, "/flashduty incidents") for _ in range(COMMANDS))
    )
    here.bot.terminate()
    code = await here.bot.ended()
    acked = sum(delivery.acked for delivery in deliveries)
    told = len(here.slack.seen_by(ALICE, PAYMENTS)) - seen
    broken = [
        *([f"{acked - told} acknowledged commands were never answered"] if told < acked else []),
        *([f"it ended with {code}"] if code != 0 else []),
    ]
    counts = {"commands": COMMANDS, "acked": acked, "answered": told, "exit code": -1 if code is None else code}
    return Line("SIGTERM with commands under way", here.transport, counts, tuple(broken))


async def _while_slack_hangs(here: Place) -> Line:
    """Send SIGTERM while no call of Slack's is answered: the drain ends by itself before Docker kills."""
    await here.warm()
    here.slack.fail("*", Fault.hang(), times=None)
    deliveries = await asyncio.gather(*(here.slack.command(ALICE, PAYMENTS, "/flashduty help") for _ in range(40)))
    here.bot.terminate()
    code = await here.bot.ended(DOCKER_SECONDS)
    broken = [] if code == 0 else [f"it ended with {code}" if code is not None else "it had to be killed"]
    counts = {"commands": len(deliveries), "ended by itself": int(code is not None)}
    return Line("SIGTERM while Slack hangs", here.transport, counts, tuple(broken))
