"""Turn the error of one call into a value, so that one failed part does not end the whole digest."""

from collections.abc import Awaitable
from typing import TypeVar

from bot.flashduty import FlashdutyError

T = TypeVar("T")


async def error_or(call: Awaitable[T]) -> T | FlashdutyError:
    """Await a call to Flashduty; return its error instead of raising it."""
    try:
        return await call
    except FlashdutyError as error:
        return error
