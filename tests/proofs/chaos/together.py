"""Lines whose faults mostly wait, made several at once; each has a bot of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Final

from tests.proofs.chaos.line import Line

AT_ONCE: Final = 4


async def together(makings: Iterable[Awaitable[Line]], at_once: int = AT_ONCE) -> AsyncIterator[Line]:
    """Make the lines, at most so many at a time, and give each when it is made; ends all of them when it ends."""
    gate = asyncio.Semaphore(at_once)

    async def one(making: Awaitable[Line]) -> Line:
        async with gate:
            return await making

    tasks = [asyncio.ensure_future(one(making)) for making in makings]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
