"""The rules for a team's Slack channels."""

from collections.abc import Iterable


def channels_of(named: Iterable[str], announcements: str | None) -> frozenset[str]:
    """Return every channel of a team: those it serves, and its announcement channel."""
    return frozenset((*named, *([announcements] if announcements else [])))


def announcement_channel_of(named: Iterable[str], announcements: str | None) -> str | None:
    """Return the announcement channel: the one that is set, or else the served channel with the lowest id."""
    return announcements or min(named, default=None)
