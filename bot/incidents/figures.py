"""Figures of the analytics for one or several days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Final, Self
from zoneinfo import ZoneInfo

from bot.flashduty import Code, Figures

# The codes of a key that has no access to the analytics; other errors may pass.
ANALYTICS_NOT_OPEN: Final = frozenset({Code.ACCESS_DENIED, Code.NO_LICENSE, Code.RESOURCE_NOT_FOUND})


@dataclass(frozen=True)
class DayFigures:
    """The figures of one day, or the sum of several."""

    incidents: int = 0
    acknowledged: int = 0
    closed: int = 0
    to_acknowledge: timedelta = timedelta()
    to_close: timedelta = timedelta()
    interruptions_at_night: int = 0
    alerts: int = 0
    alerts_reduced: float = 0.0

    @classmethod
    def of(cls, row: Figures) -> Self:
        """Convert one row of Flashduty's answer."""
        return cls(
            incidents=row.incidents,
            acknowledged=row.acknowledged,
            closed=row.closed,
            to_acknowledge=row.to_acknowledge,
            to_close=row.to_close,
            interruptions_at_night=row.interruptions if row.is_at_night else 0,
            alerts=row.alerts,
            alerts_reduced=row.alerts * row.noise_reduction / 100,
        )

    def __add__(self, other: "DayFigures") -> "DayFigures":
        return DayFigures(
            incidents=self.incidents + other.incidents,
            acknowledged=self.acknowledged + other.acknowledged,
            closed=self.closed + other.closed,
            to_acknowledge=self.to_acknowledge + other.to_acknowledge,
            to_close=self.to_close + other.to_close,
            interruptions_at_night=self.interruptions_at_night + other.interruptions_at_night,
            alerts=self.alerts + other.alerts,
            alerts_reduced=self.alerts_reduced + other.alerts_reduced,
        )

    @property
    def acknowledged_share(self) -> float | None:
        """The percentage that was acknowledged; None without incidents."""
        return 100 * self.acknowledged / self.incidents if self.incidents else None

    @property
    def mean_to_acknowledge(self) -> timedelta | None:
        """The mean time until an incident was acknowledged; None when none was."""
        return self.to_acknowledge / self.acknowledged if self.acknowledged else None

    @property
    def mean_to_close(self) -> timedelta | None:
        """The mean time until an incident was closed; None when none was."""
        return self.to_close / self.closed if self.closed else None

    @property
    def noise_reduction(self) -> float | None:
        """The percentage of alerts that became no incident of their own; None without alerts."""
        return 100 * self.alerts_reduced / self.alerts if self.alerts else None


def local_date(row: Figures, timezone: ZoneInfo) -> date | None:
    """Return the local day of a row; None when it has none."""
    try:
        return datetime.fromtimestamp(row.ts, timezone).date() if row.ts else None
    except (ValueError, OverflowError, OSError):
        return None


def total(figures: Iterable[DayFigures]) -> DayFigures:
    """Add up the figures of several days."""
    return reduce(DayFigures.__add__, figures, DayFigures())
