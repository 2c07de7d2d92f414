"""Time zones by their names."""

from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

T = TypeVar("T", ZoneInfo, None)


def zone_named(name: str, otherwise: T) -> ZoneInfo | T:
    """Return the time zone of a name, which is untrusted."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise
