"""Recently seen keys, to recognise repeated deliveries."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

SEEN_KEYS_LIMIT: Final = 20_000


class SeenKeys:
    """Holds each key for `ttl` seconds after it was first added; past `limit` keys the oldest is dropped.

    The keys are in memory only: other replicas do not share them, and a restart loses them.
    """

    def __init__(
        self, ttl: float, clock: Callable[[], float] = time.monotonic, *, limit: int = SEEN_KEYS_LIMIT
    ) -> None:
        self._ttl = ttl
        self._clock = clock
        self._limit = limit
        self._until: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._until)

    def add(self, key: str) -> bool:
        """Add a key; False if it is held already, which does not extend its time."""
        now = self._clock()
        self._drop_expired(now)
        if key in self._until:
            return False
        self._until[key] = now + self._ttl
        if len(self._until) > self._limit:
            self._until.popitem(last=False)
        return True

    def forget(self, key: str) -> None:
        """Remove a key, so that it counts as new."""
        self._until.pop(key, None)

    def _drop_expired(self, now: float) -> None:
        # All keys have the same TTL, so the oldest expires first.
        while self._until:
            oldest = next(iter(self._until))
            if self._until[oldest] > now:
                return
            del self._until[oldest]
