"""The values of a weekly report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.flashduty import Severity
from bot.incidents.figures import DayFigures, total
from bot.messages.language import N_
from bot.runtime.defects import Spares

SEVERITIES: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
# The names of the parts, as a message shows those that are left out.
TOTALS: Final = N_("the totals")
REPORT_DAYS: Final = N_("the days")
WEEK_BEFORE: Final = N_("the week before")


@dataclass(frozen=True)
class ReportDay:
    """One local day."""

    on: date
    by_severity: Mapping[Severity, int]
    figures: DayFigures


@dataclass(frozen=True)
class WeeklyReport:
    """Seven local days, and the seven before where known; `is_complete` is false when some incidents were not read.

    `days` is empty where a defect of the bot lost them: `spares` names the lost parts, and contains a defect in drawing
    one.
    """

    team: str
    days: tuple[ReportDay, ...]
    before: DayFigures | None
    is_complete: bool = True
    is_counted: bool = False
    """Whether the bot counted the incidents, because the key has no access to the analytics."""
    spares: Spares = field(default_factory=Spares, repr=False, compare=False)

    @property
    def total(self) -> DayFigures:
        """The whole week."""
        return total(day.figures for day in self.days)

    def of(self, severity: Severity) -> int:
        """Count the incidents of one severity."""
        return sum(day.by_severity.get(severity, 0) for day in self.days)
