"""Entries of a timeline as they are told, and the people whom they name. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.cards.model import CardContents
from bot.flashduty import Person
from bot.flashduty.models.timeline import TimelineEntry


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry, and the name in Slack of whoever pressed for it, where Flashduty has the key's owner."""

    entry: TimelineEntry
    pressed_by: str = ""
    is_written_here: bool = False
    """Whether it is a comment that the bot wrote for somebody in Slack."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people of a timeline, by their ids in Flashduty, and names that came with the incident itself."""

    people: Mapping[int, Person] = field(default_factory=dict)
    given: Mapping[int, str] = field(default_factory=dict)
    incident_id: str = ""
    """The incident whose timeline it is."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """An incident and whom it pages next, what was done about it, what was said, and what did not arrive."""

    contents: CardContents
    cast: Cast
    steps: tuple[Told, ...] = ()
    """What was done, oldest first, without comments and pages."""
    comments: tuple[Told, ...] = ()
    """Every comment, those that were written in Slack too."""
    failed_pages: tuple[Told, ...] = ()
    is_timeline_read: bool = True
    """Whether Flashduty gave the timeline."""
    is_complete: bool = True
    """Whether the timeline was read from its beginning."""
