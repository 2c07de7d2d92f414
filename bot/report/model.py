"""What a weekly report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.flashduty import Severity
from bot.incidents.figures import DayFigures, together
from bot.runtime.defects import Spares

SEVERITIES: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
# The parts, as people are told of one that is left out.
TOTALS: Final = "the totals"
REPORT_DAYS: Final = "the days"
WEEK_BEFORE: Final = "the week before"


@dataclass(frozen=True)
class ReportDay:
    """One local day."""

    on: date
    by_severity: Mapping[Severity, int]
    figures: DayFigures


@dataclass(frozen=True)
class Report:
    """Seven local days, and the seven before where they are known; `is_complete` is false when some were not read.

    There are no days when a defect of ours has cost them; `spares` tells of that, and keeps a defect in drawing one
    part from the others.
    """

    team: str
    days: tuple[ReportDay, ...]
    before: DayFigures | None
    is_complete: bool = True
    is_counted: bool = False
    """Whether the incidents were counted here, because the analytics are not open to the key."""
    spares: Spares = field(default_factory=Spares, repr=False, compare=False)

    @property
    def total(self) -> DayFigures:
        """The whole week."""
        return together(day.figures for day in self.days)

    def of(self, severity: Severity) -> int:
        """How many incidents of one severity the week had."""
        return sum(day.by_severity.get(severity, 0) for day in self.days)
