"""Whose timeline is read again although the incident looks the same.

No document says that a page that did not arrive, or a comment, changes `updated_at`, which counts in seconds besides.
A webhook hints at both; without one each card gets its turn, one at every poll.
"""

from collections.abc import Iterable

from bot.storage.cards.cards import StoredCard


class StoryTurns:
    """Gives the live cards of one team turns: the one that had its last turn longest ago, the newest incident first."""

    def __init__(self) -> None:
        self._turn = 0
        self._last: dict[str, int] = {}

    def take(self, live: Iterable[StoredCard]) -> frozenset[str]:
        """Return the id of the incident whose turn it is; empty where no card has a thread."""
        cards = {row.incident_id: row for row in live if row.ts is not None}
        self._last = {one: turn for one, turn in self._last.items() if one in cards}
        if not cards:
            return frozenset()
        chosen = min(cards.values(), key=lambda row: (self._last.get(row.incident_id, 0), -row.started_at.timestamp()))
        self._turn += 1
        self._last[chosen.incident_id] = self._turn
        return frozenset({chosen.incident_id})
