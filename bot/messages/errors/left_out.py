"""The note on parts that a defect of the bot has removed from a message."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ContextBlock

from bot.messages.audience import Audience
from bot.messages.blocks import context
from bot.messages.names import enumerated


def left_out(to: Audience, lost: Mapping[str, str]) -> ContextBlock | None:
    """Name the missing parts, each with its reference in the log; None when no part is missing."""
    if not lost:
        return None
    rows = [to.say("{part} ({reference})", part=part, reference=reference) for part, reference in lost.items()]
    return context(
        to.say(
            "⚠️ Left out because of a defect in the bot: {parts}. The bot's administrator finds each reference in the log.",
            parts=enumerated(to, rows),
        )
    )
