"""What strangers do to the port of the real process: little memory, and every real command answered meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

from tests.proofs.bench.processes import LOOPBACK
from tests.proofs.chaos.attacker import attacked
from tests.proofs.chaos.http_attacks import ATTACKS, MIB, Scale, asking
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import Place, place

MOST_MIB: Final = 16.0
FLOODS: Final = Scale(seconds=4.0)
COMMANDS: Final = 3
OK: Final = 200
TOO_LATE: Final = 408
# Longer than a head (10 s) and a body (5 s, and 2 s for its rest) may take.
DRIPS: Final = Scale(crowd=100, seconds=12.0)


async def lines() -> AsyncIterator[Line]:
    """Run every attack in HTTP mode, and in Socket Mode, where there is nothing to ask but health."""
    for transport in ("http", "socket"):
        async with place(transport) as here:  # type: ignore[arg-type]
            await here.warm()
            for name in ATTACKS:
                yield await _attacked(here, name)
            if transport == "http":
                yield await _dripped_at(here)


async def _attacked(here: Place, name: str) -> Line:
    here.idle()
    async with AsyncExitStack() as stack:
        asked: Counter[int] = Counter()
        if here.transport == "http":
            asked = await stack.enter_async_context(asking(LOOPBACK, here.bot.port))
        outcome = await attacked(name, LOOPBACK, here.bot.port, FLOODS)
        answered = await here.answered(COMMANDS)
    grown = here.grown_mib
    await here.settled(40)
    unanswered = sum(count for status, count in asked.items() if status != 200)
    failed = sum(count for status, count in outcome.statuses.items() if status >= 500)
    broken = [
        *([f"signed commands were answered with {dict(asked)}"] if unanswered else []),
        *([f"{COMMANDS - answered} commands of people were not answered"] if answered < COMMANDS else []),
        *([f"{failed} answers of 5xx"] if failed else []),
        *(["the process ended"] if not here.bot.is_running else []),
    ]
    counts = {"MiB sent": outcome.sent // MIB, "closed": outcome.closed, "commands": asked.total() + COMMANDS}
    return Line(f"attack: {name}", here.transport, counts, tuple(broken), grown, MOST_MIB)


async def _dripped_at(here: Place) -> Line:
    """Let heads and bodies come byte by byte for longer than they may take: the bot closes every connection itself."""
    async with asking(LOOPBACK, here.bot.port) as asked:
        heads, bodies = await asyncio.gather(
            *(attacked(name, LOOPBACK, here.bot.port, DRIPS) for name in ("slow heads", "slow bodies"))
        )
    unanswered = sum(count for status, count in asked.items() if status != OK)
    late = bodies.statuses.get(TOO_LATE, 0)
    broken = [
        *([f"{DRIPS.crowd - heads.closed} heads were still waited for"] if heads.closed != DRIPS.crowd else []),
        *([f"{sum(heads.statuses.values())} heads were answered"] if heads.statuses else []),
        *([f"{DRIPS.crowd - bodies.closed} bodies were still waited for"] if bodies.closed != DRIPS.crowd else []),
        *([f"bodies were answered {bodies.statuses}"] if bodies.statuses != {TOO_LATE: DRIPS.crowd} else []),
        *([f"signed commands were answered with {dict(asked)}"] if unanswered else []),
    ]
    counts = {"heads closed": heads.closed, "bodies closed": bodies.closed, "of them 408": late, "of each": DRIPS.crowd}
    return Line("drip-fed heads and bodies, 12 s", here.transport, counts, tuple(broken))
