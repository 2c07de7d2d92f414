"""A moment in the words people type behind `at:`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

# /schedule/list computes less than 45 days, and a fortnight of them is for whoever follows.
FURTHEST: Final = timedelta(days=30)

_AT = re.compile(r"""(?:^|\s)at:\s*(?:["'“”„‘’]([^"'“”„‘’]*)["'“”„‘’]|(\S+))""", re.IGNORECASE)
_SPAN = re.compile(r"\+?((?:\d{1,4}[mhdw])+)", re.IGNORECASE)
_PIECE = re.compile(r"(\d{1,4})([mhdw])", re.IGNORECASE)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|(1[0-2]|0?[1-9])\s?([ap])m", re.IGNORECASE)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY: Final = 3


@dataclass(frozen=True)
class When:
    """The moment that was meant, None for now; `words` are what is left, `not_understood` what `at:` could not mean."""

    at: datetime | None
    words: str
    not_understood: str = ""


def read_when(words: str, now: datetime, zone: tzinfo) -> When:
    """Find `at:` in a line: `at:+6h`, `at:18:00`, `at:"tomorrow 18:00"`, `at:friday`, `at:2026-11-25T18:00Z`.

    Times without a zone are those of `zone`; at most 30 days ahead.
    """
    found = _AT.search(words)
    if found is None:
        return When(None, words.strip())
    said = " ".join((found[1] if found[1] is not None else found[2]).split())
    rest = " ".join((words[: found.start()] + " " + words[found.end() :]).split())
    at = _moment(said.lower(), now, zone)
    if at is None or not now - timedelta(minutes=1) <= at <= now + FURTHEST:
        return When(None, rest, said or "nothing")
    return When(at, rest)


def written(at: datetime) -> str:
    """Write a moment so that it means the same to everybody and later."""
    return f"at:{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _moment(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    if said == "now":
        return now
    if span := _SPAN.fullmatch(said):
        pieces = _PIECE.findall(span[1])
        return now + sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in pieces), timedelta())
    if "t" in said and said.endswith("z"):
        return _iso(said.upper())
    return _local(said.replace(" at ", " "), now.astimezone(zone), zone)


def _iso(said: str) -> datetime | None:
    try:
        return datetime.strptime(said, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _local(said: str, local: datetime, zone: tzinfo) -> datetime | None:
    day_word, _, time_word = said.partition(" ")
    if (alone := _time(said)) is not None:
        at = _on(local, alone, zone)
        return at if at > local else _on(local + timedelta(days=1), alone, zone)
    day = _day(day_word, local)
    at_time = _time(time_word) if time_word else local.time().replace(microsecond=0)
    if day is None or at_time is None:
        return None
    at = _on(day, at_time, zone)
    return at + timedelta(days=7) if at <= local and day_word not in {"today", "now"} and _is_weekday(day_word) else at


def _time(said: str) -> time | None:
    found = _TIME.fullmatch(said)
    if found is None:
        return None
    if found[1]:
        return time(int(found[1]), int(found[2]))
    return time(int(found[3]) % 12 + (12 if found[4] == "p" else 0))


def _day(word: str, local: datetime) -> datetime | None:
    if word in {"today", "tonight"}:
        return local
    if word == "tomorrow":
        return local + timedelta(days=1)
    if _is_weekday(word):
        wanted = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(word))
        return local + timedelta(days=(wanted - local.weekday()) % 7)
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=local.tzinfo)
    except ValueError:
        return None


def _is_weekday(word: str) -> bool:
    return len(word) >= _SHORTEST_DAY and any(name.startswith(word) for name in _WEEKDAYS)


def _on(day: datetime, at: time, zone: tzinfo) -> datetime:
    """Give a local time of a day; one that a clock change skips is taken as it would read without the change."""
    return datetime.combine(day.date(), at, tzinfo=zone).astimezone(UTC)
