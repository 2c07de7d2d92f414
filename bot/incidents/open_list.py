"""Cache of each team's open incidents in this replica, for menus that are searched while a person types."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.flashduty import FlashdutyError, Incident
from bot.incidents.model import by_urgency
from bot.incidents.queries import open_query
from bot.teams.team import Team

# Seconds.
LIST_MAX_AGE: Final = 30.0
LIST_TIMEOUT: Final = 2.0
LIST_LENGTH: Final = 100
_NUMBER: Final = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{24})")


class OpenIncidentList:
    """Lists of the last 30 s; concurrent callers wait for one read."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._monotonic = monotonic
        self._held: dict[str, tuple[float, tuple[Incident, ...]]] = {}
        self._coming: dict[str, asyncio.Task[tuple[Incident, ...]]] = {}

    async def get(self, team: Team) -> tuple[Incident, ...] | None:
        """Return up to 100 open incidents of the last 31 days, the most urgent first; None where they cannot be read.

        One call of at most 2 s, or none where the list is at most 30 s old.
        """
        held = self._held.get(team.name)
        if held is not None and self._monotonic() - held[0] <= LIST_MAX_AGE:
            return held[1]
        coming = self._coming.get(team.name)
        if coming is None:
            coming = asyncio.create_task(self._read(team), name=f"open incidents of {team.name}")
            # Retrieves the exception when no caller waits any more.
            coming.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._coming[team.name] = coming
        try:
            # A caller that is cancelled must not cancel the read for the others.
            return await asyncio.shield(coming)
        except FlashdutyError:
            return None

    async def _read(self, team: Team) -> tuple[Incident, ...]:
        query = replace(open_query(team, self._now()), limit=LIST_LENGTH)
        try:
            until = asyncio.get_running_loop().time() + LIST_TIMEOUT
            page = await team.flashduty.until(until).list_incidents(query)
        finally:
            del self._coming[team.name]
        now = self._now()
        found = tuple(sorted(page.incidents, key=lambda incident: by_urgency(incident, now)))
        self._held[team.name] = (self._monotonic(), found)
        return found


def matching(incidents: Iterable[Incident], typed: str) -> tuple[Incident, ...]:
    """Return the incidents whose number and title together contain every typed word."""
    words = typed.casefold().replace("#", " ").split()
    return tuple(
        incident
        for incident in incidents
        if all(word in f"{incident.num} {incident.title}".casefold() for word in words)
    )


def typed_number(typed: str) -> str:
    """Return the typed number or id; empty for anything else."""
    found = _NUMBER.fullmatch(typed.strip())
    return "" if found is None else found[1].upper() if len(found[1]) == len("0E83EE") else found[1].lower()
