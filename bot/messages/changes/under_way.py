"""The notice that a change is under way, in the row of the pressed control or in a separate message."""

from dataclasses import replace

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InteractiveElement,
    OverflowMenuElement,
    SectionBlock,
)

from bot.messages.blocks import actions, context, section
from bot.messages.menus import state_block_id
from bot.messages.message import Message
from bot.messages.size import Drawn
from bot.messages.text import Mrkdwn, lines


def notice_message(notice: Mrkdwn) -> Message:
    """Draw the notice as a separate message."""
    return Message.of(section(notice))


def has_control(message: Message, action_id: str, value: str) -> bool:
    """Whether a message has the control with this action id and value."""
    return any(_holds(block, action_id, value) for block in message.blocks)


def replace_control(
    message: Message, action_id: str, value: str, notice: Mrkdwn, *, settles: bool = False
) -> Message | None:
    """Replace a control by the notice; None where the message lacks the control, or has no room.

    With `settles` the state line of the same incident is left out, because it is no longer true.
    """
    outdated = state_block_id(action_id.partition(":")[2]) if settles else None
    shown: list[Block] = []
    for block in message.blocks:
        if outdated is not None and block.block_id == outdated:
            continue
        shown += _with_notice(block, action_id, notice) if _holds(block, action_id, value) else [block]
    changed = replace(message, drawn=Drawn.of(*shown, left_out=message.left_out))
    return changed if changed.has_room and has_control(message, action_id, value) else None


def _holds(block: Block, action_id: str, value: str) -> bool:
    return any(one.action_id == action_id and value in _values(one) for one in _controls(block))


def _values(control: InteractiveElement) -> list[str]:
    """Return what a control sends: the value of a button, or one of those of a menu."""
    if isinstance(control, OverflowMenuElement):
        return [option.value for option in control.options]
    return [control.value] if isinstance(control, ButtonElement) and control.value else []


def _controls(block: Block) -> list[InteractiveElement]:
    if isinstance(block, SectionBlock):
        return [block.accessory] if isinstance(block.accessory, InteractiveElement) else []
    held = block.elements if isinstance(block, ActionsBlock) else []
    return [one for one in held if isinstance(one, InteractiveElement)]


def _with_notice(block: Block, action_id: str, notice: Mrkdwn) -> list[Block]:
    if isinstance(block, SectionBlock) and block.text is not None:
        return [section(lines(Mrkdwn(block.text.text), notice))]
    others = [one for one in _controls(block) if one.action_id != action_id]
    return [context(notice), *([actions(*others)] if others else [])]
