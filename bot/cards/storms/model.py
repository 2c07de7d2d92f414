"""What the message of a storm shows, and which incidents go into it. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.flashduty import Incident, Progress, Severity

# Cards that are posted within it count.
STORM_WINDOW: Final = timedelta(minutes=5)


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

    channel: str
    """In Slack."""
    places: tuple[Place, ...]
    started_at: datetime
    ended_at: datetime | None = None

    @property
    def open(self) -> tuple[Place, ...]:
        """The places of the incidents that are open."""
        return tuple(one for one in self.places if one.progress is not Progress.CLOSED)


def name_of(channel: str, started_at: datetime) -> str:
    """Return what names the storm of a Slack channel that began at an instant: the channel, and ms since 1970."""
    return f"{channel}:{round(started_at.timestamp() * 1_000)}"


def storm_of(name: str) -> tuple[str, datetime]:
    """Return the channel and the beginning of a storm from its name."""
    channel, _, began_at = name.partition(":")
    return channel, datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(began_at))


def end_of(came_at: Iterable[datetime], *, began_at: datetime, limit: int) -> datetime:
    """Return when a storm ends unless more comes: from then on no more than the limit came within five minutes.

    `came_at` are the instants at which cards were posted, or would have been without the storm.
    """
    newest_first = sorted(came_at, reverse=True)
    return (newest_first[limit] if len(newest_first) > limit else began_at) + STORM_WINDOW


def divided(
    new: Iterable[Incident],
    *,
    limit: int,
    posted: int,
    posted_critical: int,
    is_storm: bool,
    begun: Collection[str] = (),
) -> tuple[Sequence[Incident], Sequence[Incident]]:
    """Divide new incidents into those that get a card and those that get a place in the message of a storm.

    `posted` and `posted_critical` are how many cards were posted in the last minutes. The most severe and then the
    oldest come first. Critical ones get a card in a storm as well, until there are more of them than the limit. So do
    those in `begun`, whose card may be in Slack already.
    """
    own: list[Incident] = []
    placed: list[Incident] = []
    for one in sorted(new, key=lambda one: (one.severity.rank, one.started_at)):
        is_critical = one.severity is Severity.CRITICAL
        has_room = (is_critical and posted_critical < limit) or (not is_storm and posted < limit)
        if has_room or one.id in begun:
            own.append(one)
            posted += 1
            posted_critical += is_critical
        else:
            placed.append(one)
            is_storm = True
    return own, placed
