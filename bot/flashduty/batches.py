"""Divide long lists of ids among calls, and remember which operations take fewer than their document says."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

import structlog

from bot.flashduty.errors import Code, FlashdutyError
from bot.flashduty.operation import Operation

log = structlog.get_logger(__name__)

T = TypeVar("T")

# After this the number of the document is tried again.
BATCH_SIZE_TTL: Final = 3600.0
# None of them says that there were too many, and each may.
_SIZE_REFUSALS: Final = frozenset({Code.INVALID_PARAMETER, Code.BAD_REQUEST, Code.ENTITY_TOO_LARGE})


class BatchSizes:
    """How many ids the operations of one account take in a call, where that is fewer than their document says."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._accepted: dict[str, tuple[int, float]] = {}

    def of(self, operation: Operation, documented: int) -> int:
        """Return how many ids to send at once."""
        size, until = self._accepted.get(operation.path, (documented, 0.0))
        return min(size, documented) if self._clock() < until else documented

    def accepted(self, operation: Operation, size: int) -> None:
        """Remember for an hour a number that was taken after a larger one had been refused."""
        self._accepted[operation.path] = (size, self._clock() + BATCH_SIZE_TTL)
        log.warning("flashduty.smaller_batches", operation=operation.name, ids=size)


class Batches(Iterable[list[T]]):
    """The ids of one list, each once, in batches; a batch that is refused comes again in halves."""

    def __init__(self, ids: Iterable[T], sizes: BatchSizes, operation: Operation, *, documented: int) -> None:
        self._left = list(dict.fromkeys(ids))
        self._sizes = sizes
        self._operation = operation
        self._size = sizes.of(operation, documented)
        self._is_reduced = False

    def __iter__(self) -> Iterator[list[T]]:
        while self._left:
            yield self._left[: self._size]

    def taken(self, batch: list[T]) -> None:
        """Go on to the next batch."""
        self._left = self._left[len(batch) :]
        if self._is_reduced:
            self._sizes.accepted(self._operation, self._size)
            self._is_reduced = False

    def refused(self, batch: list[T], error: FlashdutyError) -> None:
        """Have a batch come again in halves; raises the error where that cannot help."""
        if error.code not in _SIZE_REFUSALS or len(batch) == 1:
            raise error
        self._size = (len(batch) + 1) // 2
        self._is_reduced = True
