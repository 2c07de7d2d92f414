"""Dates and lengths of time in words."""

from datetime import date, timedelta
from typing import Final

from bot.messages.audience import Audience
from bot.messages.language import N_
from bot.messages.text import Label, Mrkdwn

_WEEKDAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"),
    N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
_WEEKDAYS_IN_SHORT: Final = (
    N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"),
)  # fmt: skip
_MONTHS: Final = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"),
    N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
_MONTHS_IN_SHORT: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
SECONDS_A_MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400


def weekday(to: Audience, on: date) -> Label:
    """Return the day of the week."""
    return to.translated_label(_WEEKDAYS[on.weekday()])


def long_date(to: Audience, on: date) -> Label:
    """Write a date out, such as Tuesday, 24 November 2026."""
    month = to.translated_label(_MONTHS[on.month - 1])
    return to.label("{weekday}, {day} {month} {year}", weekday=weekday(to, on), day=on.day, month=month, year=on.year)


def short_date(to: Audience, on: date) -> Label:
    """Write a date for a narrow column, such as Tue 24 Nov."""
    return to.label(
        "{weekday} {day} {month}",
        weekday=to.translated_label(_WEEKDAYS_IN_SHORT[on.weekday()]),
        day=on.day,
        month=to.translated_label(_MONTHS_IN_SHORT[on.month - 1]),
    )


def day_of_week(to: Audience, on: date) -> Label:
    """Write a date for a column of consecutive days, such as Tue 24."""
    return to.label("{weekday} {day}", weekday=to.translated_label(_WEEKDAYS_IN_SHORT[on.weekday()]), day=on.day)


def length_of_time(to: Audience, span: timedelta) -> Mrkdwn:
    """Write a length of time in its two largest units."""
    seconds = round(span.total_seconds())
    if seconds < SECONDS_A_MINUTE:
        return to.say("{seconds} s", seconds=seconds)
    if seconds < HOUR:
        return to.say(
            "{minutes} min {seconds} s", minutes=seconds // SECONDS_A_MINUTE, seconds=seconds % SECONDS_A_MINUTE
        )
    if seconds < DAY:
        return to.say("{hours} h {minutes} min", hours=seconds // HOUR, minutes=seconds % HOUR // SECONDS_A_MINUTE)
    return to.say("{days} d {hours} h", days=seconds // DAY, hours=seconds % DAY // HOUR)
