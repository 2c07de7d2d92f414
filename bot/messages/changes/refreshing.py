"""The mark on a message that could not be drawn again: of when it is, and who does not answer.

When a message was drawn stands in the `block_id` of its controls, which Slack returns with the message, so that any
process can say it, also of a message that an earlier one has posted.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from slack_sdk.models.blocks import ActionsBlock, Block, InteractiveElement

from bot.messages.audience import Audience
from bot.messages.blocks import actions, context
from bot.messages.message import Message
from bot.messages.size import Drawn
from bot.messages.text import moment

_NOT_REFRESHED: Final = "not refreshed"
# Ten digits last until the year 2286.
_DRAWN: Final = re.compile(r"drawn ([0-9]{10})")


def refreshable(to: Audience, *elements: InteractiveElement | None) -> ActionsBlock:
    """Draw the controls below a message that can be drawn again, with the moment for which it is drawn."""
    return actions(*elements, block_id=f"drawn {int(to.now.timestamp())}")


def drawn_at(blocks: Iterable[Block]) -> datetime | None:
    """Return the moment for which a message was drawn; None for one that does not say it."""
    found = (_DRAWN.fullmatch(block.block_id or "") for block in blocks)
    return next((datetime.fromtimestamp(int(one[1]), UTC) for one in found if one), None)


def not_refreshed(to: Audience, shown: Message) -> Message | None:
    """Mark a message as one that Flashduty did not answer for, below its headline; None where that is not possible."""
    at = drawn_at(shown.blocks)
    if at is None:
        return None
    headline, *rest = (block for block in shown.blocks if block.block_id != _NOT_REFRESHED)
    mark = context(to.say("⚠️ As of {at}: Flashduty does not answer.", at=moment(at)), block_id=_NOT_REFRESHED)
    marked = replace(shown, drawn=Drawn.of(headline, mark, *rest, left_out=shown.left_out))
    return marked if marked.has_room else None
