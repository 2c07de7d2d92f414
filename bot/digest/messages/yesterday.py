"""The digest's part about yesterday: one line, and each figure beside the usual one in the thread."""

from datetime import timedelta

from bot.digest.messages.brief import Brief
from bot.digest.yesterday import Yesterday
from bot.flashduty import Code, FlashdutyError
from bot.incidents.figures import ANALYTICS_NOT_OPEN, DayFigures
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.dates import length_of_time, weekday
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.layout import Part
from bot.messages.size import Chapter
from bot.messages.text import Mrkdwn, dotted


def yesterday_line(to: Audience, found: Yesterday) -> Brief:
    """Compare yesterday with the same weekday of the last four weeks; empty when there are no incidents in either."""
    if found.is_quiet:
        return Brief()
    rows = [row for row in (*_rows(to, found), _usual_line(to, found)) if row]
    title = to.say("*Yesterday*, {weekday}", weekday=weekday(to, found.on))
    return Brief.of(section(dotted(*_line(to, found))), chapters=[Chapter(title, tuple(rows))])


def _line(to: Audience, found: Yesterday) -> tuple[Mrkdwn | None, ...]:
    day, usual = found.day, found.usual
    nights = day.interruptions_at_night
    return (
        _yesterday_incidents(to, day.incidents, _usually(found, usual.incidents if usual else None)),
        to.say("acknowledged after {mean}", mean=length_of_time(to, day.mean_to_acknowledge))
        if day.mean_to_acknowledge is not None
        else None,
        to.counted(nights, "{count} night page (23:00–08:00)", "{count} night pages (23:00–08:00)") if nights else None,
    )


def _yesterday_incidents(to: Audience, count: int, usual: int | None) -> Mrkdwn:
    if usual is None:
        return to.counted(count, "*Yesterday:* {count} incident", "*Yesterday:* {count} incidents")
    return to.counted(
        count,
        "*Yesterday:* {count} incident (usually {usual})",
        "*Yesterday:* {count} incidents (usually {usual})",
        usual=usual,
    )


def _usually(found: Yesterday, total: int | None) -> int | None:
    """Return the usual number of one day, a whole one."""
    return None if total is None else round(found.usual_count(total))


def _usual_line(to: Audience, found: Yesterday) -> Mrkdwn:
    day = weekday(to, found.on)
    if found.usual is None:
        return to.say("No figures of earlier {weekday}s to compare with.", weekday=day)
    return to.counted(
        found.weeks,
        "“Usually” is the {weekday} before, the only one with figures.",
        "“Usually” is the average of the last {count} {weekday}s.",
        weekday=day,
    )


def _rows(to: Audience, found: Yesterday) -> list[Mrkdwn | None]:
    day, usual = found.day, found.usual
    nights = _usually(found, usual.interruptions_at_night if usual else None)
    return [
        _incidents(to, day.incidents, _usually(found, usual.incidents if usual else None)),
        _acknowledged(to, day, usual),
        _to_acknowledge(to, day.mean_to_acknowledge, usual.mean_to_acknowledge if usual else None),
        _to_close(to, day.mean_to_close, usual.mean_to_close if usual else None),
        _noise(to, day, usual),
        _night_pages(to, day.interruptions_at_night, nights) if found.has_night_figures else None,
    ]


def _incidents(to: Audience, figure: int, usual: int | None) -> Mrkdwn:
    if usual is None:
        return to.say("• Incidents: *{figure}*", figure=figure)
    return to.say("• Incidents: *{figure}* (usually {usual})", figure=figure, usual=usual)


def _night_pages(to: Audience, figure: int, usual: int | None) -> Mrkdwn:
    """Flashduty counts the night by the date: the early and the late hours of one day."""
    if usual is None:
        return to.say("• Night pages (23:00–08:00): *{figure}*", figure=figure)
    return to.say("• Night pages (23:00–08:00): *{figure}* (usually {usual})", figure=figure, usual=usual)


def _acknowledged(to: Audience, day: DayFigures, usual: DayFigures | None) -> Mrkdwn | None:
    if day.acknowledged_share is None:
        return None
    figure = round(day.acknowledged_share)
    if usual is None or usual.acknowledged_share is None:
        return to.say("• Acknowledged: *{figure} %*", figure=figure)
    return to.say(
        "• Acknowledged: *{figure} %* (usually {usual} %)", figure=figure, usual=round(usual.acknowledged_share)
    )


def _to_acknowledge(to: Audience, figure: timedelta | None, usual: timedelta | None) -> Mrkdwn | None:
    if figure is None:
        return None
    mean = length_of_time(to, figure)
    if usual is None:
        return to.say("• Mean time to acknowledge: *{figure}*", figure=mean)
    return to.say(
        "• Mean time to acknowledge: *{figure}* (usually {usual})", figure=mean, usual=length_of_time(to, usual)
    )


def _to_close(to: Audience, figure: timedelta | None, usual: timedelta | None) -> Mrkdwn | None:
    if figure is None:
        return None
    mean = length_of_time(to, figure)
    if usual is None:
        return to.say("• Mean time to close: *{figure}*", figure=mean)
    return to.say("• Mean time to close: *{figure}* (usually {usual})", figure=mean, usual=length_of_time(to, usual))


def _noise(to: Audience, day: DayFigures, usual: DayFigures | None) -> Mrkdwn | None:
    if day.noise_reduction is None:
        return None
    figure = round(day.noise_reduction)
    if usual is None or usual.noise_reduction is None:
        return to.say("• Noise reduction: *{figure} %* of {alerts} alerts", figure=figure, alerts=day.alerts)
    return to.say(
        "• Noise reduction: *{figure} %* of {alerts} alerts (usually {usual} %)",
        figure=figure,
        alerts=day.alerts,
        usual=round(usual.noise_reduction),
    )


def yesterday_error(to: Audience, error: FlashdutyError, team: str, key_setting: str, *, is_weekly_turn: bool) -> Part:
    """Say why there are no figures; a key without access to them is mentioned once a week only."""
    if error.code not in ANALYTICS_NOT_OPEN:
        why = sentence(to, FailedCall(error, team, key_setting))
        return Part.of(context(to.say("*Yesterday's figures* could not be read. {why}", why=why)), evidence(to, error))
    if not is_weekly_turn:
        return Part()
    if error.code is Code.ACCESS_DENIED:
        return Part.of(
            context(
                to.say(
                    "Yesterday's figures are left out: the team's Flashduty key, or the person who made it, lacks “Analytics"
                    " Read”. Ask an administrator of the Flashduty account to add it to both."
                )
            )
        )
    return Part.of(
        context(to.say("Yesterday's figures are left out: this Flashduty account has no licence for analytics."))
    )
