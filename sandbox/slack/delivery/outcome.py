import uuid
from dataclasses import dataclass, field
from typing import Any, Final

TIMED_OUT: Final = "operation_timeout"
FAILED: Final = "dispatch_failed"


@dataclass
class Sending:
    """What is sent: kept, so that it can be sent again as it was."""

    kind: str
    payload: dict[str, Any]
    retry_number: int = 0
    retry_reason: str = ""
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Outcome:
    """How it went: the answer is JSON, a text, or None for an empty one.

    `failure` is the word a person is shown, `reason` the one a retry says; `no_retry` that the bot wants none.
    """

    acked: bool
    status: int | str | None = None
    answer: Any = None
    failure: str = ""
    reason: str = ""
    no_retry: bool = False
