"""Who pressed Acknowledge here: Flashduty itself records the owner of the APP Key."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from bot.flashduty import Incident
from bot.teams import SlackPerson

MOST_REMEMBERED: Final = 2000


class Clicks:
    """The latest acknowledgements from Slack, and one press at a time per incident.

    Kept in memory: after a restart, or on another replica, the owner of the key is named instead.
    """

    def __init__(self) -> None:
        self._who: OrderedDict[str, tuple[datetime | None, SlackPerson]] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def one_at_a_time(self, incident_id: str) -> asyncio.Lock:
        """Give the lock of an incident: a second press waits for what the first one did."""
        return self._locks.setdefault(incident_id, asyncio.Lock())

    def remember(self, incident: Incident, person: SlackPerson) -> None:
        """Note who acknowledged an incident, which is given as it was right after."""
        self._who[incident.id] = (incident.acknowledged_at, person)
        self._who.move_to_end(incident.id)
        if len(self._who) > MOST_REMEMBERED:
            self._who.popitem(last=False)

    def forget(self, incident_id: str) -> None:
        """Note that an acknowledgement was taken back."""
        self._who.pop(incident_id, None)

    def who(self, incident: Incident) -> SlackPerson | None:
        """Tell who acknowledged, if it was done here and nobody has acknowledged anew since."""
        at, person = self._who.get(incident.id, (None, None))
        return person if at == incident.acknowledged_at else None

    def names(self, incidents: Iterable[Incident]) -> dict[str, str]:
        """Give the names of those who acknowledged here, by incident."""
        known = ((incident.id, self.who(incident)) for incident in incidents)
        return {incident_id: person.name for incident_id, person in known if person is not None}
