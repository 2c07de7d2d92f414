"""Dates and lengths of time in words."""

from datetime import date, timedelta
from typing import Final

from bot.messages.text import Mrkdwn, mrkdwn

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SECONDS_A_MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400


def weekday(on: date) -> str:
    """Return the day of the week."""
    return _WEEKDAYS[on.weekday()]


def long_date(on: date) -> str:
    """Write a date out, such as Tuesday, 24 November 2026."""
    return f"{weekday(on)}, {on.day} {_MONTHS[on.month - 1]} {on.year}"


def short_date(on: date) -> str:
    """Write a date for a narrow column, such as Tue 24 Nov."""
    return f"{weekday(on)[:3]} {on.day} {_MONTHS[on.month - 1][:3]}"


def length_of_time(span: timedelta) -> Mrkdwn:
    """Write a length of time in its two largest units."""
    seconds = round(span.total_seconds())
    if seconds < SECONDS_A_MINUTE:
        return mrkdwn("{seconds} s", seconds=seconds)
    if seconds < HOUR:
        return mrkdwn(
            "{minutes} min {seconds} s", minutes=seconds // SECONDS_A_MINUTE, seconds=seconds % SECONDS_A_MINUTE
        )
    if seconds < DAY:
        return mrkdwn("{hours} h {minutes} min", hours=seconds // HOUR, minutes=seconds % HOUR // SECONDS_A_MINUTE)
    return mrkdwn("{days} d {hours} h", days=seconds // DAY, hours=seconds % DAY // HOUR)
