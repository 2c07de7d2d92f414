"""Parse an instant typed after `at:`, and a time zone after `in:`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, auto
from typing import Final
from zoneinfo import ZoneInfo

from bot.runtime.time_zones import zone_named

# /schedule/list computes less than 45 days, of which a fortnight is for the next person on call.
MAX_AHEAD: Final = timedelta(days=30)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)
# "tomorrow at 6 pm"
MAX_WORDS: Final = 4
MINUTES_OF_A_DAY: Final = 1440
_NOON: Final = 720

_QUOTES: Final = "\"'“”„‘’"
_AT = re.compile(r"(?:^|\s)at:\s*", re.IGNORECASE)
_IN = re.compile(r"(?:^|\s)in:(\S+)", re.IGNORECASE)
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_SPAN = re.compile(r"([+-]?) ?((?:\d{1,4} ?[mhdw] ?)+)")
_PIECE = re.compile(r"(\d{1,4}) ?([mhdw])")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|(1[0-2]|0?[1-9])(?::([0-5]\d))? ?([ap])m")
_LIKE_A_TIME = re.compile(r"\d+:\d")
_ISO = re.compile(r"(\d+-\d+-\d+)t(\S+?)(z?)")
_MINUTES: Final = {"m": 1, "h": 60, "d": MINUTES_OF_A_DAY, "w": 7 * MINUTES_OF_A_DAY}
# The midnight of a day is its end: "today midnight" does not mean the one that is past.
_NAMED_TIMES: Final = {"noon": _NOON, "midnight": MINUTES_OF_A_DAY}
_NEAR_DAYS: Final = {"yesterday": -_DAY, "today": timedelta(), "tonight": timedelta(), "tomorrow": _DAY}
_CHINESE: Final = {
    "现在": "now",
    "今天": "today",
    "今晚": "tonight",
    "明天": "tomorrow",
    "中午": "noon",
    "午夜": "midnight",
    **{
        f"{week}{day}": name
        for week in ("周", "星期")
        for day, name in zip(
            "一二三四五六日天",
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "sunday"),
            strict=True,
        )
    },
}
# Chinese has no space between a day and a time.
_CHINESE_WORD: Final = re.compile("|".join(_CHINESE))
# The day first or last would be ambiguous; with the year first it is not.
_DATE_SIGNS: Final = re.compile(r"(?<!\d)(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)")
# Typed before eight in the evening it means eight, typed later it means now.
TONIGHT: Final = 20 * 60
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY: Final = 3


class TimeProblem(Enum):
    """Why an instant cannot be shown; the sentences are in `bot.oncall.messages.now`."""

    NOT_UNDERSTOOD = auto()
    OVER = auto()
    TOO_FAR = auto()


@dataclass(frozen=True)
class TimeExpression:
    """The instant, None for now; `text` is what was typed after `at:`, `words` is the rest of the line."""

    at: datetime | None
    words: str
    text: str = ""
    problem: TimeProblem | None = None


def parse_time(words: str, now: datetime, zone: tzinfo) -> TimeExpression:
    """Find `at:` in a line: `at:+6h`, `at:18:00`, `at:tomorrow 18:00`, `at:"friday noon"`, `at:2026-11-25T18:00Z`.

    Times without a zone are those of `zone`; at most 30 days ahead.
    """
    found = _AT.search(words)
    if found is None:
        return TimeExpression(None, words.strip())
    typed, behind = _split_expression(words[found.end() :], now, zone)
    at = _moment(typed, now, zone)
    left = " ".join(f"{words[: found.start()]} {behind}".split())
    return (
        TimeExpression(None, left, typed, problem=at)
        if isinstance(at, TimeProblem)
        else TimeExpression(at, left, typed)
    )


def recall_time(at: datetime | None, words: str, now: datetime) -> TimeExpression:
    """Check whether an instant of an earlier request can still be shown; None is now."""
    if at is None:
        return TimeExpression(None, words)
    typed, verdict = f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}", _within_reach(at, now)
    if isinstance(verdict, TimeProblem):
        return TimeExpression(None, words, typed, problem=verdict)
    return TimeExpression(verdict, words, typed)


def parse_zone(words: str, otherwise: ZoneInfo) -> tuple[ZoneInfo, str]:
    """Find `in:Europe/Berlin` in a line, and return the rest; an unknown zone is ignored."""
    found = _IN.search(words)
    if found is None:
        return otherwise, words.strip()
    left = " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())
    return zone_named(found[1], otherwise), left


def _split_expression(behind: str, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Split off the text of `at:`: what is in quotes, or else the longest run of words that is an instant."""
    if quoted := _QUOTED.match(behind):
        return " ".join(quoted[1].split()), behind[quoted.end() :]
    words = behind.split()
    heads = {count: _head(words, count) for count in range(1, min(MAX_WORDS, len(words)) + 1)}
    count = max(
        (n for n, typed in heads.items() if _moment(typed, now, zone) is not TimeProblem.NOT_UNDERSTOOD), default=1
    )
    if _parse_day(_in_ascii(heads.get(count, "")), now.date()) and _LIKE_A_TIME.match(" ".join(words[count:])):
        # An invalid time of that day is not a part of a schedule's name.
        count += 1
    return _head(words, count), " ".join(words[count:])


def _head(words: Sequence[str], count: int) -> str:
    return " ".join(words[:count]).strip(_QUOTES)


def _in_ascii(typed: str) -> str:
    """Write Chinese days and times in English, and a date with hyphens."""
    english = _CHINESE_WORD.sub(lambda word: f" {_CHINESE[word[0]]} ", _DATE_SIGNS.sub(r"\1-\2-\3", typed))
    return " ".join(english.lower().split())


def _moment(typed: str, now: datetime, zone: tzinfo) -> datetime | TimeProblem:
    plain = _in_ascii(typed)
    if plain == "now":
        return now
    if span := _SPAN.fullmatch(plain):
        return _after(span[1], _PIECE.findall(span[2]), now)
    if iso := _ISO.fullmatch(plain):
        return _local(f"{iso[1]} {iso[2]}", now, UTC if iso[3] else zone)
    return _local(plain.replace(" at ", " "), now, zone)


def _after(sign: str, pieces: Iterable[tuple[str, str]], now: datetime) -> datetime | TimeProblem:
    # Integers: the number may be larger than a timedelta holds.
    minutes = sum(int(count) * _MINUTES[unit] for count, unit in pieces)
    if sign == "-" and minutes:
        return TimeProblem.OVER
    return TimeProblem.TOO_FAR if minutes > MAX_AHEAD // _MINUTE else now + minutes * _MINUTE


def _local(typed: str, now: datetime, zone: tzinfo) -> datetime | TimeProblem:
    local = now.astimezone(zone)
    if (alone := _parse_time_of_day(typed)) is not None:
        at = _on(local.date(), alone, zone)
        return at if at > now else _on(local.date() + _DAY, alone, zone)
    word, _, time_word = typed.partition(" ")
    day = _parse_day(word, local.date())
    minutes = _parse_time_of_day(time_word) if time_word else _usual_time(word, local)
    if day is None or minutes is None:
        return TimeProblem.NOT_UNDERSTOOD
    if (problem := _day_problem(day, local.date())) is not None:
        return problem
    at = _on(day, minutes, zone)
    if _is_weekday(word) and at <= now:
        at = _on(day + _WEEK, minutes, zone)
    return _within_reach(at, now)


def _usual_time(word: str, local: datetime) -> int:
    """Return the time for a day without one: the present time of day, for "tonight" eight in the evening at least."""
    minutes = local.hour * 60 + local.minute
    return max(minutes, TONIGHT) if word == "tonight" else minutes


def _parse_time_of_day(typed: str) -> int | None:
    """Read a time of day, in minutes since midnight."""
    if typed in _NAMED_TIMES:
        return _NAMED_TIMES[typed]
    found = _TIME.fullmatch(typed)
    if found is None:
        return None
    if found[1]:
        return int(found[1]) * 60 + int(found[2])
    return int(found[3]) % 12 * 60 + int(found[4] or 0) + (_NOON if found[5] == "p" else 0)


def _parse_day(word: str, today: date) -> date | None:
    if word in _NEAR_DAYS:
        return today + _NEAR_DAYS[word]
    if _is_weekday(word):
        wanted = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(word))
        return today + (wanted - today.weekday()) % 7 * _DAY
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _is_weekday(word: str) -> bool:
    return len(word) >= _SHORTEST_DAY and any(name.startswith(word) for name in _WEEKDAYS)


def _day_problem(day: date, today: date) -> TimeProblem | None:
    """Check a day before it becomes an instant: the calendar's first and last day have none in some zones."""
    if day < today:
        return TimeProblem.OVER
    return TimeProblem.TOO_FAR if day - today > MAX_AHEAD + _DAY else None


def _within_reach(at: datetime, now: datetime) -> datetime | TimeProblem:
    if at < now - _MINUTE:
        return TimeProblem.OVER
    return TimeProblem.TOO_FAR if at > now + MAX_AHEAD else at


def _on(day: date, minutes: int, zone: tzinfo) -> datetime:
    """Return the instant of a local time; one that a clock change skips is taken as without the change."""
    days, rest = divmod(minutes, MINUTES_OF_A_DAY)
    return datetime.combine(day + days * _DAY, time(*divmod(rest, 60)), tzinfo=zone).astimezone(UTC)
