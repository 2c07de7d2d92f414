"""Values of version 0.1 as the tables of revision 0004 take them."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

# The lengths of columns in revision 0004.
LONGEST_SLACK_ID: Final = 40
LONGEST_KEY: Final = 200

Row = dict[str, Any]
# A row under its primary key, so that several notes can make up one row.
KeyedRow = tuple[tuple[Any, ...], Row]
KeyedRows = Iterator[KeyedRow]

WORDS: Final = {
    "digest": "digest",
    "report": "report",
    "chart": "chart",
    "shift": "shift_notice",
    "reminder": "reminder",
    "group": "user_group",
    "topic": "topic",
    "schedules": "schedules",
    "oncall": "on_call",
}


def posting_of(kind: str) -> tuple[str, str] | None:
    """Take a kind of version 0.1 apart: what the message is, and its subject; None for a kind it did not have."""
    for old, new in (("digest by hand ", "digest_on_demand"), ("report by hand ", "report_on_demand")):
        if kind.startswith(old):
            return new, kind.removeprefix(old)
    if kind.startswith("report asked for ") and kind.endswith(" chart"):
        return "chart_on_demand", kind.removeprefix("report asked for ").removesuffix(" chart")
    if kind == "report chart":
        return "chart", ""
    word, _, rest = kind.partition(" ")
    return (WORDS[word], rest) if word in WORDS else None


def sync_subject(name: str) -> str:
    """Return the subject of a sync for its old name."""
    word, _, rest = name.partition(" ")
    return f"{WORDS[word]} {rest}".strip()


def utc(at: datetime | None) -> datetime | None:
    """Add the zone that SQLite drops."""
    return None if at is None else at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def text(value: object) -> str:
    """Replace what a database does not store."""
    return str(value).encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def read_slack_id(value: object) -> str:
    """Read an id of Slack; raises ValueError."""
    if not isinstance(value, str) or len(value) > LONGEST_SLACK_ID:
        raise ValueError("not an id of Slack")
    return value


def number(value: object) -> int:
    """Read a number of 64 bits; raises ValueError."""
    read = int(str(value))
    if abs(read) >= 1 << 63:
        raise ValueError("more than 64 bits")
    return read


def hashed(key: str) -> str:
    """Hash a key as revision 0004 does."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
