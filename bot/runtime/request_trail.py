"""The trail of a request: the slow service to name in its answer, and the request ids of Flashduty."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class Dependency(Enum):
    """A service that the bot waits for; the values appear in messages."""

    FLASHDUTY = "Flashduty"
    SLACK = "Slack"
    DATABASE = "The bot's own database"


@dataclass
class RequestTrail:
    """The services that a request was cancelled at, and Flashduty's ids of its calls by whether they write."""

    cancelled_at: list[Dependency] = field(default_factory=list)
    request_ids: dict[bool, str] = field(default_factory=dict)
    is_text_kept: bool = False
    """Whether what the person typed is stored, so that they can send it later."""
    is_audited: bool = False
    """Whether an attempt of the request is in the audit trail."""

    @property
    def slow(self) -> Dependency | None:
        """The service that the request waited for when its time ran out."""
        return self.cancelled_at[-1] if self.cancelled_at else None

    @property
    def request_id(self) -> str | None:
        """Flashduty's id of the last call that changed something, or else of the last one."""
        return self.request_ids.get(True) or self.request_ids.get(False)

    def add_request_id(self, request_id: str | None, *, is_write: bool) -> None:
        """Record the request id of a response of Flashduty."""
        if request_id:
            self.request_ids[is_write] = request_id


_TRAIL: Final[ContextVar[RequestTrail | None]] = ContextVar("trail", default=None)


@contextmanager
def request_trail() -> Iterator[RequestTrail]:
    """Record the trail of a request until the block ends, tasks that it starts included."""
    trail = RequestTrail()
    token = _TRAIL.set(trail)
    try:
        yield trail
    finally:
        _TRAIL.reset(token)


def note_text_kept() -> None:
    """Note that what the person typed is stored."""
    trail = _TRAIL.get()
    if trail is not None:
        trail.is_text_kept = True


def note_audited() -> None:
    """Note that an attempt of the request is in the audit trail."""
    trail = _TRAIL.get()
    if trail is not None:
        trail.is_audited = True


@contextmanager
def waiting_on(dependency: Dependency) -> Iterator[None]:
    """Record the dependency if the request is cancelled in the block."""
    try:
        yield
    except asyncio.CancelledError:
        trail = _TRAIL.get()
        if trail is not None:
            trail.cancelled_at.append(dependency)
        raise


def record_request_id(request_id: str | None, *, is_write: bool) -> None:
    """Record the request id of a response of Flashduty in the trail, if there is one."""
    trail = _TRAIL.get()
    if trail is not None:
        trail.add_request_id(request_id, is_write=is_write)


def written_request_id() -> str | None:
    """Return Flashduty's id of the request's last call that changed something."""
    trail = _TRAIL.get()
    return trail.request_ids.get(True) if trail is not None else None
