"""Who a Slack person is in Flashduty, as messages show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from bot.flashduty import Incident, Person
from bot.incidents.holders import Attributions


class MatchProblem(Enum):
    """Why nobody in Flashduty is known to be this Slack person; the sentences are in `bot.home.messages`."""

    NO_ADDRESS = auto()
    NOT_THERE = auto()
    NOT_CERTAIN = auto()


@dataclass(frozen=True)
class MyShift:
    """Unbroken time of one person on one schedule."""

    schedule: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Me:
    """One person: on call now in these schedules, next in those, and with these incidents."""

    person: Person
    now: tuple[MyShift, ...]
    following: tuple[MyShift, ...]
    incidents: tuple[Incident, ...]
    is_complete: bool
    as_of: datetime
    horizon: datetime
    people: Mapping[int, Person] = field(default_factory=dict)
    known: Attributions = field(default_factory=dict)
