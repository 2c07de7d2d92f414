"""The digest's part about yesterday. An arrow always has words beside it that say whether the change is good."""

from datetime import timedelta
from typing import Final

from bot.digest.yesterday import Yesterday
from bot.flashduty import Code, FlashdutyError
from bot.incidents.figures import ANALYTICS_NOT_OPEN, MIN_DIFFERENCE, DayFigures, Trend, trend
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.dates import length_of_time, weekday
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.layout import Part
from bot.messages.text import Mrkdwn, lines, mrkdwn

# In percentage points.
_MIN_SHARE_DIFFERENCE: Final = 2.0

# Flashduty counts the night by the date: the early and the late hours of one day.
_NIGHTS: Final = "Interruptions yesterday before 08:00 and after 23:00"

_COUNTS: Final = {Trend.LESS: "↓ fewer than usual", Trend.SAME: "→ as usual", Trend.MORE: "↑ more than usual"}
_SHARES: Final = {Trend.LESS: "↓ lower than usual", Trend.SAME: "→ as usual", Trend.MORE: "↑ higher than usual"}
_TIMES: Final = {Trend.LESS: "↓ faster than usual", Trend.SAME: "→ as usual", Trend.MORE: "↑ slower than usual"}


def yesterday_part(to: Audience, found: Yesterday) -> Part:
    """Compare yesterday with the same weekday of the last four weeks; empty when there are no incidents in either."""
    if found.is_quiet:
        return Part()
    title = to.say("*Yesterday*, {weekday}", weekday=weekday(to, found.on))
    return Part.of(section(lines(title, *_rows(to, found))), context(_usual_line(to, found)))


def _usual_line(to: Audience, found: Yesterday) -> Mrkdwn:
    if found.usual is None:
        return to.say("There are no figures of earlier {weekday}s to compare with.", weekday=weekday(to, found.on))
    return to.counted(
        found.weeks,
        "Usual is the {weekday} before, the only one with figures.",
        "Usual is the mean of the {count} {weekday}s before.",
        weekday=weekday(to, found.on),
    )


def _rows(to: Audience, found: Yesterday) -> list[Mrkdwn | None]:
    day, usual = found.day, found.usual
    nights = _count(
        _NIGHTS, day.interruptions_at_night, found.usual_count(usual.interruptions_at_night) if usual else None
    )
    return [
        _count("Incidents", day.incidents, found.usual_count(usual.incidents) if usual else None),
        _share("Acknowledged", day.acknowledged_share, usual.acknowledged_share if usual else None),
        _time(
            to, "Mean time to acknowledge", day.mean_to_acknowledge, usual=usual.mean_to_acknowledge if usual else None
        ),
        _time(to, "Mean time to close", day.mean_to_close, usual=usual.mean_to_close if usual else None),
        _noise(to, day, usual),
        nights if found.has_night_figures else None,
    ]


def _count(label: str, figure: int, usual: float | None) -> Mrkdwn:
    if usual is None:
        return mrkdwn("• {label}: *{figure}*", label=label, figure=figure)
    words = _COUNTS[trend(figure, usual, at_least=MIN_DIFFERENCE)]
    mean = f"{usual:.2f}".rstrip("0").rstrip(".")
    return mrkdwn("• {label}: *{figure}* {words} ({usual})", label=label, figure=figure, words=words, usual=mean)


def _share(label: str, figure: float | None, usual: float | None) -> Mrkdwn | None:
    if figure is None:
        return None
    if usual is None:
        return mrkdwn("• {label}: *{figure} %*", label=label, figure=round(figure))
    words = _SHARES[trend(figure, usual, at_least=_MIN_SHARE_DIFFERENCE)]
    return mrkdwn(
        "• {label}: *{figure} %* {words} ({usual} %)",
        label=label,
        figure=round(figure),
        words=words,
        usual=round(usual),
    )


def _time(to: Audience, label: str, figure: timedelta | None, usual: timedelta | None) -> Mrkdwn | None:
    if figure is None:
        return None
    if usual is None:
        return mrkdwn("• {label}: *{figure}*", label=label, figure=length_of_time(to, figure))
    words = _TIMES[trend(figure.total_seconds(), usual.total_seconds(), at_least=MIN_DIFFERENCE)]
    return mrkdwn(
        "• {label}: *{figure}* {words} ({usual})",
        label=label,
        figure=length_of_time(to, figure),
        words=words,
        usual=length_of_time(to, usual),
    )


def _noise(to: Audience, day: DayFigures, usual: DayFigures | None) -> Mrkdwn | None:
    row = _share("Noise reduction", day.noise_reduction, usual.noise_reduction if usual else None)
    return to.say("{row}, of {alerts} alerts", row=row, alerts=day.alerts) if row else None


def yesterday_error(to: Audience, error: FlashdutyError, team: str, key_setting: str, *, is_weekly_turn: bool) -> Part:
    """Say why there are no figures; a key without access to them is mentioned once a week only."""
    if error.code not in ANALYTICS_NOT_OPEN:
        why = sentence(to, FailedCall(error, team, key_setting))
        return Part.of(context(lines(to.say("*Yesterday's figures* could not be read."), why)), evidence(to, error))
    if not is_weekly_turn:
        return Part()
    if error.code is Code.ACCESS_DENIED:
        return Part.of(
            context(
                to.say(
                    "Yesterday's figures are left out: this team's APP Key, or whoever made it, lacks the permission"
                    " Analytics Read in Flashduty."
                )
            )
        )
    return Part.of(
        context(to.say("Yesterday's figures are left out: this Flashduty account has no licence for analytics."))
    )
