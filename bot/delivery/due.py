"""When a digest is due: exactly once per nominal local date, clock changes included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Final

from bot.config.plans import DigestPlan

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """One digest: the local date it is for, and the instant it is due."""

    on: date
    at: datetime


def instant(plan: DigestPlan, on: date) -> datetime:
    """Find the UTC instant of the plan's local time on a date.

    A time that a clock change skips is taken as it would read without the change, so 02:30 fires at 03:30; a time that
    comes twice fires at its first coming.
    """
    return datetime.combine(on, plan.at, tzinfo=plan.timezone).replace(fold=0).astimezone(UTC)


def upcoming(plan: DigestPlan, after: datetime) -> Iterator[Due]:
    """List the digests after an instant, without end, in order; none without days."""
    on = after.astimezone(plan.timezone).date() - _DAY
    while plan.days:
        due = Due(on, instant(plan, on))
        if on.weekday() in plan.days and due.at > after:
            yield due
        on += _DAY


def within_reach(plan: DigestPlan, now: datetime) -> list[Due]:
    """List what has come due and is not too late yet, in order."""
    return list(takewhile(lambda due: due.at <= now, upcoming(plan, now - plan.catch_up)))


def from_date(plan: DigestPlan, first: date) -> Iterator[Due]:
    """List the digests for a nominal date and later ones, without end."""
    just_before = instant(plan, first) - timedelta(microseconds=1)
    return (due for due in upcoming(plan, just_before) if due.on >= first)
