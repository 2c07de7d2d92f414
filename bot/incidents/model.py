"""The incidents of a view: a list that matches a search, and a team's open incidents, in their order. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Incident, Person, Progress
from bot.incidents.holders import HolderSources
from bot.incidents.list_view import IncidentList

PAGE_SIZE: Final = 10
LONG_OPEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Listing:
    """Incidents that match a search, in the order they are shown, and the people they name."""

    search: IncidentList
    incidents: tuple[Incident, ...]
    is_complete: bool
    people: Mapping[int, Person]
    as_of: datetime
    known: HolderSources = field(default_factory=dict)
    searched: int = 0
    """How many incidents were looked through, with those that fit no filter of ours."""

    @property
    def open(self) -> int:
        """The number of open incidents."""
        return sum(incident.is_open for incident in self.incidents)

    @property
    def unacknowledged(self) -> int:
        """The number of unacknowledged incidents."""
        return sum(incident.progress is Progress.TRIGGERED for incident in self.incidents)

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return max(1, -(-len(self.incidents) // PAGE_SIZE))

    @property
    def page(self) -> int:
        """The page shown: the requested one, or the last."""
        return min(self.search.page, self.pages)

    @property
    def shown(self) -> tuple[Incident, ...]:
        """The incidents on the page."""
        return self.incidents[(self.page - 1) * PAGE_SIZE : self.page * PAGE_SIZE]


def by_urgency(incident: Incident, now: datetime, just_changed: str | None = None) -> tuple[bool, bool, int, float]:
    """Order: unacknowledged, then not snoozed at this moment, then most severe, then newest.

    The incident that was just changed keeps its position, so that its row does not move away from the reader.
    """
    waits = incident.progress is Progress.TRIGGERED or incident.id == just_changed
    return (not waits, is_snoozed(incident, now), incident.severity.rank, -incident.started_at.timestamp())


def is_snoozed(incident: Incident, now: datetime) -> bool:
    """Whether an incident is snoozed; Flashduty also reports the end of a snooze that is over."""
    return incident.snoozed_until is not None and incident.snoozed_until > now


def list_order(incident: Incident, now: datetime, just_changed: str | None = None) -> tuple[bool, tuple[float, ...]]:
    """Order: open incidents by urgency, then closed ones, the latest closed first."""
    if incident.is_open or incident.id == just_changed:
        return False, by_urgency(incident, now, just_changed)
    return True, (-(incident.closed_at or incident.started_at).timestamp(),)


def in_order(
    incidents: Iterable[Incident], search: IncidentList, now: datetime, fresh: Incident | None
) -> tuple[Incident, ...]:
    """Order incidents as the search wants it; `fresh` is the one that was just changed."""
    if search.is_oldest_first:
        return _oldest_first(incidents)
    just_changed = fresh.id if fresh else None
    return tuple(sorted(incidents, key=lambda one: list_order(one, now, just_changed)))


@dataclass(frozen=True)
class OpenIncidents:
    """The open incidents of a team at an instant of its local time."""

    incidents: tuple[Incident, ...]
    is_complete: bool
    as_of: datetime
    people: Mapping[int, Person] = field(default_factory=dict)
    known: HolderSources = field(default_factory=dict)

    @property
    def unacknowledged(self) -> tuple[Incident, ...]:
        """Those that are neither acknowledged nor snoozed, most severe first, then oldest."""
        waiting = (
            one for one in self.incidents if one.progress is Progress.TRIGGERED and not is_snoozed(one, self.as_of)
        )
        return tuple(sorted(waiting, key=lambda one: (one.severity.rank, one.started_at)))

    @property
    def long_open(self) -> tuple[Incident, ...]:
        """Those open for more than a day, oldest first."""
        return _oldest_first(one for one in self.incidents if self.as_of - one.started_at > LONG_OPEN_AFTER)

    @property
    def snoozes_ending(self) -> tuple[Incident, ...]:
        """Those whose snooze ends today, local time, the next one first."""
        today = self.as_of.date()
        return tuple(
            incident for until, incident in self._snoozes() if until.astimezone(self.as_of.tzinfo).date() == today
        )

    @property
    def in_order(self) -> tuple[Incident, ...]:
        """All of them: unacknowledged ones, then those whose snooze ends today, then the others by urgency."""
        first = (*self.unacknowledged, *self.snoozes_ending)
        others = (one for one in self.incidents if one not in first)
        return (*first, *sorted(others, key=lambda one: by_urgency(one, self.as_of)))

    def _snoozes(self) -> list[tuple[datetime, Incident]]:
        waiting = ((one.snoozed_until, one) for one in self.incidents)
        ahead = [(until, one) for until, one in waiting if until is not None and until > self.as_of]
        return sorted(ahead, key=lambda pair: pair[0])


def _oldest_first(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    return tuple(sorted(incidents, key=lambda incident: incident.started_at))


@dataclass(frozen=True, kw_only=True)
class LinkButton:
    """A button of a card that opens an address on a host of the settings."""

    name: str
    host: str
    address: str
