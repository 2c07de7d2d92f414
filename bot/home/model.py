"""A Slack person's view of Flashduty: their shifts and open incidents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from bot.flashduty import Incident, Person
from bot.incidents.holders import HolderSources


class MatchProblem(Enum):
    """Why a Slack person could not be matched to one in Flashduty; the sentences are in `bot.home.messages`."""

    NO_ADDRESS = auto()
    NOT_THERE = auto()
    NOT_CERTAIN = auto()


@dataclass(frozen=True)
class MyShift:
    """An uninterrupted time of one person on one schedule."""

    schedule: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Me:
    """A person's shifts now and next, and the open incidents assigned to them."""

    person: Person
    now: tuple[MyShift, ...]
    following: tuple[MyShift, ...]
    incidents: tuple[Incident, ...]
    is_complete: bool
    as_of: datetime
    horizon: datetime
    people: Mapping[int, Person] = field(default_factory=dict)
    known: HolderSources = field(default_factory=dict)
