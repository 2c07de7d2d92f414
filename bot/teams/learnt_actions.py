"""The custom actions that timelines show to have been run, by the Flashduty channel in which they were.

They are stored, so that every replica offers them, and a bot that was started again. What the database does not say is
answered from memory.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.flashduty.models.customs import CustomAction
from bot.flashduty.models.timeline import TimelineEntry
from bot.flashduty.models.timeline_work import ActionRun
from bot.storage.account.account_tables import ACTION_NAME_LENGTH
from bot.storage.account.learnt_actions import ACTIONS_OF_CHANNEL, LearntActionTable, StoredAction
from bot.storage.columns import storable
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

# Channels of all teams that are remembered besides.
_CHANNELS: Final = 500
# A run is stored again when it is so much newer than the stored one: it prolongs how long the action is kept.
_STORED_AGAIN_AFTER: Final = timedelta(days=1)

_Actions = Mapping[int, StoredAction]


class LearntActions:
    """Learns and returns actions, without those of the settings. No method raises."""

    def __init__(self, table: LearntActionTable, now: Callable[[], datetime], *, retention: timedelta) -> None:
        self._table = table
        self._now = now
        self._retention = retention
        self._known: dict[tuple[str, int], _Actions] = {}
        self._unstored: set[tuple[str, int]] = set()

    async def learn(self, team: str, flashduty_channel: int, entries: Iterable[TimelineEntry]) -> None:
        """Store the actions that a timeline names, where they are not stored yet; entries come oldest first."""
        key = (team, flashduty_channel)
        known = self._known.get(key, {})
        run = _runs(entries, self._now()) if flashduty_channel > 0 else {}
        stored: _Actions = {} if key in self._unstored else known
        new = [one for one in run.values() if _is_news(one, stored.get(one.integration_id))]
        if not new:
            return
        kept_until = max(one.last_run_at for one in new) + self._retention
        try:
            await self._table.add(team, flashduty_channel, new, kept_until=kept_until)
            self._unstored.discard(key)
        except DatabaseUnavailable as error:
            self._unstored.add(key)
            log.warning("learnt_actions.not_stored", team=team, why=str(error))
        self._remember(key, {**known, **run})

    async def of(self, team: str, flashduty_channel: int) -> tuple[CustomAction, ...]:
        """Return the actions of a Flashduty channel by their names."""
        try:
            stored = await self._table.of(team, flashduty_channel, self._now())
        except DatabaseUnavailable as error:
            log.warning("learnt_actions.unread", team=team, why=str(error))
            stored = tuple(self._known.get((team, flashduty_channel), {}).values())
        found = (CustomAction(one.name, one.integration_id) for one in stored)
        return tuple(sorted(found, key=lambda one: (one.name, one.integration_id)))

    def _remember(self, key: tuple[str, int], actions: _Actions) -> None:
        newest = sorted(actions.values(), key=lambda one: one.last_run_at)[-ACTIONS_OF_CHANNEL:]
        self._known.pop(key, None)
        self._known[key] = {one.integration_id: one for one in newest}
        if len(self._known) > _CHANNELS:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._unstored.discard(oldest)


def _runs(entries: Iterable[TimelineEntry], now: datetime) -> dict[int, StoredAction]:
    """Return the last run of each action that a timeline names."""
    found: dict[int, StoredAction] = {}
    for entry in entries:
        run = entry.detail
        name = storable(" ".join(run.name.split())[:ACTION_NAME_LENGTH]) if isinstance(run, ActionRun) else ""
        if isinstance(run, ActionRun) and name and run.integration_id > 0:
            at = min(entry.created_at or now, now)
            found[run.integration_id] = StoredAction(integration_id=run.integration_id, name=name, last_run_at=at)
    return found


def _is_news(run: StoredAction, known: StoredAction | None) -> bool:
    if known is None:
        return True
    age = run.last_run_at - known.last_run_at
    return age >= _STORED_AGAIN_AFTER or (run.name != known.name and age >= timedelta(0))
