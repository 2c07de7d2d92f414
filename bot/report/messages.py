"""The weekly report as text, and the description of its chart for screen readers."""

from datetime import date, timedelta
from typing import Final

from bot.flashduty import Severity
from bot.incidents.figures import MIN_DIFFERENCE, Trend, trend
from bot.incidents.messages.status import severity_mark
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, header, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.dates import length_of_time, short_date
from bot.messages.left_out import left_out
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, lines, mrkdwn
from bot.messages.views import PERSON_NAME_LIMIT, DigestWeek, PostedDigest, ViewValue
from bot.report.model import REPORT_DAYS, SEVERITIES, TOTALS, ReportDay, WeeklyReport

# Slack's limit of a description for screen readers (docs.slack.dev/reference/methods/files.getUploadURLExternal).
ALT_TEXT_LIMIT: Final = 1000

_COUNTS: Final = {Trend.LESS: "↓ fewer than", Trend.SAME: "→ about as many as", Trend.MORE: "↑ more than"}
_TIMES: Final = {Trend.LESS: "↓ faster than", Trend.SAME: "→ about as fast as", Trend.MORE: "↑ slower than"}


def report(
    to: Audience, found: WeeklyReport, on: date, *, asked_by: str | None = None, may_post: bool = False
) -> Message:
    """Draw the week's numbers, which the chart shows as well; `asked_by` marks a report that was posted on demand."""
    shown = DigestWeek(on=on, asked_by=(asked_by or "")[:PERSON_NAME_LIMIT])
    spared = found.spares.part
    totals = spared(TOTALS, lambda: section(lines(*_totals(to, found))), None) if found.days else None
    days = spared(
        REPORT_DAYS, lambda: section(lines(to.say("*Day by day*"), *(_day(to, day) for day in found.days))), None
    )
    return Message.of(
        header(
            f"The week of team {found.team}: {_span(to, found)}" if found.days else f"The week of team {found.team}"
        ),
        totals,
        days if found.days else None,
        left_out(to, found.spares.lost),
        None
        if found.is_complete
        else context(to.say("There were more incidents than could be read; these are the newest 500.")),
        context(to.say("Counted from the incidents: the analytics are not open to this team's APP Key."))
        if found.is_counted
        else None,
        actions(
            control(to.label("Refresh"), REFRESH, ViewValue(team=found.team, view=shown), suffix="refresh"),
            control(
                to.label("Post with its chart"),
                SHOW_PRIVATELY,
                ViewValue(team=found.team, view=PostedDigest(is_week=True)),
                suffix="post",
            )
            if may_post
            else None,
        ),
        context(to.say("Posted for {who}, who asked for it.", who=clipped(asked_by, 60))) if asked_by else None,
    )


def _span(to: Audience, found: WeeklyReport) -> str:
    return f"{short_date(to, found.days[0].on)} to {short_date(to, found.days[-1].on)}"


def _totals(to: Audience, found: WeeklyReport) -> list[Mrkdwn | None]:
    total = found.total
    by_severity = [
        mrkdwn("{mark} {count}", mark=severity_mark(to, severity), count=count)
        for severity in SEVERITIES
        if (count := found.of(severity))
    ]
    return [
        _count(to, total.incidents, found.before.incidents if found.before else None),
        dotted(*by_severity),
        _share(to, total.acknowledged_share),
        _time(
            to,
            "Mean time to acknowledge",
            total.mean_to_acknowledge,
            before=found.before.mean_to_acknowledge if found.before else None,
        ),
        _time(
            to, "Mean time to close", total.mean_to_close, before=found.before.mean_to_close if found.before else None
        ),
    ]


def _count(to: Audience, figure: int, before: int | None) -> Mrkdwn:
    headline = to.counted(figure, "*{count} incident*", "*{count} incidents*")
    if before is None:
        return headline
    words = _COUNTS[trend(figure, before, at_least=MIN_DIFFERENCE)]
    return to.say("{headline} {words} the week before ({before})", headline=headline, words=words, before=before)


def _share(to: Audience, figure: float | None) -> Mrkdwn | None:
    return None if figure is None else to.say("• Acknowledged: *{figure} %*", figure=round(figure))


def _time(to: Audience, label: str, figure: timedelta | None, before: timedelta | None) -> Mrkdwn | None:
    if figure is None:
        return None
    if before is None:
        return mrkdwn("• {label}: *{figure}*", label=label, figure=length_of_time(to, figure))
    words = _TIMES[trend(figure.total_seconds(), before.total_seconds(), at_least=MIN_DIFFERENCE)]
    return to.say(
        "• {label}: *{figure}* {words} the week before ({before})",
        label=label,
        figure=length_of_time(to, figure),
        words=words,
        before=length_of_time(to, before),
    )


def _day(to: Audience, day: ReportDay) -> Mrkdwn:
    if not day.figures.incidents:
        return to.say("• {day}: none", day=short_date(to, day.on))
    mean = day.figures.mean_to_acknowledge
    return dotted(
        to.counted(
            day.figures.incidents,
            "• {day}: *{count}* incident",
            "• {day}: *{count}* incidents",
            day=short_date(to, day.on),
        ),
        escaped(_severities(day)),
        to.say("acknowledged after {mean} on average", mean=length_of_time(to, mean))
        if mean is not None
        else to.say("none acknowledged"),
    )


def _severities(day: ReportDay) -> str:
    return ", ".join(f"{_word(severity)} {count}" for severity, count in day.by_severity.items() if count)


def _word(severity: Severity) -> str:
    return severity.value.lower()


def chart_title(to: Audience, found: WeeklyReport) -> str:
    """Return the chart's title."""
    return f"Incidents of team {found.team}, {_span(to, found)}"


def alt_text(to: Audience, found: WeeklyReport) -> str:
    """Describe the chart and its numbers for screen readers."""
    days = "; ".join(
        f"{short_date(to, day.on)}: {day.figures.incidents}"
        + (f" ({_severities(day)})" if day.figures.incidents else "")
        for day in found.days
    )
    mean = found.total.mean_to_acknowledge
    waited = f" On average they were acknowledged after {length_of_time(to, mean)}." if mean is not None else ""
    text = f"Bar chart of incidents by severity for each day, with a line for the mean time to acknowledge. {days}.{waited}"
    return clipped(text, ALT_TEXT_LIMIT)
