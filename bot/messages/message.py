from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, SectionBlock, TableBlock

from bot.messages.text import Mrkdwn, escaped, shortened

# chat.update refuses a longer `text` with msg_too_long (docs.slack.dev/reference/methods/chat.update).
TEXT_LIMIT: Final = 3900
BLOCK_LIMIT: Final = 50


@dataclass(frozen=True)
class Message:
    """Blocks for the eye and, made from the same blocks, `text` for notifications and screen readers."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, *blocks: Block | None) -> "Message":
        """Build a message from the blocks that are there; more than 50 is a defect of ours and raises ValueError."""
        present = tuple(block for block in blocks if block is not None)
        if len(present) > BLOCK_LIMIT:
            raise ValueError(f"{len(present)} blocks in one message, Slack takes {BLOCK_LIMIT}")
        return cls(present)

    @cached_property
    def text(self) -> Mrkdwn:
        """The whole content as markup, at most 3,900 characters."""
        spoken = Mrkdwn("\n").join_all(line for block in self.blocks for line in _spoken(block))
        return shortened(spoken, TEXT_LIMIT)

    @cached_property
    def payload(self) -> dict[str, Any]:
        """`text` and `blocks` as Slack's methods take them."""
        return {"text": str(self.text), "blocks": [block.to_dict() for block in self.blocks]}


def _spoken(block: Block) -> Iterable[Mrkdwn]:
    if isinstance(block, HeaderBlock) and block.text is not None:
        yield escaped(block.text.text)
    elif isinstance(block, SectionBlock) and block.text is not None:
        yield Mrkdwn(block.text.text)
    elif isinstance(block, ContextBlock):
        for element in block.elements:
            if isinstance(element, MarkdownTextObject):
                yield Mrkdwn(element.text)
    elif isinstance(block, TableBlock):
        yield from _spoken_table([[cell["text"] for cell in row] for row in block.to_dict()["rows"]])


def _spoken_table(rows: Sequence[Sequence[str]]) -> Iterable[Mrkdwn]:
    """Read a table row by row, each cell with the head of its column."""
    for name, *cells in rows[1:]:
        told = (f"{head}: {cell}" for head, cell in zip(rows[0][1:], cells, strict=True))
        yield escaped(f"{name}. {'; '.join(told)}")


@dataclass(frozen=True)
class Written:
    """A message that was drawn earlier and kept."""

    payload: dict[str, Any]


@dataclass(frozen=True)
class Posting:
    """A message for the channel, and the messages for the thread under it."""

    first: Message
    thread: tuple[Message, ...] = ()
