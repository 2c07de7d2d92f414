"""The last lists of incidents that this replica has shown, for drawing them again while Flashduty does not answer."""

from collections import OrderedDict
from typing import Final

from bot.incidents.model import Listing
from bot.messages.views import IncidentList

KEPT_LISTINGS: Final = 32


class LastListings:
    """The newest listing of each team and search, the last 32 in all."""

    def __init__(self, most: int = KEPT_LISTINGS) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, IncidentList], Listing] = OrderedDict()

    def keep(self, team: str, view: IncidentList, found: Listing) -> None:
        """Keep a listing in place of the one before."""
        self._held[team, view] = found
        self._held.move_to_end((team, view))
        if len(self._held) > self._most:
            self._held.popitem(last=False)

    def get(self, team: str, view: IncidentList) -> Listing | None:
        """Return the newest listing of a view; None where there is none any more."""
        return self._held.get((team, view))
