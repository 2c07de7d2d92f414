"""Which Slack channels are a team's."""

from collections.abc import Iterable


def channels_of(named: Iterable[str], announcements: str | None) -> frozenset[str]:
    """Give every channel of a team: those it is said to serve, and the one it announces things in."""
    return frozenset((*named, *([announcements] if announcements else [])))


def announcement_channel_of(named: Iterable[str], announcements: str | None) -> str | None:
    """Give the channel where a team is told things: the one for announcements, or its first."""
    return announcements or min(named, default=None)
