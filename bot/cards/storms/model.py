"""What the message of a storm shows, and which incidents go into it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.flashduty import Incident, Progress, Severity


@dataclass(frozen=True, kw_only=True)
class Place:
    """An incident in the message of a storm, as it was seen last."""

    severity: Severity
    progress: Progress
    flashduty_channel: str

    @classmethod
    def of(cls, incident: Incident) -> "Place":
        """Return the place of an incident."""
        return cls(severity=incident.severity, progress=incident.progress, flashduty_channel=incident.channel_name)

    @classmethod
    def read(cls, seen: Mapping[str, Any]) -> "Place":
        """Read a place that was stored."""
        return cls(
            severity=Severity(seen.get("severity", "")),
            progress=Progress(seen.get("progress", "")),
            flashduty_channel=str(seen.get("flashduty_channel", "")),
        )

    @property
    def seen(self) -> dict[str, Any]:
        """What is stored of it."""
        return {
            "severity": self.severity.value,
            "progress": self.progress.value,
            "flashduty_channel": self.flashduty_channel,
        }


@dataclass(frozen=True, kw_only=True)
class StormContents:
    """The incidents of one storm, and from when to when new ones came."""

    places: tuple[Place, ...]
    started_at: datetime
    ended_at: datetime | None = None


def divided(
    new: Iterable[Incident], *, limit: int, posted: int, posted_critical: int, is_storm: bool
) -> tuple[Sequence[Incident], Sequence[Incident]]:
    """Divide new incidents into those that get a card and those that get a place in the message of a storm.

    `posted` and `posted_critical` are how many cards were posted in the last minutes. The most severe and then the
    oldest come first. Critical ones get a card in a storm as well, until there are more of them than the limit.
    """
    own: list[Incident] = []
    placed: list[Incident] = []
    for one in sorted(new, key=lambda one: (one.severity.rank, one.started_at)):
        is_critical = one.severity is Severity.CRITICAL
        if (is_critical and posted_critical < limit) or (not is_storm and posted < limit):
            own.append(one)
            posted += 1
            posted_critical += is_critical
        else:
            placed.append(one)
            is_storm = True
    return own, placed
