"""The line on a card, or on the message of a storm, that could not be refreshed. Pure."""

from dataclasses import replace
from datetime import datetime

from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.menus import is_state_block
from bot.messages.message import Message
from bot.messages.size import Drawn
from bot.messages.text import moment


def marked_unread(to: Audience, message: Message, since: datetime) -> Message:
    """Say on a message, below the state of its incident or else below its headline, since when it is not refreshed."""
    line = to.say("⚠️ Not refreshed since {since}: Flashduty could not be read", since=moment(since))
    mark, drawn = Drawn.of(section(line)), message.drawn
    states = (index for index, block in enumerate(drawn.blocks) if is_state_block(block.block_id))
    at = 1 + next(states, 0)
    return replace(
        message,
        drawn=replace(
            drawn,
            blocks=(*drawn.blocks[:at], *mark.blocks, *drawn.blocks[at:]),
            written=(*drawn.written[:at], *mark.written, *drawn.written[at:]),
        ),
    )
