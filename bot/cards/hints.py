"""Hints say which incidents may have changed, never how: whoever leads the cards reads the incidents themselves."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final

import structlog

from bot.storage.cards.incident_hints import IncidentHintTable, StoredHint
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

# A person waits for the answer to a press; without its hint the card changes with the next poll.
HINT_TIMEOUT: Final = 0.5


class CardHints:
    """Writes hints for the teams that have cards; a leader in this process is woken at once."""

    def __init__(self, table: IncidentHintTable, *, teams: Collection[str], now: Callable[[], datetime]) -> None:
        self._table = table
        self._teams = frozenset(teams)
        self._now = now
        self.wake: Callable[[str], None] = lambda _team: None
        """Called with the team of each hint that was stored."""

    async def changed(self, team: str, incident_ids: Iterable[str], *, is_urgent: bool = True) -> bool:
        """Note that incidents may have changed, urgently where a person waits; return whether it is noted.

        Never raises.
        """
        if team not in self._teams:
            return False
        now = self._now()
        hints = [
            StoredHint(team=team, incident_id=one, hinted_at=now, is_urgent=is_urgent)
            for one in dict.fromkeys(incident_ids)
        ]
        try:
            async with asyncio.timeout(HINT_TIMEOUT):
                await self._table.put(hints)
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("cards.hint_not_stored", team=team, why=str(error) or type(error).__name__)
            return False
        self.wake(team)
        return True
