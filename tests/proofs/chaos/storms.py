"""Too much at once: everybody is answered or told so, and the memory comes back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from sandbox.faults import Fault
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place

TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")
BOB: Final = "U0BOB"
SIMULTANEOUS: Final = 500
OVERLOAD: Final = 3000
# The bot holds 512 connections; more at once than that are closed by design.
AT_A_TIME: Final = 500
FLAT: Final = 4000
# What an overload may leave behind once all is quiet; in 0.1 it was 262 MiB.
MOST_LEFT_MIB: Final = 64.0
MOST_FLAT_MIB: Final = 24.0


async def lines() -> AsyncIterator[Line]:
    """Storm the bot in several ways."""
    for transport in TRANSPORTS:
        async with place(transport) as here:
            await here.warm()
            yield await _simultaneous(here)
            yield await _one_slow_method(here)
    for transport in TRANSPORTS:
        async with place(transport) as here:
            await here.warm()
            yield await _overload(here)
    for transport in TRANSPORTS:
        async with place(transport) as here:
            await here.warm()
            yield await _many_in_a_row(here)


async def _simultaneous(here: Place) -> Line:
    """Let 500 people ask at once while Flashduty hangs."""
    here.flashduty.fail("/incident/list", Fault.hang(), times=None)
    seen = len(here.slack.seen_by(ALICE, PAYMENTS))
    deliveries = await asyncio.gather(
        *(here.slack.command(ALICE, PAYMENTS, "/flashduty incidents") for _ in range(SIMULTANEOUS))
    )
    acked = sum(delivery.acked for delivery in deliveries)
    await here.comes(lambda: len(here.slack.seen_by(ALICE, PAYMENTS)) >= seen + acked, 40)
    told = len(here.slack.seen_by(ALICE, PAYMENTS)) - seen
    here.flashduty.mend()
    broken = [
        *([f"{SIMULTANEOUS - acked} not acknowledged"] if acked < SIMULTANEOUS else []),
        *([f"{acked - told} never answered"] if told < acked else []),
    ]
    counts = {"commands": SIMULTANEOUS, "acked": acked, "answered": told}
    return Line("500 at once while Flashduty hangs", here.transport, counts, tuple(broken))


async def _one_slow_method(here: Place) -> Line:
    """Let one of Slack's methods hang while everything else is well: nobody else waits for it."""
    here.slack.fail("conversations.members", Fault.hang(), times=None)
    here.slack.fail("chat.postEphemeral", Fault.hang(), times=None)
    asked = 40
    answered = await here.answered(asked, user=BOB)
    here.slack.mend()
    await here.settled(40)
    broken = [f"{asked - answered} were not answered"] if answered < asked else []
    counts = {"commands": asked, "answered": answered}
    return Line("two of Slack's methods hang", here.transport, counts, tuple(broken))


async def _overload(here: Place) -> Line:
    """Send far more than it takes: each is answered, or told that it is too many at once."""
    here.flashduty.fail("*", Fault.delay(1.0), times=None)
    seen = len(here.slack.seen_by(ALICE, PAYMENTS))
    gate = asyncio.Semaphore(AT_A_TIME)
    acked = refused = 0

    async def one() -> None:
        nonlocal acked, refused
        async with gate:
            delivery = await here.slack.command(ALICE, PAYMENTS, "/flashduty incidents")
        acked += delivery.acked
        refused += delivery.acked and "too many" in str(delivery.answer).lower()

    await asyncio.gather(*(one() for _ in range(OVERLOAD)))
    await here.comes(lambda: len(here.slack.seen_by(ALICE, PAYMENTS)) >= seen + acked, 60)
    here.flashduty.mend()
    await here.settled(60)
    told = len(here.slack.seen_by(ALICE, PAYMENTS)) - seen
    served = await here.answered(5, user=BOB)
    broken = [
        *([f"{OVERLOAD - acked} were not acknowledged"] if acked < OVERLOAD else []),
        *([f"{acked - told} heard nothing"] if told < acked else []),
        *(["it did not answer afterwards"] if served < 5 else []),
    ]
    counts = {"commands": OVERLOAD, "acked": acked, "told": told, "too many": refused, "afterwards": served}
    return Line("an overload", here.transport, counts, tuple(broken), here.kept_mib, MOST_LEFT_MIB)


async def _many_in_a_row(here: Place) -> Line:
    """Answer thousands of commands after thousands, so that what is remembered is full; the memory stays what it is."""
    await _typed(here, FLAT // 2)
    here.idle()
    acked = await _typed(here, FLAT)
    broken = [f"{FLAT - acked} not acknowledged"] if acked < FLAT else []
    counts = {"commands": FLAT, "acked": acked}
    return Line("thousands of commands in a row", here.transport, counts, tuple(broken), here.kept_mib, MOST_FLAT_MIB)


async def _typed(here: Place, count: int) -> int:
    """Let commands be typed, fifty at a time; give how many were acknowledged, once all is quiet."""
    gate = asyncio.Semaphore(50)

    async def one() -> bool:
        async with gate:
            return (await here.slack.command(ALICE, PAYMENTS, "/flashduty help")).acked

    acked = sum(await asyncio.gather(*(one() for _ in range(count))))
    await here.settled(60)
    return acked
