"""What a request waits for, so that whoever was slow can be named, and under which id Flashduty has what it did."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class Party(Enum):
    """Whom the bot waits for; the values are what people read."""

    FLASHDUTY = "Flashduty"
    SLACK = "Slack"
    DATABASE = "The bot's own database"


@dataclass
class RequestTrail:
    """What became known on the way through one request."""

    cut_off: list[Party] = field(default_factory=list)
    request_ids: dict[bool, str] = field(default_factory=dict)

    @property
    def slow(self) -> Party | None:
        """Who was being waited for when the time ran out."""
        return self.cut_off[-1] if self.cut_off else None

    @property
    def request_id(self) -> str | None:
        """Flashduty's id of the last call that changed something, or else of the last one."""
        return self.request_ids.get(True) or self.request_ids.get(False)

    def heard(self, request_id: str | None, *, is_write: bool) -> None:
        """Note under which id Flashduty answered."""
        if request_id:
            self.request_ids[is_write] = request_id


_TRAIL: Final[ContextVar[RequestTrail | None]] = ContextVar("trail", default=None)


@contextmanager
def on_a_trail() -> Iterator[RequestTrail]:
    """Follow a request until the block ends, also through the tasks it starts."""
    trail = RequestTrail()
    before = _TRAIL.set(trail)
    try:
        yield trail
    finally:
        _TRAIL.reset(before)


@contextmanager
def asking(party: Party) -> Iterator[None]:
    """Note whom a request waited for when it was cut off in the block."""
    try:
        yield
    except asyncio.CancelledError:
        trail = _TRAIL.get()
        if trail is not None:
            trail.cut_off.append(party)
        raise


def heard(request_id: str | None, *, is_write: bool) -> None:
    """Note under which id Flashduty answered, where a request is followed."""
    trail = _TRAIL.get()
    if trail is not None:
        trail.heard(request_id, is_write=is_write)
