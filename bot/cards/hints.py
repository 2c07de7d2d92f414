"""Hints say which incidents may have changed, never how: whoever leads the cards reads the incidents themselves.

A hint that is lost or comes twice does no harm, as open incidents are read again and again in any case.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot.storage.cards.incident_hints import ANY_INCIDENT, IncidentHintTable, StoredHint
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

# A person waits for the answer to a press, and Flashduty two seconds for that to a webhook.
HINT_TIMEOUT: Final = 0.5
# Incidents of all teams that wait in memory while the database is away; each takes about 500 bytes.
MAX_UNWRITTEN_HINTS: Final = 10_000
REWRITE_PAUSE: Final = 2.0


class CardHints:
    """Writes hints for the teams that have cards, together and on any replica; keeps them while the database is away.

    A leader in this process is woken at once.
    """

    def __init__(
        self,
        table: IncidentHintTable,
        *,
        teams: Collection[str],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._table = table
        self._teams = frozenset(teams)
        self._now = now
        self._sleep = sleep
        self.wake: Callable[[str], None] = lambda _team: None
        """Called with the team of hints that were stored."""
        self._waiting: dict[tuple[str, str], StoredHint] = {}
        self._writing: dict[tuple[str, str], StoredHint] = {}
        self._is_away = False
        self._written: asyncio.Future[bool] | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def unwritten(self) -> int:
        """Count the hints that are not in the database yet."""
        return len(self._waiting.keys() | self._writing.keys())

    async def changed(self, team: str, incident_ids: Iterable[str], *, is_urgent: bool = True) -> bool:
        """Note that incidents may have changed, urgently where a person waits; return whether that is stored.

        Never raises. What is not stored within half a second is kept in memory, and stored later.
        """
        return await self._take(team, incident_ids, is_urgent=is_urgent)

    async def received(self, team: str, incident_ids: Iterable[str], *, poll_now: bool) -> None:
        """Note what a webhook named; with `poll_now`, any incident of the team may have changed. Never raises."""
        await self._take(team, [*incident_ids, *([ANY_INCIDENT] if poll_now else ())], is_urgent=False)

    async def _take(self, team: str, incident_ids: Iterable[str], *, is_urgent: bool) -> bool:
        names = dict.fromkeys(incident_ids)
        if team not in self._teams or not names:
            return False
        now = self._now()
        for name in names:
            self._add(StoredHint(team=team, incident_id=name, hinted_at=now, is_urgent=is_urgent))
        written = self._next_write()
        if self._is_away:
            return False
        try:
            async with asyncio.timeout(HINT_TIMEOUT):
                return await asyncio.shield(written)
        except TimeoutError:
            return False

    def _add(self, hint: StoredHint) -> None:
        """Keep a hint, once for each incident; those beyond the limit become one for any incident of the team."""
        key = (hint.team, hint.incident_id)
        if key not in self._waiting and len(self._waiting) >= MAX_UNWRITTEN_HINTS:
            key, hint = (hint.team, ANY_INCIDENT), replace(hint, incident_id=ANY_INCIDENT)
        earlier = self._waiting.get(key, hint)
        self._waiting[key] = replace(earlier, is_urgent=earlier.is_urgent or hint.is_urgent)

    def _next_write(self) -> asyncio.Future[bool]:
        """Return whether the next write, which has all that waits now, succeeds; start the writer."""
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), name="hints")
        return self._written

    async def _write_all(self) -> None:
        """Write until nothing is left: in one transaction everything that has come during the one before."""
        while self._waiting:
            if not await self._write():
                await self._sleep(REWRITE_PAUSE)

    async def _write(self) -> bool:
        self._writing, self._waiting = self._waiting, {}
        written, self._written = self._written, None
        is_written = False
        try:
            await self._table.put(self._writing.values())
            is_written = True
        except DatabaseUnavailable as error:
            log.warning("hints.not_stored", count=len(self._writing), why=str(error))
        finally:
            tried, self._writing, self._is_away = self._writing, {}, not is_written
            if not is_written:
                self._put_back(tried.values())
            if written is not None and not written.done():
                written.set_result(is_written)
        for team in sorted({team for team, _ in tried}) if is_written else ():
            self.wake(team)
        return is_written

    def _put_back(self, hints: Iterable[StoredHint]) -> None:
        """Keep what was not written, before what has come since."""
        newer, self._waiting = self._waiting, {}
        for hint in (*hints, *newer.values()):
            self._add(hint)

    async def close(self) -> None:
        """Stop, and try once more for half a second; what is not stored then is found by the next poll."""
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer
        if self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(HINT_TIMEOUT):
                    await self._write()
