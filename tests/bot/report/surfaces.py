"""Surfaces of the weekly report."""

from datetime import date, timedelta

from bot.flashduty import Severity
from bot.incidents.figures import DayFigures
from bot.report import messages as report
from bot.report.model import ReportDay, WeeklyReport
from tests.bot.samples import HOSTILE

THE_WEEK_BEFORE = DayFigures(incidents=40, acknowledged=30, to_acknowledge=timedelta(minutes=90))


def week_report(before=THE_WEEK_BEFORE, *, complete=True):
    days = tuple(
        ReportDay(
            date(2026, 11, 17) + timedelta(days=n),
            {Severity.CRITICAL: n, Severity.WARNING: 2 * n, Severity.INFO: 1 if n else 0},
            DayFigures(3 * n + bool(n), 2 * n, n, timedelta(minutes=7 * n), timedelta(hours=n)),
        )
        for n in range(7)
    )
    return WeeklyReport("payments", days, before, complete, is_counted=before is None)


def quiet_week():
    days = tuple(ReportDay(date(2026, 11, 17) + timedelta(days=n), {}, DayFigures()) for n in range(7))
    return WeeklyReport("payments", days, THE_WEEK_BEFORE, is_complete=True, is_counted=False)


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "report": report.report(readers.everybody, week_report(), date(2026, 11, 24)),
        "report-with-chart": report.report(readers.everybody, week_report(), date(2026, 11, 24), picture="F0CHART001"),
        "report-of-a-quiet-week": report.report(readers.everybody, quiet_week(), date(2026, 11, 24)),
        "report-private": report.report(readers.alone, week_report(), date(2026, 11, 24), may_post=True),
        "report-by-hand": report.report(readers.everybody, week_report(), date(2026, 11, 24), asked_by=HOSTILE),
        "report-without-analytics": report.report(readers.alone, week_report(None, complete=False), date(2026, 11, 24)),
    }
