"""Plans of the periodic posts: where, when, and for whom."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.config.card_rules import CardRule

EVERY_DAY: Final = frozenset(range(7))
MON_TO_FRI: Final = frozenset(range(5))
# How late a digest is still posted.
CATCH_UP: Final = timedelta(hours=3)
CARDS_POLL_EVERY: Final = timedelta(seconds=20)
CARDS_STORM: Final = 10

CardMention = Literal["thread", "channel", "dm", "off"]
"""How those whom Flashduty has just assigned are mentioned: in a card's thread, beside it, privately, or not."""


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


@dataclass(frozen=True, kw_only=True)
class CardPlan:
    """The living cards of a team: `rules` say where each goes, the last of them for all incidents that are left.

    `storm` is how many cards may be posted within five minutes before one message takes the place of the others.
    """

    rules: tuple[CardRule, ...]
    poll_every: timedelta = CARDS_POLL_EVERY
    mention: CardMention = "thread"
    storm: int = CARDS_STORM

    @property
    def channels(self) -> frozenset[str]:
        """Every Slack channel that the rules name."""
        return frozenset(rule.channel for rule in self.rules if rule.channel is not None)
