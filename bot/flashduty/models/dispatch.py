"""To whom an incident is given, and how they are notified."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class PersonalChannel(StrEnum):
    """A way to reach a person, besides their own preference."""

    VOICE = "voice"
    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, kw_only=True)
class RuleLevel:
    """A level of an escalation rule of the incident's Flashduty channel, counted from 0."""

    rule_id: str
    level: int


def notify_body(channels: Sequence[PersonalChannel]) -> dict[str, Any]:
    """Return the `notify` of a request; without channels it is left out, and everybody's own preference holds.

    Only a `follow_preference` that is false, and really sent, makes the channels count.
    """
    if not channels:
        return {}
    named = [str(channel) for channel in dict.fromkeys(channels)]
    return {"notify": {"follow_preference": False, "personal_channels": named}}
