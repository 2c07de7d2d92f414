"""Yesterday's figures, compared with the same weekday of the four weeks before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.flashduty import Figures, InsightQuery
from bot.incidents.figures import DayFigures, local_date, total
from bot.teams.access import Team

WEEKS: Final = 4


@dataclass(frozen=True)
class Yesterday:
    """The figures of one local date; `usual` is the sum of the same weekday of up to four weeks, None without any."""

    on: date
    day: DayFigures
    usual: DayFigures | None
    weeks: int = WEEKS
    """How many weeks `usual` contains: a young account has fewer than four."""
    has_night_figures: bool = True

    @property
    def is_quiet(self) -> bool:
        """Whether there were no incidents, and usually are none."""
        return not self.day.incidents and not (self.usual and self.usual.incidents)

    def usual_count(self, total: int) -> float:
        """Return the mean of one day for a total of all weeks."""
        return total / self.weeks


def yesterday_query(team: Team, on: date) -> InsightQuery:
    """Query the day before `on` and the four weeks before that: 29 local days, by day and part of the day."""
    return team.scope.of(
        InsightQuery(
            start=_midnight(on - timedelta(days=1 + 7 * WEEKS), team.timezone),
            end=_midnight(on, team.timezone),
            by_day=True,
            by_hours=True,
            time_zone=team.timezone.key,
        )
    )


def _midnight(on: date, timezone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=timezone)


def compare_yesterday(rows: Iterable[Figures], timezone: ZoneInfo, on: date) -> Yesterday:
    """Compare the day before `on` with the same weekday of the four weeks before."""
    by_day = [(local_date(row, timezone), row) for row in rows]
    day = on - timedelta(days=1)
    first = min((when for when, _ in by_day if when is not None), default=day)
    earlier = {when for week in range(1, WEEKS + 1) if (when := day - timedelta(weeks=week)) >= first}
    return Yesterday(
        on=day,
        day=total(DayFigures.of(row) for when, row in by_day if when == day),
        usual=total(DayFigures.of(row) for when, row in by_day if when in earlier) if earlier else None,
        weeks=len(earlier),
        has_night_figures=not by_day or any(row.hours for _, row in by_day),
    )
