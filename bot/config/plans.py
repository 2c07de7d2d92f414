"""Plans of the periodic posts: where, when, and for whom."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EVERY_DAY: Final = frozenset(range(7))
MON_TO_FRI: Final = frozenset(range(5))
# How late a digest is still posted.
CATCH_UP: Final = timedelta(hours=3)


@dataclass(frozen=True)
class DigestPlan:
    """A digest's channel, local time and weekdays (0 is Monday), and how late it is still posted."""

    channel: str
    at: time
    timezone: ZoneInfo
    days: frozenset[int] = MON_TO_FRI
    catch_up: timedelta = CATCH_UP
    mentions: bool = False


@dataclass(frozen=True)
class ShiftPlan:
    """Shift notices: posts to the team's channel at a handoff, and reminders `lead` before a shift."""

    posts_to_channel: bool = False
    reminds_people: bool = False
    lead: timedelta = timedelta(hours=1)
    mentions: bool = False
