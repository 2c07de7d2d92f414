"""Error boundaries: a defect of the bot is logged with a reference, and the caller continues."""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")


class ErrorBoundary(AbstractContextManager["ErrorBoundary"]):
    """Logs an Exception that ends the block, and suppresses it; other exceptions, such as a cancellation, pass.

    `what` is the log event. Afterwards `defect` is the name of the exception's class, None when there was none, and
    `reference` identifies the log line.
    """

    def __init__(self, what: str, **details: Any) -> None:  # noqa: ANN401 - the fields of a log line are of any type
        self.defect: str | None = None
        self.reference = ""
        self._what = what
        self._details = details

    def __enter__(self) -> Self:
        """Enter the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Log and suppress an Exception."""
        if not isinstance(error, Exception):
            return False
        self.defect, self.reference = type(error).__name__, secrets.token_hex(4).upper()
        log.error(self._what, exc_info=error, reference=self.reference, **self._details)
        return True


@dataclass
class Spares:
    """The parts of one message: a defect in one costs only itself, and is told in its place."""

    lost: dict[str, str] = field(default_factory=dict)
    """What was left out, in words for people, with the reference in the log."""

    def part(self, name: str, make: Callable[[], T], instead: T) -> T:
        """Make a part; give `instead` when it cannot be made."""
        with ErrorBoundary("message.part_left_out", part=name) as kept:
            return make()
        self.lost.setdefault(name, kept.reference)
        return instead

    async def waited_for(self, name: str, make: Callable[[], Awaitable[T]], instead: T) -> T:
        """Make a part that has to be waited for."""
        with ErrorBoundary("message.part_left_out", part=name) as kept:
            return await make()
        self.lost.setdefault(name, kept.reference)
        return instead
