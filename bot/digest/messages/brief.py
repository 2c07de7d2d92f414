"""A part of a digest: what the message shows of it, and the details for the thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.messages.audience import Audience
from bot.messages.blocks import SECTION_LIMIT, section
from bot.messages.layout import REST_LINE_RESERVE, Part, rest
from bot.messages.size import Chapter, Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, lines, shortened


@dataclass(frozen=True)
class Brief:
    """A few lines, and the chapters that have the rest."""

    part: Part = field(default_factory=Part)
    chapters: tuple[Chapter, ...] = ()

    @classmethod
    def of(cls, *pieces: Piece | None, chapters: Iterable[Chapter | None] = ()) -> "Brief":
        """Build from pieces and chapters; None is left out."""
        return cls(Part.of(*pieces), tuple(chapter for chapter in chapters if chapter is not None))

    def __add__(self, other: "Brief") -> "Brief":
        return Brief(self.part + other.part, (*self.chapters, *other.chapters))


def first_rows(to: Audience, title: Mrkdwn, rows: Sequence[Mrkdwn], *, most: int, in_thread: bool) -> Brief:
    """Show the first rows as the lines of one paragraph; the others are a chapter with the title."""
    shown = _in_a_section(rows[:most])
    later = tuple(rows[len(shown) :])

    def draw(count: int) -> Drawn:
        omitted = tuple(shown[count:])
        block = section(lines(*shown[:count], rest(to, len(rows) - count, in_thread=in_thread)))
        return Drawn.of(block, left_out=[Chapter(title, omitted)] if omitted else ())

    return Brief.of(Rows(len(shown), draw), chapters=[Chapter(title, later) if later else None])


def _in_a_section(rows: Sequence[Mrkdwn]) -> list[Mrkdwn]:
    """Return as many rows as a section holds, at least one, which is cut if it alone is too long."""
    room = SECTION_LIMIT - REST_LINE_RESERVE
    shown = [shortened(row, room) for row in rows]
    while len(shown) > 1 and sum(len(row) + 1 for row in shown) > room:
        shown.pop()
    return shown
