"""Slack's markup: control sequences in a text, and whom they notify.

docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

_SEQUENCE: Final = re.compile(r"<([^<>]*)>")
_STRAY: Final = re.compile(r"[<>]")
_AMPERSAND: Final = re.compile(r"&(?!amp;|lt;|gt;)")
_USER: Final = re.compile(r"@([UW][A-Z0-9]{2,20})(?:\|[^|]*)?")
_CHANNEL: Final = re.compile(r"#([CG][A-Z0-9]{2,20})(?:\|[^|]*)?")
_GROUP: Final = re.compile(r"!subteam\^(S[A-Z0-9]{2,20})(?:\|[^|]*)?")
_BROADCAST: Final = re.compile(r"!(here|channel|everyone)(?:\|[^|]*)?")
_DATE: Final = re.compile(r"!date\^(\d{1,11})\^([^|^]+)(?:\^([^|^]+))?\|([^|]+)")
_DATE_PART: Final = re.compile(r"\{([^{}]*)\}")
_DATE_PARTS: Final = frozenset(
    (
        "date_num",
        "date",
        "date_short",
        "date_long",
        "date_pretty",
        "date_short_pretty",
        "date_long_pretty",
        "date_long_full",
        "day_divider_pretty",
        "time",
        "time_secs",
        "ago",
    )
)
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "slack"})


def markup_problems(text: str) -> list[str]:
    """List the problems of a markup text; stricter than Slack, which shows a stray `<` literally."""
    found = [problem for problem in map(_sequence_problem, _SEQUENCE.findall(text)) if problem]
    rest = _SEQUENCE.sub("", text)
    # A `>` at the start of a line is a quotation.
    if _STRAY.search(re.sub(r"(?m)^>+ ?", "", rest)):
        found.append("a < or > that belongs to no control sequence must be escaped")
    if _AMPERSAND.search(rest):
        found.append("an & must be escaped as &amp;")
    return found


def is_known_sequence(inner: str) -> bool:
    """Return whether the text between `<` and `>` is a mention, a date or a link."""
    return _sequence_problem(inner) is None


def notified(text: str) -> list[str]:
    """List the recipients that a text notifies: user ids, group ids, and `!here`, `!channel`, `!everyone`."""
    found = []
    for inner in _SEQUENCE.findall(text):
        one = _USER.fullmatch(inner) or _GROUP.fullmatch(inner)
        broadcast = _BROADCAST.fullmatch(inner)
        if one:
            found.append(one[1])
        elif broadcast:
            found.append(f"!{broadcast[1]}")
    return found


def mentions(text: str, blocks: object) -> list[str]:
    """List the recipients that a message notifies, from its text and its blocks, each once."""
    found = notified(text)
    for part in _parts(blocks):
        found.extend(_notified_by(part))
    return list(dict.fromkeys(found))


def _notified_by(part: dict[str, Any]) -> list[str]:
    kind = part.get("type")
    if kind == "mrkdwn":
        return notified(str(part.get("text", "")))
    if kind == "user" and "user_id" in part:
        return [str(part["user_id"])]
    if kind == "usergroup":
        return [str(part.get("usergroup_id"))]
    return [f"!{part.get('range')}"] if kind == "broadcast" else []


def _parts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _parts(one)


def _sequence_problem(inner: str) -> str | None:
    if inner.startswith("!date"):
        return _date_problem(inner)
    if inner.startswith(("@", "#", "!")):
        known = any(pattern.fullmatch(inner) for pattern in (_USER, _CHANNEL, _GROUP, _BROADCAST))
        return None if known else f"<{inner}> is not a mention Slack knows"
    return _link_problem(inner)


def _date_problem(inner: str) -> str | None:
    date = _DATE.fullmatch(inner)
    if date is None:
        return f"<{inner}> is not a date of the form <!date^seconds^format|fallback>"
    parts = _DATE_PART.findall(date[2])
    unknown = [part for part in parts if part not in _DATE_PARTS]
    if unknown or not parts:
        return f"<{inner}> has no format Slack knows"
    return None if date[3] is None else _link_problem(date[3])


def _link_problem(inner: str) -> str | None:
    address, bar, label = inner.partition("|")
    if bar and (not label or "|" in label):
        return f"<{inner}> has an empty label or two bars"
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"<{inner}> is not a link"
    has_target = bool(parts.netloc) or (parts.scheme in {"mailto", "tel"} and bool(parts.path))
    if parts.scheme not in _SCHEMES or not has_target or re.search(r"\s", address) or _AMPERSAND.search(address):
        return f"<{inner}> is not a link"
    return None
