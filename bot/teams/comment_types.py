"""The types that an account has for comments, of one team's key."""

import time
from collections.abc import Callable
from typing import Final

from bot.flashduty import Flashduty
from bot.flashduty.models.customs import CommentType

# An administrator of the account changes them now and then.
COMMENT_TYPES_TTL: Final = 600.0


class CommentTypeCache:
    """Cache of the types, for ten minutes; an account without any is remembered too."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cached: tuple[float, tuple[CommentType, ...]] = (float("-inf"), ())

    async def get(self, flashduty: Flashduty) -> tuple[CommentType, ...]:
        """Return the types, with a call where they are not cached; raises FlashdutyError."""
        at, types = self._cached
        if self._clock() - at < COMMENT_TYPES_TTL:
            return types
        found = await flashduty.comment_types()
        self._cached = (self._clock(), found)
        return found
