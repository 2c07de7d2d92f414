"""The posted message that a press came from: Slack sends its blocks with the press."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.messages.size import MAX_BLOCKS


def parsed_blocks(written: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Parse the blocks of a message; empty where one is of a type that would be lost when it is sent again."""
    try:
        parsed = Block.parse_all([dict(block) for block in written[:MAX_BLOCKS]])
        is_whole = [block.to_dict()["type"] for block in parsed] == [block["type"] for block in written]
    except (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError):
        return ()
    return tuple(parsed) if is_whole else ()
