"""What changes that were made in this process have made of their incidents, so that cards need not wait for a read."""

from collections.abc import Callable, Iterable
from typing import Final

from bot.flashduty import Incident
from bot.incidents.actions.command import Change

# Seconds for which Flashduty may return a state from before a change that it has confirmed.
LONGEST_LAG: Final = 10.0
_IncidentState = tuple[object, ...]


class ForeseenChanges:
    """Changes that wait to be shown, and the states from before them, by incident."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._waiting: dict[str, Change] = {}
        self._before: dict[str, tuple[_IncidentState, float]] = {}

    @property
    def are_waiting(self) -> bool:
        """Whether there is something to show."""
        return bool(self._waiting)

    def add(self, changes: Iterable[Change]) -> None:
        """Take what Flashduty has confirmed; what is not known after it is read."""
        now = self._monotonic()
        self._before = {one: (state, until) for one, (state, until) in self._before.items() if until > now}
        for change in changes:
            before, after = change.before, change.after
            if after is not None and _state(after) != _state(before):
                self._waiting[after.id] = change
                self._before[after.id] = (_state(before), now + LONGEST_LAG)

    def take(self, shown: Callable[[str], Incident | None]) -> dict[str, Incident]:
        """Return the incidents to show, by id, once: those of which the state from before the change is shown."""
        waiting, self._waiting = self._waiting, {}
        found: dict[str, Incident] = {}
        for incident_id, change in waiting.items():
            now_shown = shown(incident_id)
            if change.after is not None and now_shown is not None and _state(now_shown) == _state(change.before):
                found[incident_id] = change.after
        return found

    def outdated(self, incidents: Iterable[Incident]) -> frozenset[str]:
        """Return the ids of those that were read as they were before a change that was confirmed a moment ago."""
        now = self._monotonic()
        states = ((one, *self._before.get(one.id, (None, 0.0))) for one in incidents)
        return frozenset(one.id for one, state, until in states if now < until and state == _state(one))


def _state(incident: Incident) -> _IncidentState:
    """Return what tells two states of an incident apart."""
    return (
        incident.progress,
        incident.updated_at,
        incident.snoozed_before,
        incident.closed_at,
        incident.acknowledged_at,
        incident.assigned_at,
    )
