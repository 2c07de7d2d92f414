"""The incidents that this process read last: what a view shows of one while Flashduty is asked about it again."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.flashduty import Incident

SEEN_INCIDENT_LIMIT: Final = 500


@dataclass(frozen=True)
class SeenIncident:
    """An incident as it was at a time."""

    incident: Incident
    at: datetime


class SeenIncidents:
    """The last incidents that were read for a person of a team, 500 in all: each was in the team's scope then."""

    def __init__(self, most: int = SEEN_INCIDENT_LIMIT) -> None:
        self._seen: OrderedDict[tuple[str, str], SeenIncident] = OrderedDict()
        self._most = most

    def note(self, team: str, incident: Incident, at: datetime) -> None:
        """Remember an incident as it is now."""
        self._seen[team, incident.id] = SeenIncident(incident, at)
        self._seen.move_to_end((team, incident.id))
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)

    def of(self, team: str, incident_id: str) -> SeenIncident | None:
        """Return what was seen of an incident last; None where that is not known."""
        return self._seen.get((team, incident_id.lower()))
