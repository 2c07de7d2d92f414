"""Entries of a timeline as they are told, and the people whom they name. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.flashduty import Person
from bot.flashduty.models.timeline import TimelineEntry


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry, and the name in Slack of whoever pressed for it, where Flashduty has the key's owner."""

    entry: TimelineEntry
    pressed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people of a timeline, by their ids in Flashduty, and names that came with the incident itself."""

    people: Mapping[int, Person] = field(default_factory=dict)
    given: Mapping[int, str] = field(default_factory=dict)
    incident_id: str = ""
    """The incident whose timeline it is."""
