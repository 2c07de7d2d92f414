"""Something that was asked for and takes a while: said in the row where it was pressed, or in a line of its own."""

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, InteractiveElement, SectionBlock

from bot.messages.blocks import actions, context, section
from bot.messages.message import Message
from bot.messages.size import Drawn
from bot.messages.text import Mrkdwn, lines


def in_a_line(said: Mrkdwn) -> Message:
    """Say it in a message of its own."""
    return Message.of(section(said))


def has_control(message: Message, action_id: str, value: str) -> bool:
    """Tell whether this very control stands in a message."""
    return any(_holds(block, action_id, value) for block in message.blocks)


def in_place_of(message: Message, action_id: str, value: str, said: Mrkdwn, *, settles: bool = False) -> Message | None:
    """Say it where a control stands; None where the control is not, or the message is full.

    What `settles` a row takes the place of the small print under it, which is not so any more.
    """
    shown: list[Block] = []
    is_outdated = False
    for block in message.blocks:
        if is_outdated and isinstance(block, ContextBlock):
            is_outdated = False
            continue
        holds = _holds(block, action_id, value)
        shown += _said(block, action_id, said) if holds else [block]
        is_outdated = holds and settles and isinstance(block, SectionBlock)
    drawn = Drawn.of(*shown, left_out=message.left_out)
    return Message(drawn) if drawn.has_room and has_control(message, action_id, value) else None


def _holds(block: Block, action_id: str, value: str) -> bool:
    return any(one.action_id == action_id and getattr(one, "value", None) == value for one in _controls(block))


def _controls(block: Block) -> list[InteractiveElement]:
    if isinstance(block, SectionBlock):
        return [block.accessory] if isinstance(block.accessory, InteractiveElement) else []
    held = block.elements if isinstance(block, ActionsBlock) else []
    return [one for one in held if isinstance(one, InteractiveElement)]


def _said(block: Block, action_id: str, said: Mrkdwn) -> list[Block]:
    if isinstance(block, SectionBlock) and block.text is not None:
        return [section(lines(Mrkdwn(block.text.text), said))]
    others = [one for one in _controls(block) if one.action_id != action_id]
    return [context(said), *([actions(*others)] if others else [])]
