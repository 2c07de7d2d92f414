"""Parts of a long message: the rows that are shown, and the rest for the thread under it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.messages.audience import Audience
from bot.messages.blocks import SECTION_LIMIT, context, section
from bot.messages.message import TEXT_LIMIT, Message
from bot.messages.size import Chapter, Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, lines, shortened

# Reserved for "and 480 more, in the thread" after the last row that fits.
REST_LINE_RESERVE: Final = 100
# Slack takes about one message a second in a channel: the thread is complete after eight seconds.
MAX_THREAD_MESSAGES: Final = 8
# A longer list would leave no room in the thread for the other lists.
MAX_THREAD_ROWS: Final = 40


@dataclass(frozen=True)
class Part:
    """Pieces of a message that belong together."""

    pieces: tuple[Piece, ...] = ()

    @classmethod
    def of(cls, *pieces: Piece | None) -> "Part":
        """Build a part; None is left out."""
        return cls(tuple(piece for piece in pieces if piece is not None))

    def __add__(self, other: "Part") -> "Part":
        return Part((*self.pieces, *other.pieces))


def rest(to: Audience, count: int, *, in_thread: bool) -> Mrkdwn | None:
    """Return how many rows are left out and where they are; None for no rows."""
    if not count:
        return None
    if in_thread:
        return to.counted(count, "and {count} more, in the thread", "and {count} more, in the thread")
    return to.counted(count, "and {count} more", "and {count} more")


def listed(to: Audience, title: Mrkdwn, rows: Sequence[Mrkdwn], most: int, *, in_thread: bool) -> Part:
    """Show a title and the first rows: `most` of them, or as many as a section holds. The others are left out."""
    if not rows:
        return Part()
    shown = _in_a_section(title, rows[:most])

    def draw(count: int) -> Drawn:
        more = tuple(rows[count:])
        block = section(lines(title, *shown[:count], rest(to, len(more), in_thread=in_thread)))
        return Drawn.of(block, left_out=[Chapter(title, more)] if more else ())

    return Part.of(Rows(len(shown), draw))


def _in_a_section(title: Mrkdwn, rows: Sequence[Mrkdwn]) -> list[Mrkdwn]:
    """Return as many rows as a section holds; a first row that alone is too long is cut."""
    room = SECTION_LIMIT - len(title) - REST_LINE_RESERVE
    shown: list[Mrkdwn] = []
    for row in rows:
        fitting = row if shown else shortened(row, room)
        room -= len(fitting) + 1
        if room < 0 and shown:
            break
        shown.append(fitting)
    return shown


def in_thread(to: Audience, chapters: Iterable[Chapter]) -> tuple[Message, ...]:
    """Draw what was left out as at most eight messages, no sentence divided between two."""
    pages = list(_pages(paragraph for chapter in chapters for paragraph in _paragraphs(to, chapter)))
    messages = [Message.of(*map(section, page)) for page in pages[:MAX_THREAD_MESSAGES]]
    if len(pages) > MAX_THREAD_MESSAGES:
        tail = context(to.say("There is more than fits here. The Flashduty console has all of it."))
        messages[-1] = Message.of(*messages[-1].blocks, tail)
    return tuple(messages)


def _paragraphs(to: Audience, chapter: Chapter) -> Iterator[Mrkdwn]:
    rows = [chapter.title]
    more = rest(to, len(chapter.rows[MAX_THREAD_ROWS:]), in_thread=False)
    for row in (*chapter.rows[:MAX_THREAD_ROWS], *([more] if more else [])):
        fitting = shortened(row, SECTION_LIMIT)
        if sum(len(one) + 1 for one in rows) + len(fitting) > SECTION_LIMIT:
            yield lines(*rows)
            rows = []
        rows.append(fitting)
    yield lines(*rows)


def _pages(paragraphs: Iterable[Mrkdwn]) -> Iterator[list[Mrkdwn]]:
    """Group paragraphs into messages whose `text`, which screen readers read, holds all of them."""
    page: list[Mrkdwn] = []
    for paragraph in paragraphs:
        if page and sum(len(one) + 1 for one in page) + len(paragraph) > TEXT_LIMIT - REST_LINE_RESERVE:
            yield page
            page = []
        page.append(paragraph)
    if page:
        yield page
