"""Parse how long an incident is to be snoozed, as people type it: minutes, a length of time, or the time of its end."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum, auto
from typing import Final

from bot.messages.input.typed import normalised

# /incident/snooze (/en/api-reference/on-call/incidents/incident-snooze)
LONGEST: Final = timedelta(hours=24)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_NOON: Final = 12

_UNITS: Final = {
    "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1, "分": 1, "分钟": 1,
    "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60, "小时": 60, "个小时": 60, "钟头": 60,
    "d": 1440, "day": 1440, "days": 1440, "天": 1440,
}  # fmt: skip
_PIECE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,2})?) ?([a-z]+|[\u4e00-\u9fff]+)? *")
_FOR: Final = re.compile(r"^(?:for|暂缓)\s+")
_UNTIL: Final = re.compile(r"^(?:until|till|til|to|at|直到|到|至)\s*")
_CLOCK: Final = re.compile(
    r"(\d{1,2})[:.](\d{2}) ?([ap])?m?|(\d{1,2}) ?([ap])m|(\d{1,2}) ?点 ?(?:(\d{1,2}) ?分?)?(半)?"
)


class SnoozeProblem(Enum):
    """Why a typed length of time cannot be used; the sentences are in `bot.incidents.messages.actions.snooze`."""

    NOT_UNDERSTOOD = auto()
    NOTHING = auto()
    """No time at all: 0 minutes."""
    TOO_LONG = auto()
    NO_SUCH_TIME = auto()
    """25:00"""


@dataclass(frozen=True)
class SnoozeTime:
    """How long: whole minutes, 1 to 1,440."""

    minutes: int


def read_snooze_time(typed: str, now: datetime, zone: tzinfo | None) -> SnoozeTime | SnoozeProblem:
    """Parse minutes ("90"), a length ("2h", "1 h 30 min", "2 小时") or an end ("until 09:00") in a person's zone."""
    words = " ".join(normalised(typed).lower().split())
    words = _FOR.sub("", words)
    if not words:
        return SnoozeProblem.NOT_UNDERSTOOD
    if (until := _UNTIL.match(words)) is not None:
        return _until(words[until.end() :], now, zone)
    if _CLOCK.fullmatch(words) and not re.fullmatch(r"\d+\.\d+", words):
        return _until(words, now, zone)
    return _length(words)


def _length(words: str) -> SnoozeTime | SnoozeProblem:
    minutes, position = 0.0, 0
    while position < len(words):
        piece = _PIECE.match(words, position)
        if piece is None or (piece[2] or "m") not in _UNITS:
            return SnoozeProblem.NOT_UNDERSTOOD
        # A number without a unit is minutes, also behind hours: 1h30.
        minutes += float(piece[1]) * _UNITS[piece[2] or "m"]
        position = piece.end()
    if minutes <= 0:
        return SnoozeProblem.NOTHING
    return SnoozeTime(math.ceil(minutes)) if minutes * _MINUTE <= LONGEST else SnoozeProblem.TOO_LONG


def _until(words: str, now: datetime, zone: tzinfo | None) -> SnoozeTime | SnoozeProblem:
    clock = _CLOCK.fullmatch(words.strip())
    if clock is None:
        return SnoozeProblem.NOT_UNDERSTOOD
    hour, minute = int(clock[1] or clock[4] or clock[6]), int(clock[2] or clock[7] or (30 if clock[8] else 0))
    half = clock[3] or clock[5]
    if half and not 1 <= hour <= _NOON:
        return SnoozeProblem.NO_SUCH_TIME
    if half:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    if hour == 24 and minute == 0:  # noqa: PLR2004 - midnight as the end of a day
        hour = 0
    local = now.astimezone(zone)
    try:
        at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        return SnoozeProblem.NO_SUCH_TIME
    if at <= local:
        at += _DAY
    # As instants: a clock that is changed in between makes the day longer or shorter.
    span = at.timestamp() - now.timestamp()
    return SnoozeTime(min(math.ceil(span / _MINUTE.total_seconds()), int(LONGEST / _MINUTE)))
