"""Read a team's last seven days: incidents by severity and day, and the time to acknowledge them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bot.flashduty import (
    Figures,
    Flashduty,
    FlashdutyError,
    Incident,
    IncidentQuery,
    InsightQuery,
    Progress,
    Severity,
)
from bot.incidents.figures import ANALYTICS_NOT_OPEN, DayFigures, local_date, total
from bot.incidents.queries import read_all
from bot.report.model import REPORT_DAYS, SEVERITIES, WEEK_BEFORE, ReportDay, WeeklyReport
from bot.runtime.defects import Spares
from bot.teams.access import Team

DAYS_IN_REPORT: Final = 7


NO_DAYS: Final[tuple[ReportDay, ...]] = ()
# A row of the analytics: its local day, the requested severity, and its figures.
FiguresRow = tuple[date | None, Severity, DayFigures]


async def gather_report(flashduty: Flashduty, team: Team, on: date) -> WeeklyReport:
    """Read the seven days before a local date: three calls, or the incidents themselves without the analytics.

    Raises FlashdutyError when neither can be read.
    """
    try:
        # One call first: without the permission the others are not made.
        worst = await flashduty.figures(_report_query(team, on, SEVERITIES[0]))
        rest = await asyncio.gather(*(flashduty.figures(_report_query(team, on, other)) for other in SEVERITIES[1:]))
    except FlashdutyError as error:
        if error.code not in ANALYTICS_NOT_OPEN:
            raise
        return await _from_incidents(flashduty, team, on)
    return _from_figures(dict(zip(SEVERITIES, (worst, *rest), strict=True)), team, on)


def _report_query(team: Team, on: date, severity: Severity) -> InsightQuery:
    return team.scope.of(
        InsightQuery(
            start=_midnight(team, on - timedelta(days=2 * DAYS_IN_REPORT)),
            end=_midnight(team, on),
            severities=(severity,),
            by_day=True,
            time_zone=team.timezone.key,
        )
    )


def _midnight(team: Team, on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=team.timezone)


def _days(on: date) -> list[date]:
    return [on - timedelta(days=ago) for ago in range(DAYS_IN_REPORT, 0, -1)]


def _from_figures(tables: Mapping[Severity, Sequence[Figures]], team: Team, on: date) -> WeeklyReport:
    rows_by_day = [
        (local_date(row, team.timezone), severity, DayFigures.of(row))
        for severity, rows in tables.items()
        for row in rows
    ]
    spares = Spares()
    days = spares.part(
        REPORT_DAYS, lambda: tuple(_day_from_figures(rows_by_day, tables, day) for day in _days(on)), NO_DAYS
    )
    before = spares.part(WEEK_BEFORE, lambda: _before(rows_by_day, _days(on)[0]), None)
    return WeeklyReport(team.name, days, before, spares=spares)


def _day_from_figures(rows: Sequence[FiguresRow], severities: Iterable[Severity], on: date) -> ReportDay:
    return ReportDay(
        on=on,
        by_severity={
            s: sum(one.incidents for when, which, one in rows if (when, which) == (on, s)) for s in severities
        },
        figures=total(one for when, _, one in rows if when == on),
    )


def _before(rows: Sequence[FiguresRow], first: date) -> DayFigures | None:
    """Add up the week before; None for an account so young that it has no rows of it."""
    before = [one for when, _, one in rows if when is not None and when < first]
    return total(before) if before else None


async def _from_incidents(flashduty: Flashduty, team: Team, on: date) -> WeeklyReport:
    query = team.scope.of(
        IncidentQuery(
            start=_midnight(team, on - timedelta(days=DAYS_IN_REPORT)),
            end=_midnight(team, on),
            progress=(Progress.TRIGGERED, Progress.PROCESSING, Progress.CLOSED),
        )
    )
    found: dict[str, Incident] = {}
    is_complete = await read_all(flashduty, query, found)
    spares = Spares()
    days = spares.part(
        REPORT_DAYS, lambda: tuple(_day_from_incidents(found.values(), team, day) for day in _days(on)), NO_DAYS
    )
    return WeeklyReport(team.name, days, None, is_complete=is_complete, is_counted=True, spares=spares)


def _day_from_incidents(incidents: Iterable[Incident], team: Team, on: date) -> ReportDay:
    of_day = [one for one in incidents if one.started_at.astimezone(team.timezone).date() == on]
    counts = {severity: sum(one.severity is severity for one in of_day) for severity in SEVERITIES}
    return ReportDay(on, counts, total(_incident_figures(one) for one in of_day))


def _incident_figures(incident: Incident) -> DayFigures:
    acknowledged, closed = incident.acknowledged_at, incident.closed_at
    return DayFigures(
        incidents=1,
        acknowledged=int(acknowledged is not None),
        closed=int(closed is not None),
        to_acknowledge=acknowledged - incident.started_at if acknowledged else timedelta(),
        to_close=closed - incident.started_at if closed else timedelta(),
    )


def chart_data(report: WeeklyReport) -> dict[str, Any]:
    """Return what the chart shows as plain lists: counts by severity, minutes to acknowledge or None, for each day."""
    means = [day.figures.mean_to_acknowledge for day in report.days]
    return {
        "days": [f"{day.on:%m-%d}" for day in report.days],
        "incidents": {
            severity.value: [day.by_severity.get(severity, 0) for day in report.days] for severity in SEVERITIES
        },
        "minutes": [None if mean is None else mean.total_seconds() / 60 for mean in means],
    }
