"""The posted message that a press came from: Slack sends its blocks with the press."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.messages.message import Message
from bot.messages.size import MESSAGE, Drawn, Size

# Slack returns a colour without its `#`.
_COLOUR: Final = re.compile(r"#?([0-9A-Fa-f]{6})")


def parsed_blocks(written: Sequence[Mapping[str, Any]], size: Size = MESSAGE) -> tuple[Block, ...]:
    """Parse the blocks of a message or a view; empty where one is of a type that would be lost when it is sent again."""
    try:
        parsed = Block.parse_all([dict(block) for block in written[: size.blocks]])
        is_whole = [block.to_dict()["type"] for block in parsed] == [block["type"] for block in written]
    except (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError):
        return ()
    return tuple(parsed) if is_whole else ()


def posted_message(
    blocks: Sequence[Mapping[str, Any]], attachments: Sequence[Mapping[str, Any]] = (), *, size: Size = MESSAGE
) -> Message | None:
    """Parse a message or a view as it stands, with the colour bar of a message; None where a part would be lost."""
    own = parsed_blocks(blocks, size)
    if not own or len(attachments) > 1:
        return None
    if not attachments:
        return Message(Drawn.of(*own), size=size)
    written, colour = attachments[0].get("blocks"), _COLOUR.fullmatch(str(attachments[0].get("color")))
    is_bar = isinstance(written, list) and all(isinstance(block, dict) for block in written)
    beside = parsed_blocks(written) if isinstance(written, list) and is_bar else ()
    return Message(Drawn.of(*own), Drawn.of(*beside), f"#{colour[1]}") if beside and colour else None
