"""The size limits of a message and of a view; above them rows of the longest lists are dropped first, then texts cut.

Slack refuses a message whose blocks are too long together, `msg_blocks_too_long`, and gives no number. What people
measured: 11,341 characters of text were refused (github.com/slackapi/bolt-js/issues/2867), and a block takes about 125
beside its text of some 13,300 in all (github.com/slackapi/bolt-js/issues/2509).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    InteractiveElement,
    MarkdownTextObject,
    RichTextBlock,
    SectionBlock,
)

from bot.messages import literal
from bot.messages.blocks import context, fields, section
from bot.messages.text import Mrkdwn, shortened

BLOCK_COST: Final = 125
# Left free when a message is drawn, for a line that may be added later: under way, or not refreshed.
LATER_LINE: Final = 250
# Every string of a block counts except these, which are not shown.
_NOT_READ: Final = frozenset({"type", "block_id", "action_id", "value", "style", "align"})
# Where dropping rows does not suffice, texts are cut to the first of these lengths that does.
_CUTS: Final = (2000, 1400, 1000, 700, 500, 350, 250, 175, 120)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many blocks Slack accepts, how much text in them, and how much when each block counts 125."""

    blocks: int
    text: int
    with_blocks: int


# docs.slack.dev/reference/block-kit/blocks
MESSAGE: Final = Size(blocks=50, text=10_000, with_blocks=13_000)
# 100 blocks, and 250 kB of JSON (docs.slack.dev/reference/methods/views.publish), in which a character takes up to six.
VIEW: Final = Size(blocks=100, text=25_000, with_blocks=40_000)


@dataclass(frozen=True)
class Chapter:
    """The rows of a list that did not fit, for the thread."""

    title: Mrkdwn
    rows: tuple[Mrkdwn, ...]


@dataclass(frozen=True)
class Drawn:
    """Blocks, their JSON for Slack (`written`), and the rows they leave out."""

    blocks: tuple[Block, ...] = ()
    left_out: tuple[Chapter, ...] = ()
    written: tuple[dict[str, Any], ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, *blocks: Block | None, left_out: Iterable[Chapter] = ()) -> "Drawn":
        """Build from blocks; None is left out."""
        present = tuple(block for block in blocks if block is not None)
        return cls(present, tuple(left_out), tuple(block.to_dict() for block in present))

    @property
    def text(self) -> int:
        """The number of characters of all visible strings, in UTF-16 units, with entities as they are written."""
        return sum(_units(one) for block in self.written for one in _read(block))

    @property
    def has_room(self) -> bool:
        """Whether Slack accepts it as one message."""
        return has_room([self], MESSAGE)


@dataclass(frozen=True)
class Rows:
    """A list that shows as many of its rows as there is room for.

    `draw(n)` draws the first n of `most` rows, n at least 1, and states how many are left out and where they are.
    """

    most: int
    draw: Callable[[int], Drawn]


Piece = Block | Rows


def fitted(pieces: Sequence[Piece]) -> Drawn:
    """Draw all pieces within the size of one message; rows of the longest list are dropped first."""
    return joined(fitted_pieces(pieces, MESSAGE))


def fitted_pieces(pieces: Sequence[Piece], size: Size) -> list[Drawn]:
    """Draw each piece, all of them within the size; rows of the longest list are dropped first."""
    shown = [piece.most if isinstance(piece, Rows) else 0 for piece in pieces]
    drawn = [piece.draw(piece.most) if isinstance(piece, Rows) else Drawn.of(piece) for piece in pieces]
    while (over := _over(drawn, size, spare=LATER_LINE)) > 0:
        lists = [index for index, rows in enumerate(shown) if rows > 1]
        if not lists:
            return _cut(drawn, size)
        longest = max(lists, key=lambda index: _size(drawn[index]))
        # One row is about as long as the others of its list.
        shown[longest] -= min(shown[longest] - 1, max(1, over * shown[longest] // (2 * _size(drawn[longest]))))
        piece = pieces[longest]
        drawn[longest] = piece.draw(shown[longest]) if isinstance(piece, Rows) else drawn[longest]
    return drawn


def has_room(drawn: Sequence[Drawn], size: Size) -> bool:
    """Whether Slack accepts all of it in a message or view of this size."""
    return _over(drawn, size) <= 0


def _over(drawn: Sequence[Drawn], size: Size, *, spare: int = 0) -> int:
    """Return by how many characters this is over the limit, with `spare` of them left free."""
    text, blocks = sum(each.text for each in drawn), sum(len(each.blocks) for each in drawn)
    most_blocks = size.blocks - 1 if spare else size.blocks
    with_blocks = text + blocks * BLOCK_COST
    return max(text + spare - size.text, with_blocks + spare - size.with_blocks, (blocks - most_blocks) * BLOCK_COST)


def _size(drawn: Drawn) -> int:
    return drawn.text + len(drawn.blocks) * BLOCK_COST


def joined(drawn: Iterable[Drawn]) -> Drawn:
    """Put what was drawn in parts into one."""
    whole = list(drawn)
    return Drawn(
        tuple(block for each in whole for block in each.blocks),
        tuple(chapter for each in whole for chapter in each.left_out),
        tuple(block for each in whole for block in each.written),
    )


def _cut(drawn: list[Drawn], size: Size) -> list[Drawn]:
    """Cut the longest texts, with an ellipsis, until all is within the size."""
    for limit in _CUTS:
        if has_room(drawn, size):
            break
        drawn = [Drawn.of(*(_shorter(block, limit) for block in each.blocks), left_out=each.left_out) for each in drawn]
    return drawn


def _shorter(block: Block, limit: int) -> Block:
    if isinstance(block, SectionBlock) and block.text is not None and len(block.text.text) > limit:
        control = block.accessory if isinstance(block.accessory, InteractiveElement) else None
        return section(shortened(Mrkdwn(block.text.text), limit), control)
    if isinstance(block, SectionBlock) and block.fields:
        texts = [Mrkdwn(one.text) for one in block.fields if isinstance(one, MarkdownTextObject)]
        return fields([shortened(text, limit) for text in texts])
    if isinstance(block, RichTextBlock):
        return literal.shorter(block, limit)
    if isinstance(block, ContextBlock):
        texts = [Mrkdwn(one.text) for one in block.elements if isinstance(one, MarkdownTextObject)]
        return context(shortened(texts[0], limit)) if texts else block
    return block


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _read(value: Any) -> Iterator[str]:  # noqa: ANN401 - a block, as Slack takes it
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, held in value.items():
            if name not in _NOT_READ:
                yield from _read(held)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _read(one)
