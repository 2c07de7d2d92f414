"""Who pressed Acknowledge here: Flashduty itself records the owner of the APP Key."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from bot.teams import SlackPerson

MOST_REMEMBERED: Final = 2000


@dataclass
class Clicks:
    """The latest acknowledgements from Slack, and one press at a time per incident.

    Kept in memory: after a restart, or on another replica, the owner of the key is named instead.
    """

    def __post_init__(self) -> None:
        self._who: OrderedDict[str, SlackPerson] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def one_at_a_time(self, incident_id: str) -> asyncio.Lock:
        """Give the lock of an incident: a second press waits for what the first one did."""
        return self._locks.setdefault(incident_id, asyncio.Lock())

    def remember(self, incident_id: str, person: SlackPerson) -> None:
        """Note who acknowledged."""
        self._who[incident_id] = person
        self._who.move_to_end(incident_id)
        if len(self._who) > MOST_REMEMBERED:
            self._who.popitem(last=False)

    def forget(self, incident_id: str) -> None:
        """Note that an acknowledgement was taken back."""
        self._who.pop(incident_id, None)

    def who(self, incident_id: str) -> SlackPerson | None:
        """Tell who acknowledged, if it was done here."""
        return self._who.get(incident_id)
