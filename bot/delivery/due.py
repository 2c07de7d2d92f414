"""Times of digests: exactly one for each local date of the plan, clock changes included."""

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


def due_instant(plan: DigestPlan, on: date) -> datetime:
    """Find the UTC instant of the plan's local time on a date.

    A time that a clock change skips is taken as without the change, so 02:30 becomes 03:30; of a time that occurs twice
    the first occurrence counts.
    """
    return datetime.combine(on, plan.at, tzinfo=plan.timezone).replace(fold=0).astimezone(UTC)


def due_after(plan: DigestPlan, after: datetime) -> Iterator[Due]:
    """Yield the digests after an instant in order, without end; none for a plan without days."""
    on = after.astimezone(plan.timezone).date() - _DAY
    while plan.days:
        due = Due(on, due_instant(plan, on))
        if on.weekday() in plan.days and due.at > after:
            yield due
        on += _DAY


def due_now(plan: DigestPlan, now: datetime) -> list[Due]:
    """List the digests that are due and within the catch-up window, in order."""
    return list(takewhile(lambda due: due.at <= now, due_after(plan, now - plan.catch_up)))


def due_from(plan: DigestPlan, first: date) -> Iterator[Due]:
    """Yield the digests of a local date and later ones, without end."""
    just_before = due_instant(plan, first) - timedelta(microseconds=1)
    return (due for due in due_after(plan, just_before) if due.on >= first)
