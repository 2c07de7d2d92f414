"""Parsers of single values. Each raises ValueError with a sentence that does not repeat the value."""

import json
import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any, Final

from pydantic import SecretStr

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Shorter ones would also match ordinary words when secrets are replaced in log lines.
SHORTEST_SECRET: Final = 8
# Below a day, so that the digests of two days never wait at the same time.
LONGEST_CATCH_UP: Final = timedelta(hours=12)

# A secret that only a header shows is guessed by nobody who sees no other one.
SHORTEST_WEBHOOK_SECRET: Final = 16
SHORTEST_POLL, LONGEST_POLL = timedelta(seconds=5), timedelta(seconds=60)

_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})")
_DURATION: Final = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?")
_SECONDS: Final = re.compile(r"([0-9]{1,3})s?")
_DAYS: Final = re.compile(r"([a-z]+)(?:\s*-\s*([a-z]+))?")
# How Slack's prefixes look in Base64, which Kubernetes manifests use for secrets.
_IN_BASE64: Final = ("eG94Yi", "eGFwcC")
_OTHER_TOKENS: Final = {
    "xoxb-": "a bot token (it belongs in SLACK_BOT_TOKEN)",
    "xapp-": "an app-level token (it belongs in SLACK_APP_TOKEN)",
    "xoxp-": "a user token (the bot needs none)",
    "xoxe": "a token that expires (turn token rotation off for this app)",
}

Parser = Callable[[Any], Any]


def entries(raw: Any) -> list[str]:  # noqa: ANN401 - text from a source, or a collection from code
    """Split a list that is written with commas, white space or as JSON; each entry once, in order."""
    if not isinstance(raw, str):
        found = raw
    elif raw.lstrip().startswith("["):
        found = _json_list(raw)
    else:
        found = re.split(r"[,\s]+", raw)
    return list(dict.fromkeys(text for item in found if (text := str(item).strip())))


def _json_list(raw: str) -> list[Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(item, str | int) for item in found):
        raise ValueError("starts like a JSON list and is none; commas between the entries are enough")
    return found


def slack_ids(kind: str, first: str) -> Parser:
    """Make a parser of a list of Slack ids whose first letter is one of `first`."""
    shape = re.compile(rf"[{first}][A-Z0-9]{{2,30}}")
    letters = " or ".join(first)

    def read(raw: Any) -> tuple[str, ...]:  # noqa: ANN401 - see entries
        found = entries(raw)
        for position, entry in enumerate(found, 1):
            if not shape.fullmatch(entry):
                which = f"entry {position}" if len(found) > 1 else "this"
                what = "is a name" if entry[0] in "#@" else "is none"
                raise ValueError(f"must hold ids of {kind}, which start with {letters}; {which} {what}")
        return tuple(found)

    return read


def slack_id(kind: str, first: str) -> Parser:
    """Make a parser of one Slack id whose first letter is one of `first`; an empty value gives None."""
    read_all = slack_ids(kind, first)

    def read(raw: Any) -> str | None:  # noqa: ANN401 - see entries
        found = read_all([raw] if isinstance(raw, str) else raw or [])
        return found[0] if found else None

    return read


def numbers(raw: Any) -> tuple[int, ...]:  # noqa: ANN401 - see entries
    """Read a list of Flashduty ids: positive whole numbers."""
    found = entries(raw)
    for position, entry in enumerate(found, 1):
        if not re.fullmatch(r"[1-9][0-9]{0,18}", entry):
            which = f"entry {position}" if len(found) > 1 else "this"
            raise ValueError(f"must hold ids of Flashduty, which are whole numbers; {which} is none")
    return tuple(int(entry) for entry in found)


def secret(starts_with: str = "", what: str = "a secret") -> Parser:
    """Make a parser of a token or key, whose error repeats nothing but a well-known prefix."""

    def read(raw: Any) -> str:  # noqa: ANN401 - text, or a SecretStr from code
        value = raw if isinstance(raw, str) else str(raw.get_secret_value())
        prefix = next((one for one in _OTHER_TOKENS if value.startswith(one)), None)
        if prefix and prefix != starts_with:
            raise ValueError(f"is {_OTHER_TOKENS[prefix]}, not {what}")
        if value.startswith(_IN_BASE64):
            raise ValueError("is in Base64, once more than it should be; put the token itself there")
        if "..." in value or "…" in value:
            raise ValueError("holds dots where a part was left out; copy it whole")
        if not value.startswith(starts_with):
            raise ValueError(f"is not {what}, which starts with {starts_with}")
        if not re.fullmatch(r"[!-~]+", value):
            raise ValueError("holds white space or characters that no key has; was it copied whole?")
        if len(value) < max(SHORTEST_SECRET, len(starts_with) + 4):
            raise ValueError(f"is too short to be {what}; was it copied whole?")
        return value

    return read


def webhook_secrets(raw: Any) -> tuple[SecretStr, ...]:  # noqa: ANN401 - see entries
    """Read one secret or several."""
    found = entries(raw if isinstance(raw, str) else [one.get_secret_value() for one in raw])
    for position, entry in enumerate(found, 1):
        which = f"entry {position}" if len(found) > 1 else "this"
        if len(entry) < SHORTEST_WEBHOOK_SECRET:
            raise ValueError(f"must hold secrets of at least {SHORTEST_WEBHOOK_SECRET} characters; {which} is shorter")
    return tuple(SecretStr(secret(what="a secret of a webhook")(entry)) for entry in found)


def poll_interval(raw: Any) -> timedelta:  # noqa: ANN401 - text, or a timedelta from code
    """Read seconds: `20s` or `20`, from 5 to 60."""
    if isinstance(raw, timedelta):
        return raw
    found = _SECONDS.fullmatch(str(raw).replace(" ", "").lower())
    if not found or not SHORTEST_POLL <= timedelta(seconds=int(found[1])) <= LONGEST_POLL:
        raise ValueError("is not a number of seconds from 5s to 60s")
    return timedelta(seconds=int(found[1]))


def whole_number(least: int, most: int, what: str) -> Parser:
    """Make a parser of a whole number from `least` to `most`."""

    def read(raw: Any) -> int:  # noqa: ANN401 - text, or a number from code
        if not re.fullmatch(r"[0-9]{1,9}", str(raw).strip()) or not least <= int(raw) <= most:
            raise ValueError(f"is not {what}, a whole number from {least} to {most}")
        return int(raw)

    return read


def time_of_day(raw: Any) -> time:  # noqa: ANN401 - text, or a time from code
    """Read a local time of day, 24 hours, `9:00` or `09:00`."""
    if isinstance(raw, time):
        return raw
    found = _TIME.fullmatch(raw)
    if not found or int(found[1]) >= 24 or int(found[2]) >= 60:  # noqa: PLR2004 - hours and minutes
        raise ValueError("is not a time of day in hours and minutes, 00:00 to 23:59")
    return time(int(found[1]), int(found[2]))


def delay(raw: Any) -> timedelta:  # noqa: ANN401 - text, or a timedelta from code
    """Read a duration: `3h`, `90m` or `1h30m`, up to 12 hours."""
    if isinstance(raw, timedelta):
        return raw
    found = _DURATION.fullmatch(raw.replace(" ", "").lower())
    if not found or not found.group():
        raise ValueError("is not a time in hours and minutes, such as 3h, 90m or 1h30m")
    length = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if not timedelta(minutes=1) <= length <= LONGEST_CATCH_UP:
        raise ValueError("must be between 1m and 12h")
    return length


def weekdays(raw: Any) -> frozenset[int]:  # noqa: ANN401 - text, or numbers from code
    """Read days of the week: names, ranges (`mon-fri`, `sat-mon`) or `daily`; 0 is Monday."""
    if not isinstance(raw, str):
        return frozenset(int(day) for day in raw)
    if raw.strip().lower() == "daily":
        return frozenset(range(7))
    spaced = re.sub(r"\s*-\s*", "-", raw.lower())
    days = [day for entry in entries(spaced) for day in _range_of_days(entry)]
    if not days:
        raise ValueError("names no day; leave DIGEST_CHANNEL out to have no digest")
    return frozenset(days)


def parse_day_of_week(raw: Any) -> int | None:  # noqa: ANN401 - text, or a number from code
    """Read one day of the week by its name; 0 is Monday, `off` or an empty value gives None."""
    if not isinstance(raw, str):
        return None if raw is None else int(raw)
    word = raw.strip().lower()
    return None if word in {"", "off", "none", "never"} else _day(word)


def _range_of_days(entry: str) -> list[int]:
    found = _DAYS.fullmatch(entry)
    if not found:
        raise ValueError("holds something that is no day of the week")
    first = _day(found[1])
    last = _day(found[2]) if found[2] else first
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _day(name: str) -> int:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for number, day in enumerate(full):
        if len(name) >= len("mon") and day.startswith(name):
            return number
    raise ValueError("holds something that is no day of the week")


def yes_or_no(value: object) -> bool:
    """Read a switch: true or false, yes or no, on or off, 1 or 0."""
    word = str(value).strip().lower()
    if word in {"true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0"}:
        return False
    raise ValueError("is neither true nor false")


def one_of(*choices: str) -> Parser:
    """Make a parser of one of a few words, in any case."""

    def read(raw: Any) -> str:  # noqa: ANN401 - text
        if str(raw).lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(raw).lower()

    return read


def name(raw: Any) -> str:  # noqa: ANN401 - text
    """Read a short name."""
    if not re.fullmatch(r"[\w.-]{1,60}", str(raw)):
        raise ValueError("must be a short name of letters, digits, dots, dashes and underscores")
    return str(raw)
