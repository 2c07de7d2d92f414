"""A comment of a timeline on one line. Pure."""

from typing import Final

from bot.cards.messages.quotes import PRESSER_NAME_LIMIT, by
from bot.cards.messages.story import comment_kind, comment_words
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models.timeline_details import Commented
from bot.incidents.commenting.comments import words_from_slack
from bot.messages.audience import Audience
from bot.messages.literal import plain_lines
from bot.messages.text import Mrkdwn, clipped, mrkdwn, one_line

COMMENT_LINE_LIMIT: Final = 120


def said_by(to: Audience, told: Told, cast: Cast, *, limit: int = COMMENT_LINE_LIMIT) -> Mrkdwn:
    """Quote a comment on one line, of one that was written in Slack what its writer typed."""
    detail = told.entry.detail
    comment, kind = (detail.comment, comment_kind(detail)) if isinstance(detail, Commented) else ("", "")
    ours = words_from_slack(comment) if told.is_written_here else None
    who = by(to, told, cast) or to.say("Flashduty")
    if ours is not None:
        writer, comment = ours
        who = mrkdwn("{name}", name=clipped(one_line(writer), PRESSER_NAME_LIMIT))
    words = clipped(one_line(plain_lines(comment_words(comment))), limit)
    if kind:
        return to.say("{who} ({kind}): “{words}”", who=who, kind=kind, words=words)
    return to.say("{who}: “{words}”", who=who, words=words)
