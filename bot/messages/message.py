from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, SectionBlock, TableBlock

from bot.messages.size import MAX_BLOCKS, Chapter, Drawn, Piece, fitted
from bot.messages.text import Mrkdwn, escaped, shortened

# chat.update refuses a longer `text` with msg_too_long (docs.slack.dev/reference/methods/chat.update).
TEXT_LIMIT: Final = 3900


@dataclass(frozen=True)
class Message:
    """Blocks, and the `text` for notifications and screen readers that is derived from them.

    `left_out` are the rows that did not fit, for the thread.
    """

    drawn: Drawn

    @classmethod
    def of(cls, *pieces: Piece | None) -> "Message":
        """Build a message from pieces, with as many rows of its lists as Slack accepts; None is left out.

        Raises ValueError for more than 50 blocks beside the lists, which is a defect of the caller.
        """
        drawn = fitted([piece for piece in pieces if piece is not None])
        if len(drawn.blocks) > MAX_BLOCKS:
            raise ValueError(f"{len(drawn.blocks)} blocks in one message, Slack takes {MAX_BLOCKS}")
        return cls(drawn)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks."""
        return self.drawn.blocks

    @property
    def left_out(self) -> tuple[Chapter, ...]:
        """The rows that did not fit."""
        return self.drawn.left_out

    @cached_property
    def text(self) -> Mrkdwn:
        """The whole content as markup, at most 3,900 characters."""
        spoken = Mrkdwn("\n").join_all(line for block in self.blocks for line in _spoken(block))
        return shortened(spoken, TEXT_LIMIT)

    @cached_property
    def payload(self) -> dict[str, Any]:
        """`text` and `blocks` as arguments of Slack's methods."""
        return {"text": str(self.text), "blocks": list(self.drawn.written)}


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
    """The payload of a message that was drawn and stored earlier."""

    payload: dict[str, Any]


@dataclass(frozen=True)
class PostedMessage:
    """A message for the channel, and the messages for the thread under it."""

    first: Message
    thread: tuple[Message, ...] = ()
