"""Counts what strangers or many people can cause at will, and says it in the log at most once a minute."""

import asyncio
from collections import Counter
from typing import Final

import structlog

log = structlog.get_logger(__name__)

TALLY_SECONDS: Final = 60.0


class Tally:
    """One line of the log, the first time at once, after that with the counts of a minute.

    What is counted is named in fixed words, which become the names of the line's fields, beside `more`.
    """

    def __init__(self, event: str, seconds: float = TALLY_SECONDS, **more: object) -> None:
        self._event = event
        self._seconds = seconds
        self._more = more
        self._counts: Counter[str] = Counter()
        self._telling: asyncio.TimerHandle | None = None

    def count(self, word: str) -> None:
        """Count one more."""
        self._counts[word] += 1
        if self._telling is None:
            self._say()

    def close(self) -> None:
        """Say what was not said yet, and count no more."""
        self._say()
        if self._telling is not None:
            self._telling.cancel()

    def _say(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        if self._counts:
            log.warning(self._event, **self._more, **self._counts)
            self._counts.clear()
            self._telling = asyncio.get_running_loop().call_later(self._seconds, self._say)
