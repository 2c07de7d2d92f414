"""The custom actions that timelines show to have been run, by the Flashduty channel in which they were."""

from collections.abc import Iterable
from typing import Final

from bot.flashduty.models.customs import CustomAction
from bot.flashduty.models.timeline import TimelineEntry
from bot.flashduty.models.timeline_work import ActionRun

# A Flashduty channel has at most five (/en/on-call/integration/webhooks/custom-action).
_ACTIONS_OF_CHANNEL: Final = 5
_CHANNELS: Final = 200
_NAME_LIMIT: Final = 60


class LearntActions:
    """Cache of one team's custom actions, of this process: those that were run last, without those of the settings."""

    def __init__(self) -> None:
        self._by_channel: dict[int, dict[int, str]] = {}

    def learn(self, flashduty_channel: int, entries: Iterable[TimelineEntry]) -> None:
        """Remember the actions that a timeline names; entries come oldest first."""
        for run in (one.detail for one in entries):
            if flashduty_channel and isinstance(run, ActionRun) and run.integration_id > 0 and run.name.strip():
                self._keep(flashduty_channel, run.integration_id, " ".join(run.name.split())[:_NAME_LIMIT])

    def _keep(self, flashduty_channel: int, integration_id: int, name: str) -> None:
        kept = self._by_channel.pop(flashduty_channel, {})
        kept.pop(integration_id, None)
        kept[integration_id] = name
        self._by_channel[flashduty_channel] = dict(list(kept.items())[-_ACTIONS_OF_CHANNEL:])
        if len(self._by_channel) > _CHANNELS:
            del self._by_channel[next(iter(self._by_channel))]

    def of(self, flashduty_channel: int) -> tuple[CustomAction, ...]:
        """Return the actions of a Flashduty channel by their names."""
        kept = self._by_channel.get(flashduty_channel, {})
        return tuple(sorted((CustomAction(name, number) for number, name in kept.items()), key=lambda one: one.name))
