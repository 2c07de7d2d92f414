"""Who made an entry of a timeline, and what they wrote. Pure."""

from typing import Final

from bot.cards.timeline.told import Cast, Told
from bot.messages.audience import Audience
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, escaped, mrkdwn, one_line

PRESSER_NAME_LIMIT: Final = 60
QUOTE_LIMIT: Final = 200


def by(to: Audience, told: Told, cast: Cast) -> Mrkdwn | None:
    """Name who made an entry, by the name in Slack of whoever pressed for it; None for Flashduty itself."""
    if told.pressed_by:
        return escaped(clipped(one_line(told.pressed_by), PRESSER_NAME_LIMIT))
    return names(to, [told.entry.creator_id], cast.people, given=cast.given) if told.entry.creator_id > 0 else None


def quoted(words: str) -> Mrkdwn | None:
    """Quote what somebody wrote, on one line and clipped; None for nothing."""
    said = clipped(one_line(words), QUOTE_LIMIT)
    return mrkdwn("“{said}”", said=said) if said else None
