"""What strangers do to the port of the real process: little memory, and every real command answered meanwhile."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

from tests.bench.processes import LOOPBACK
from tests.chaos.attacker import attacked
from tests.chaos.http_attacks import ATTACKS, MIB, Scale, asking
from tests.chaos.line import Line
from tests.chaos.place import Place, place

MOST_MIB: Final = 16.0
FLOODS: Final = Scale(seconds=4.0)
COMMANDS: Final = 3


async def lines() -> AsyncIterator[Line]:
    """Run every attack in HTTP mode, and in Socket Mode, where there is nothing to ask but health."""
    for transport in ("http", "socket"):
        async with place(transport) as here:  # type: ignore[arg-type]
            await here.warm()
            for name in ATTACKS:
                yield await _attacked(here, name)


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
    failed = sum(count for status, count in outcome.statuses.items() if status >= 500 and status != 503)
    broken = [
        *([f"signed commands were answered with {dict(asked)}"] if unanswered else []),
        *([f"{COMMANDS - answered} commands of people were not answered"] if answered < COMMANDS else []),
        *([f"{failed} answers of 5xx"] if failed else []),
        *(["the process ended"] if not here.bot.is_running else []),
    ]
    counts = {"MiB sent": outcome.sent // MIB, "closed": outcome.closed, "commands": asked.total() + COMMANDS}
    return Line(f"attack: {name}", here.transport, counts, tuple(broken), grown, MOST_MIB)
