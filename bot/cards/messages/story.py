"""The thread of a card: what happened to its incident since the last reply. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from slack_sdk.models.blocks import Block

from bot.cards.messages.failed_pages import failed_pages
from bot.cards.messages.quotes import by
from bot.cards.messages.sentences import entry_sentence
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models.timeline_details import Commented, Notified
from bot.messages.audience import Audience
from bot.messages.blocks import SECTION_LIMIT, context, section
from bot.messages.literal import literal, plain_lines
from bot.messages.message import Message
from bot.messages.names import unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, clock_time, dotted, lines, link, moment, one_line

# One reply: what a phone shows without much scrolling.
MAX_TOLD: Final = 15
STORY_COMMENT_LIMIT: Final = 700
COMMENT_LINES: Final = 10
# As Flashduty limits them (/incident/comment-type/create).
COMMENT_KIND_LIMIT: Final = 40
# The time of an older entry is said; a newer one has the time of its reply.
ENTRY_LATE_AFTER: Final = timedelta(minutes=2)
# From then on it needs its date as well.
DATED_AFTER: Final = timedelta(hours=20)
# A mention in a comment as the console writes it: [@Jane Doe](flashduty://ref/member/7001).
_MENTION: Final = re.compile(r"\[(@[^\]\n]{1,100})\]\(flashduty://[^)\s]{1,200}\)")


def story_reply(
    to: Audience, told: Sequence[Told], cast: Cast, *, is_complete: bool = True, detail_url: str = ""
) -> Message:
    """Draw the first entries in the order in which they happened, and the number of those left out.

    Without `is_complete` there are older ones that were not read. Raises ValueError for no entries.
    """
    if not told:
        raise ValueError("a reply that tells nothing")
    shown = told[:MAX_TOLD]

    def draw(count: int) -> Drawn:
        return Drawn.of(*_blocks(to, shown[:count], cast), _rest(to, len(told) - count, detail_url))

    earlier = (
        None if is_complete else context(to.say("Earlier entries: {timeline}", timeline=timeline_link(to, detail_url)))
    )
    return Message.of(earlier, Rows(len(shown), draw), unread(to, cast.people))


def _rest(to: Audience, count: int, detail_url: str) -> Block | None:
    if not count:
        return None
    return context(
        to.counted(
            count,
            "and {count} more, in the {timeline}",
            "and {count} more, in the {timeline}",
            timeline=timeline_link(to, detail_url),
        )
    )


def timeline_link(to: Audience, detail_url: str) -> Mrkdwn:
    """Link to the timeline in the console."""
    return link(detail_url, to.say("timeline in Flashduty"))


def _blocks(to: Audience, told: Sequence[Told], cast: Cast) -> list[Block]:
    """Draw sentences that follow each other as one paragraph, and each comment below its own."""
    blocks: list[Block] = []
    paragraph: list[Mrkdwn] = []
    for one in told:
        said, comment = _said(to, one, cast)
        for line in said:
            if sum(len(each) + 1 for each in (*paragraph, line)) > SECTION_LIMIT:
                blocks.append(section(lines(*paragraph)))
                paragraph = []
            paragraph.append(line)
        if comment is not None:
            blocks += [section(lines(*paragraph)), comment]
            paragraph = []
    return [*blocks, section(lines(*paragraph))] if paragraph else blocks


def _said(to: Audience, told: Told, cast: Cast) -> tuple[list[Mrkdwn], Block | None]:
    """Return the sentences of an entry, and the block of what somebody wrote, if it has one."""
    when, detail = _when(to, told), told.entry.detail
    if isinstance(detail, Commented):
        return [_commented(to, told, cast, kind=comment_kind(detail), when=when)], comment_block(detail.comment)
    if isinstance(detail, Notified):
        return [dotted(line, when) for line in failed_pages(to, detail, cast)], None
    said = entry_sentence(to, told, cast)
    return [dotted(said, when)] if said else [], None


def _commented(to: Audience, told: Told, cast: Cast, *, kind: str, when: Mrkdwn | None) -> Mrkdwn:
    who = by(to, told, cast) or to.say("Flashduty")
    if kind and when is None:
        return to.say("💬 {who} commented ({kind}):", who=who, kind=kind)
    if when is None:
        return to.say("💬 {who} commented:", who=who)
    if kind:
        return to.say("💬 {who} commented ({kind}), {when}:", who=who, kind=kind, when=when)
    return to.say("💬 {who} commented, {when}:", who=who, when=when)


def comment_kind(detail: Commented) -> str:
    """Return the name of a comment's type, one line and clipped; empty for a comment without one."""
    return clipped(one_line(detail.kind.name), COMMENT_KIND_LIMIT) if detail.kind is not None else ""


def comment_block(comment: str) -> Block:
    """Draw a comment as it was written, clipped; a mention of the console shows the name and mentions nobody."""
    text = plain_lines(comment_words(comment))
    return literal(text, STORY_COMMENT_LIMIT, COMMENT_LINES)


def comment_words(comment: str) -> str:
    """Return a comment with the names of whom it mentions in place of the console's links."""
    return _MENTION.sub(r"\1", comment)


def _when(to: Audience, told: Told) -> Mrkdwn | None:
    at = told.entry.created_at
    if at is None or to.now - at <= ENTRY_LATE_AFTER:
        return None
    return short_time(to, at)


def short_time(to: Audience, at: datetime) -> Mrkdwn:
    """Show the time of day of a recent instant, and that of an older one with its date."""
    return clock_time(at) if to.now - at < DATED_AFTER else moment(at)
