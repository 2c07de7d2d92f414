"""What was asked of the pretend Flashduty."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request; the key itself is not kept.

    `key_owner` is a person id, `status` None when no answer was given, `code` None when all went well, `seconds` how
    long it took, `at` Unix seconds of the sandbox's clock.
    """

    path: str
    body: Any = field(repr=False)
    key_owner: int | None
    status: int | None
    code: str | None
    seconds: float
    at: float
    request_id: str
