"""The weekly report: three sentences and the chart, or a line for each day where there is no chart."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Severity
from bot.incidents.messages.status import severity_mark
from bot.messages.audience import Audience
from bot.messages.blocks import context, header, image, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.dates import length_of_time, short_date
from bot.messages.errors.left_out import left_out
from bot.messages.message import Message
from bot.messages.text import Label, Mrkdwn, clipped, dotted, lines, mrkdwn, verbatim
from bot.messages.views import PERSON_NAME_LIMIT, DigestWeek, PostedDigest, ViewValue
from bot.report.model import REPORT_DAYS, SEVERITIES, TOTALS, ReportDay, WeeklyReport

# Slack's limit of a description for screen readers (docs.slack.dev/reference/methods/files.getUploadURLExternal).
CHART_ALT_TEXT_LIMIT: Final = 1000
NO_BLOCKS: Final[tuple[Block, ...]] = ()


def report(
    to: Audience,
    found: WeeklyReport,
    on: date,
    *,
    asked_by: str | None = None,
    may_post: bool = False,
    picture: str | None = None,
) -> Message:
    """Draw the week's numbers; `asked_by` marks a report that was posted on demand, `picture` is the chart's file.

    A report with its chart has no Refresh: the numbers would no longer be those of the picture.
    """
    spared = found.spares.part
    has_totals = bool(found.days) and found.total.incidents > 0
    totals = spared(TOTALS, lambda: section(lines(*_sentences(to, found))), None) if has_totals else None
    return Message.of(
        header(_headline(to, found)),
        context(
            dotted(_span(to, found), to.say("posted for {who}", who=clipped(asked_by, 60)) if asked_by else None),
        ),
        totals,
        *(_chart(to, found, picture) if picture else spared(REPORT_DAYS, lambda: _days(to, found), NO_BLOCKS)),
        left_out(to, found.spares.lost),
        context(to.say("There were more incidents than could be read; these are the newest 500."))
        if not found.is_complete
        else None,
        context(to.say("Counted from the incidents: this team's APP Key has no access to Flashduty's analytics."))
        if found.is_counted
        else None,
        None if picture else _controls(to, found, on, asked_by=asked_by, may_post=may_post),
    )


def _controls(to: Audience, found: WeeklyReport, on: date, *, asked_by: str | None, may_post: bool) -> Block:
    shown = DigestWeek(on=on, asked_by=(asked_by or "")[:PERSON_NAME_LIMIT])
    posted = ViewValue(team=found.team, view=PostedDigest(is_week=True))
    return refreshable(
        to,
        control(to.label("Refresh"), REFRESH, ViewValue(team=found.team, view=shown), suffix="refresh"),
        control(to.label("Post with its chart"), SHOW_PRIVATELY, posted, suffix="post") if may_post else None,
    )


def _headline(to: Audience, found: WeeklyReport) -> Label:
    """Say how many incidents there were and how many the week before: it is the notification."""
    if not found.days:
        return to.label("The week in incidents")
    count, critical = found.total.incidents, found.of(Severity.CRITICAL)
    if found.before is None:
        return to.counted_label(
            count,
            "{count} incident in 7 days ({critical} critical)",
            "{count} incidents in 7 days ({critical} critical)",
            critical=critical,
        )
    return to.counted_label(
        count,
        "{count} incident in 7 days ({critical} critical), {before} the week before",
        "{count} incidents in 7 days ({critical} critical), {before} the week before",
        critical=critical,
        before=found.before.incidents,
    )


def _span(to: Audience, found: WeeklyReport) -> Mrkdwn:
    if not found.days:
        return to.say("Report of team *{team}*", team=found.team)
    first, last = short_date(to, found.days[0].on), short_date(to, found.days[-1].on)
    return to.say("Report of team *{team}*, {first} to {last}", team=found.team, first=first, last=last)


def _sentences(to: Audience, found: WeeklyReport) -> Iterable[Mrkdwn | None]:
    """Say three things of a week with incidents: how fast they were acknowledged, how fast closed, the busiest day."""
    counts = ((severity, found.of(severity)) for severity in SEVERITIES)
    yield dotted(*(_count(to, severity, count) for severity, count in counts if count))
    yield _acknowledged(to, found)
    yield _closed(to, found)
    busiest = max(found.days, key=lambda day: day.figures.incidents)
    yield to.counted(
        busiest.figures.incidents,
        "The busiest day was {day}, with {count} incident.",
        "The busiest day was {day}, with {count} incidents.",
        day=short_date(to, busiest.on),
    )


def _count(to: Audience, severity: Severity, count: int) -> Mrkdwn:
    return mrkdwn("{mark} {count}", mark=severity_mark(to, severity), count=count)


def _acknowledged(to: Audience, found: WeeklyReport) -> Mrkdwn | None:
    share, mean = found.total.acknowledged_share, found.total.mean_to_acknowledge
    if share is None or mean is None:
        return to.say("None was acknowledged.")
    figure, took = round(share), length_of_time(to, mean)
    if found.before is None or found.before.mean_to_acknowledge is None:
        return to.say("{figure} % were acknowledged, after {mean} on average.", figure=figure, mean=took)
    return to.say(
        "{figure} % were acknowledged, after {mean} on average ({before} the week before).",
        figure=figure,
        mean=took,
        before=length_of_time(to, found.before.mean_to_acknowledge),
    )


def _closed(to: Audience, found: WeeklyReport) -> Mrkdwn | None:
    mean = found.total.mean_to_close
    if mean is None:
        return None
    if found.before is None or found.before.mean_to_close is None:
        return to.say("Closing took {mean} on average.", mean=length_of_time(to, mean))
    return to.say(
        "Closing took {mean} on average ({before} the week before).",
        mean=length_of_time(to, mean),
        before=length_of_time(to, found.before.mean_to_close),
    )


def _chart(to: Audience, found: WeeklyReport, picture: str) -> tuple[Block, ...]:
    """Show the chart, with the words that are not in the picture."""
    words = to.say("Bars: incidents each day by severity. Line: minutes until they were acknowledged.")
    return image(picture, alt_text(to, found)), context(words)


def _days(to: Audience, found: WeeklyReport) -> tuple[Block, ...]:
    if not found.days:
        return ()
    return (section(lines(to.say("*Day by day*"), *(_day(to, day) for day in found.days))),)


def _day(to: Audience, day: ReportDay) -> Mrkdwn:
    if not day.figures.incidents:
        return to.say("• {day}: none", day=short_date(to, day.on))
    mean = day.figures.mean_to_acknowledge
    return dotted(
        to.say("• {day}: *{count}*", day=short_date(to, day.on), count=day.figures.incidents),
        *(_count(to, severity, count) for severity, count in day.by_severity.items() if count),
        to.say("acknowledged after {mean}", mean=length_of_time(to, mean))
        if mean is not None
        else to.say("none acknowledged"),
    )


def chart_title(to: Audience, found: WeeklyReport) -> Label:
    """Return the chart's title."""
    first, last = short_date(to, found.days[0].on), short_date(to, found.days[-1].on)
    return to.label("Incidents of team {team}, {first} to {last}", team=found.team, first=first, last=last)


def alt_text(to: Audience, found: WeeklyReport) -> Label:
    """Describe the chart and its numbers for screen readers."""
    days = to.label(", ").join(
        to.counted_label(
            day.figures.incidents, "{day}: {count} incident", "{day}: {count} incidents", day=short_date(to, day.on)
        )
        for day in found.days
    )
    text = to.label("Chart of incidents by severity and of minutes until they were acknowledged. {days}", days=days)
    return verbatim(clipped(text, CHART_ALT_TEXT_LIMIT))
