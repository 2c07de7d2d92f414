"""Remembers what was seen a little while ago, so that a second delivery of it does nothing."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

SEEN_KEYS_LIMIT: Final = 20_000


class SeenKeys:
    """Knows each key for `ttl` seconds after its first time; past `most` keys the oldest is forgotten.

    Kept in memory: another replica, or this one after a restart, sees a key for the first time again.
    """

    def __init__(self, ttl: float, clock: Callable[[], float] = time.monotonic, *, most: int = SEEN_KEYS_LIMIT) -> None:
        self._ttl = ttl
        self._clock = clock
        self._most = most
        self._until: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._until)

    def add(self, key: str) -> bool:
        """Tell whether the key is new, and remember it; a repeat does not make it last longer."""
        now = self._clock()
        self._forget_the_old(now)
        if key in self._until:
            return False
        self._until[key] = now + self._ttl
        if len(self._until) > self._most:
            self._until.popitem(last=False)
        return True

    def forget(self, key: str) -> None:
        """Take the next time for the first."""
        self._until.pop(key, None)

    def _forget_the_old(self, now: float) -> None:
        # Every key lives equally long, so the oldest is the first to go.
        while self._until:
            oldest = next(iter(self._until))
            if self._until[oldest] > now:
                return
            del self._until[oldest]
