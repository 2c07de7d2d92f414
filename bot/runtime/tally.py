"""Counts of events that outsiders can cause in any number, logged at most once a minute."""

import asyncio
from collections import Counter
from typing import Final

import structlog

log = structlog.get_logger(__name__)

TALLY_INTERVAL: Final = 60.0


class Tally:
    """Logs one line for the first event at once, then one a minute with the counts.

    Counted words are fixed; they become fields of the line, beside `more`.
    """

    def __init__(self, event: str, seconds: float = TALLY_INTERVAL, **more: object) -> None:
        self._event = event
        self._seconds = seconds
        self._more = more
        self._counts: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def count(self, word: str) -> None:
        """Count one event."""
        self._counts[word] += 1
        if self._timer is None:
            self._log_counts()

    def close(self) -> None:
        """Log the remaining counts and stop the timer."""
        self._log_counts()
        if self._timer is not None:
            self._timer.cancel()

    def _log_counts(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._counts:
            log.warning(self._event, **self._more, **self._counts)
            self._counts.clear()
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._log_counts)
