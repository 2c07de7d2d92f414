"""Who was paged, and how."""

from dataclasses import dataclass
from typing import Final

from sandbox.flashduty.wire.checks import Record

# The ways to reach a person that need no chat (the documents name voice, sms and email).
PERSONAL_CHANNELS: Final = ("voice", "sms", "email")
DEFAULT_PREFERENCE: Final = ("voice",)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A notification of one person, one way: `at` in Unix seconds, `failed_reason` where it did not arrive."""

    incident_id: str
    at: int
    person_id: int
    by: str
    failed_reason: str = ""


def ways_of(notify: Record | None) -> tuple[str, ...] | None:
    """Return the ways that a request asks for; None for the preference of each person.

    Only `follow_preference: false` makes `personal_channels` count.
    """
    if not notify or notify.get("follow_preference") is not False:
        return None
    return tuple(dict.fromkeys(notify.get("personal_channels") or ()))
