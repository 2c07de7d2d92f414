from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    MarkdownTextObject,
    RichTextBlock,
    SectionBlock,
    TableBlock,
)

from bot.messages import literal
from bot.messages.size import MESSAGE, Chapter, Drawn, Piece, Size, fitted_pieces, has_room, joined
from bot.messages.text import Mrkdwn, escaped, shortened

# chat.update refuses a longer `text` with msg_too_long (docs.slack.dev/reference/methods/chat.update).
TEXT_LIMIT: Final = 3900


@dataclass(frozen=True)
class Bar:
    """Pieces beside a bar of this colour, `#` and six hexadecimal digits, below all others of a message.

    Slack draws one beside an attachment only, and may hide the contents of an attachment behind "Show more", which it
    never does with the blocks of a message: nothing stands here that must be seen or pressed. A message of nothing but
    attachments would show its `text` above them. Sources: docs.slack.dev/reference/messaging/attachments,
    github.com/slackapi/node-slack-sdk/issues/1528, github.com/grafana-cold-storage/oncall/pull/323.
    """

    colour: str
    pieces: tuple[Piece | None, ...]


@dataclass(frozen=True)
class Message:
    """Blocks, and the `text` for notifications and screen readers that is derived from them.

    `left_out` are the rows that did not fit, for the thread. `beside_bar` is what stands beside a bar of `colour`.
    """

    drawn: Drawn
    beside_bar: Drawn = field(default_factory=Drawn)
    colour: str = ""
    size: Size = MESSAGE

    @classmethod
    def of(cls, *pieces: Piece | None, bar: Bar | None = None, size: Size = MESSAGE) -> "Message":
        """Build a message from pieces, with as many rows of its lists as Slack accepts; None is left out.

        `size` is that of a view where it is never shown elsewhere. Raises ValueError for more blocks beside the lists
        than it has, which is a defect of the caller.
        """
        own = [piece for piece in pieces if piece is not None]
        beside = [piece for piece in bar.pieces if piece is not None] if bar else []
        drawn = fitted_pieces([*own, *beside], size)
        colour = bar.colour if bar else ""
        message = cls(joined(drawn[: len(own)]), joined(drawn[len(own) :]), colour, size=size)
        if len(message.all_blocks) > size.blocks:
            raise ValueError(f"{len(message.all_blocks)} blocks in one message, Slack takes {size.blocks}")
        return message

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, without those beside the bar."""
        return self.drawn.blocks

    @property
    def all_blocks(self) -> tuple[Block, ...]:
        """All blocks, as a reader sees them from top to bottom."""
        return (*self.drawn.blocks, *self.beside_bar.blocks)

    @property
    def has_room(self) -> bool:
        """Whether Slack accepts it."""
        return has_room([self.drawn, self.beside_bar], self.size)

    @property
    def left_out(self) -> tuple[Chapter, ...]:
        """The rows that did not fit."""
        return self.drawn.left_out

    @cached_property
    def text(self) -> Mrkdwn:
        """The whole content as markup, at most 3,900 characters."""
        spoken = Mrkdwn("\n").join_all(line for block in self.all_blocks for line in _spoken(block))
        return shortened(spoken, TEXT_LIMIT)

    @cached_property
    def payload(self) -> dict[str, Any]:
        """`text`, `blocks` and `attachments` as arguments of Slack's methods."""
        payload: dict[str, Any] = {"text": str(self.text), "blocks": list(self.drawn.written)}
        if self.beside_bar.blocks:
            payload["attachments"] = [{"color": self.colour, "blocks": list(self.beside_bar.written)}]
        return payload


def _spoken(block: Block) -> Iterable[Mrkdwn]:
    if isinstance(block, HeaderBlock) and block.text is not None:
        yield escaped(block.text.text)
    elif isinstance(block, SectionBlock):
        yield from (Mrkdwn(block.text.text),) if block.text is not None else ()
        yield from (Mrkdwn(one.text.replace("\n", " ")) for one in block.fields or () if one.text)
    elif isinstance(block, RichTextBlock):
        yield from map(escaped, literal.spoken(block))
    elif isinstance(block, ImageBlock) and block.alt_text:
        yield escaped(block.alt_text)
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
