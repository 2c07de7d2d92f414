"""The calls recorded by the pretend Flashduty."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One recorded request, without the key.

    `key_owner` is a person id, `status` None without a response, `code` None on success, `seconds` its
    duration, `at` Unix seconds of the sandbox's clock, `language` its Accept-Language.
    """

    path: str
    body: Any = field(repr=False)
    key_owner: int | None
    status: int | None
    code: str | None
    seconds: float
    at: float
    request_id: str
    language: str = ""
