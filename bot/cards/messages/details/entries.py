"""The lines of a whole timeline: every type of its entries as whole sentences, book-keeping included. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.cards.details.model import TimelineRow
from bot.cards.messages.comment_lines import said_by
from bot.cards.messages.failed_pages import failed_pages, receivers_named, way_words
from bot.cards.messages.quotes import by, quoted
from bot.cards.messages.sentences import entry_sentence
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_work as work
from bot.messages.audience import Audience
from bot.messages.language import N_, Marked
from bot.messages.text import Mrkdwn, clipped, one_line

TYPE_LIMIT: Final = 40
ROW_COMMENT_LIMIT: Final = 240


def row_sentences(to: Audience, row: TimelineRow, cast: Cast) -> tuple[Mrkdwn, ...]:
    """Say what a line of a timeline tells; a type that is not known has a sentence as well."""
    told, detail = row.told, row.told.entry.detail
    if isinstance(detail, details.AlertMerged):
        return (to.counted(row.count, "🔔 {count} alert joined.", "🔔 {count} alerts joined."),)
    if isinstance(detail, details.Notified):
        return _notified(to, detail, cast)
    if isinstance(detail, details.Commented):
        return (to.say("💬 {comment}", comment=said_by(to, told, cast, limit=ROW_COMMENT_LIMIT)),)
    said = entry_sentence(to, told, cast)
    return (said if said is not None else _OTHERS.get(type(detail), _something_else)(to, told, cast, detail),)


def _notified(to: Audience, detail: details.Notified, cast: Cast) -> tuple[Mrkdwn, ...]:
    """Say whom a notification reached, and for each reason whom it did not."""
    reached = [one for one in detail.receivers if not one.failed_reason]
    failed = failed_pages(to, detail, cast)
    if failed and not reached:
        return failed
    way = way_words(to, detail.by)
    if not reached:
        return (to.say("📨 Notified by {way}.", way=way),)
    return (to.say("📨 Notified by {way}: {whom}", way=way, whom=receivers_named(to, reached, cast)), *failed)


# With the person who did it, and where Flashduty itself did.
_PLAIN: Final[Mapping[type[details.Detail], tuple[Marked, Marked]]] = {
    details.Created: (N_("🆕 {who} opened the incident."), N_("🆕 The incident was opened.")),
    details.ReplyMuted: (
        N_("🔇 {who} wrote a comment that webhooks do not repeat."),
        N_("🔇 A comment was written that webhooks do not repeat."),
    ),
    work.CardRefreshed: (
        N_("🔄 {who} refreshed Flashduty's card in a chat."),
        N_("🔄 Flashduty refreshed its card in a chat."),
    ),
}
_WORK_ITEMS: Final[Mapping[type[details.Detail], tuple[Marked, Marked]]] = {
    work.WorkItemUpdated: (N_("📋 {who} changed the work item {title}."), N_("📋 The work item {title} was changed.")),
    work.WorkItemBound: (N_("📋 {who} linked the work item {title}."), N_("📋 The work item {title} was linked.")),
}


def _plain(to: Audience, told: Told, cast: Cast, detail: details.Detail) -> Mrkdwn:
    active, passive = _PLAIN[type(detail)]
    who = by(to, told, cast)
    return to.translated(active, who=who) if who else to.translated(passive)


def _work_item(to: Audience, told: Told, cast: Cast, detail: work.WorkItem) -> Mrkdwn:
    active, passive = _WORK_ITEMS[type(detail)]
    who, title = by(to, told, cast), quoted(detail.title) or to.say("without a title")
    return to.translated(active, who=who, title=title) if who else to.translated(passive, title=title)


def _something_else(to: Audience, told: Told, cast: Cast, _: details.Detail) -> Mrkdwn:
    who, kind = by(to, told, cast), clipped(one_line(told.entry.type), TYPE_LIMIT) or "?"
    if who:
        return to.say("▫️ {who} did something that the bot has no words for ({kind}).", who=who, kind=kind)
    return to.say("▫️ Something happened that the bot has no words for ({kind}).", kind=kind)


_Sentence = Callable[[Audience, Told, Cast, Any], Mrkdwn]
_OTHERS: Final[Mapping[type[details.Detail], _Sentence]] = {
    **dict.fromkeys(_PLAIN, _plain),
    **dict.fromkeys(_WORK_ITEMS, _work_item),
}
