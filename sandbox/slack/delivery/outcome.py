import uuid
from dataclasses import dataclass, field
from typing import Any, Final

TIMED_OUT: Final = "operation_timeout"
FAILED: Final = "dispatch_failed"


@dataclass
class Sending:
    """A payload to send, kept for identical repetition."""

    kind: str
    payload: dict[str, Any]
    retry_number: int = 0
    retry_reason: str = ""
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Outcome:
    """The outcome of an attempt: the response is JSON, a text, or None when empty.

    `failure` is the error word shown to the person, `reason` the one in retry headers; with `no_retry` the bot
    declines retries.
    """

    acked: bool
    status: int | str | None = None
    answer: Any = None
    failure: str = ""
    reason: str = ""
    no_retry: bool = False
