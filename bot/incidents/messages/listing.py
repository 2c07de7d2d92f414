"""The list of incidents: the answer to `/flashduty incidents`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Progress, Severity
from bot.incidents.list_view import DEFAULT_SINCE, OPEN, IncidentList
from bot.incidents.messages.row import rows
from bot.incidents.model import Listing
from bot.incidents.search import probable_search, words_of
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, divider, header, section
from bot.messages.buttons import REFRESH, SHARE, SHOW_PRIVATELY, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.language import N_
from bot.messages.message import Message
from bot.messages.names import unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Label, Mrkdwn, clipped, dotted, lines, moment
from bot.messages.views import ViewValue

SUGGESTION_LIMIT: Final = 60
CONTROL_WORDS_LIMIT: Final = 40
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

_WORDS: Final = {
    Severity.CRITICAL: N_("critical"),
    Severity.WARNING: N_("warning"),
    Severity.INFO: N_("info"),
    Progress.TRIGGERED: N_("triggered"),
    Progress.PROCESSING: N_("processing"),
    Progress.CLOSED: N_("closed"),
}


def listing(to: Audience, found: Listing, team: str) -> Message:
    """Draw the list. A public one has no paging: a page turned by one person would turn for all.

    Controls that act are drawn only for a reader who may press them.
    """
    shown = ViewValue(team=team, view=found.search.on_page(found.page))
    drawn = rows(to, found.shown, found.people, within=shown, known=found.known)

    def draw(count: int) -> Drawn:
        more = _no_room(to, len(drawn) - count)
        return Drawn.of(*(block for blocks in drawn[:count] for block in blocks), context(more) if more else None)

    is_nothing = not drawn and found.search.narrows
    return Message.of(
        header(_headline(to, found)),
        section(_nothing(to, found.search)) if is_nothing else None,
        context(_scope(to, found, team)),
        Rows(len(drawn), draw) if drawn else None,
        divider() if drawn else None,
        unread(to, found.people),
        _other_searches(to, found.search, team) if is_nothing else None,
        _footer(to, found, shown),
    )


def _no_room(to: Audience, count: int) -> Mrkdwn | None:
    """State how many rows of the page did not fit into the message."""
    if not count:
        return None
    return to.counted(
        count,
        "{count} more incident of this page does not fit here. Narrow the search to see it.",
        "{count} more incidents of this page do not fit here. Narrow the search to see them.",
    )


def _headline(to: Audience, found: Listing) -> Label:
    if not found.incidents:
        return to.label("No incidents found") if found.search.narrows else to.label("No open incidents")
    if found.search.progress != OPEN:
        return to.counted_label(len(found.incidents), "{count} incident", "{count} incidents")
    if not found.is_complete:
        return to.label(
            "{open} or more open, {waiting} or more unacknowledged", open=found.open, waiting=found.unacknowledged
        )
    return to.label("{open} open, {waiting} unacknowledged", open=found.open, waiting=found.unacknowledged)


def _nothing(to: Audience, search: IncidentList) -> Mrkdwn:
    """State what was not found, and the search that was probably meant."""
    near = probable_search(search)
    return lines(
        _not_found(to, search),
        to.say("Did you mean `{words}`?", words=clipped(words_of(near), SUGGESTION_LIMIT)) if near else None,
    )


def _not_found(to: Audience, search: IncidentList) -> Mrkdwn:
    if search.has_filter_of_ours:
        fits = [*_found_by_words(to, search), *_filtered_by_us(to, search), _span(to, search.since)]
        return to.say("No {kind} incident fits: {filters}", kind=_kind(to, search), filters=dotted(*fits))
    kind, text, is_dated = _kind(to, search), search.text, search.since != DEFAULT_SINCE
    if text and is_dated:
        return to.say(
            "No {kind} incident matches “{text}” ({span}).", kind=kind, text=text, span=_span(to, search.since)
        )
    if text:
        return to.say("No {kind} incident matches “{text}”.", kind=kind, text=text)
    if is_dated:
        return to.say("No {kind} incidents in the {span}.", kind=kind, span=_span(to, search.since))
    return to.say("No {kind} incidents.", kind=kind)


def _kind(to: Audience, search: IncidentList) -> Mrkdwn:
    """Name what is searched for, such as critical, triggered."""
    return _filters(to, search, otherwise_open=True)


def _filters(to: Audience, search: IncidentList, *, otherwise_open: bool = False) -> Mrkdwn:
    """Name the chosen severities and states; all open ones, which is the default, only with `otherwise_open`."""
    is_default = search.progress == OPEN
    chosen = (*search.severities, *(() if is_default else search.progress))
    kinds = [to.translated(_WORDS[choice]) for choice in chosen]
    return to.say(", ").join_all([*kinds, *([to.say("open")] if is_default and otherwise_open else [])])


def _other_searches(to: Audience, search: IncidentList, team: str) -> Block:
    """Draw controls for the probable spelling and for all open incidents; from a public message both open privately."""
    route, near = (SHOW_PRIVATELY if to.is_public else REFRESH), probable_search(search)
    whole = ViewValue(team=team, view=IncidentList())
    meant = (
        control(
            to.label("Show {words}", words=clipped(words_of(near), CONTROL_WORDS_LIMIT)),
            route,
            ViewValue(team=team, view=near),
            suffix="meant",
        )
        if near
        else None
    )
    return actions(meant, control(to.label("All open incidents"), route, whole, suffix="all"))


def _scope(to: Audience, found: Listing, team: str) -> Mrkdwn:
    search = found.search
    return dotted(
        to.say("Team *{team}*", team=team),
        *(_filtered(to, search) if found.incidents else ()),
        to.say("page {page} of {pages}", page=found.page, pages=found.pages) if found.pages > 1 else None,
        _incomplete(to, found),
        to.say("Unknown: “{words}”", words=search.not_understood) if search.not_understood else None,
        to.say("as of {now}", now=moment(found.as_of)),
    )


def _incomplete(to: Audience, found: Listing) -> Mrkdwn | None:
    if found.is_complete:
        return None
    if found.search.has_filter_of_ours:
        return to.say("only the first {count} were looked through: narrow the search", count=found.searched)
    return to.say("only the first {count}: narrow the search", count=len(found.incidents))


def _filtered(to: Audience, search: IncidentList) -> Iterator[Mrkdwn]:
    if filters := _filters(to, search):
        yield to.say("{kind} only", kind=filters)
    yield from _found_by_words(to, search)
    yield from _filtered_by_us(to, search)
    if search.storm:
        yield to.say("in one incident storm")
        return
    yield _span(to, search.since)


def _found_by_words(to: Audience, search: IncidentList) -> Iterator[Mrkdwn]:
    if search.text:
        yield to.say("matching “{text}”", text=search.text)


def _filtered_by_us(to: Audience, search: IncidentList) -> Iterator[Mrkdwn]:
    """Name the filters that Flashduty has not, and the order."""
    if search.flashduty_channel:
        yield to.say("Flashduty channel {name}", name=search.flashduty_channel)
    for label in search.labels:
        yield to.say("label {label}", label=label)
    if search.responder:
        yield to.say("responder {name}", name=search.responder)
    elif search.names_responder:
        yield to.say("one responder's only")
    if search.is_snoozed:
        yield to.say("snoozed only")
    if search.is_oldest_first:
        yield to.say("oldest first")


def _span(to: Audience, since: timedelta) -> Mrkdwn:
    """Name the time that is searched, in the largest unit that fits it."""
    if since == _HOUR:
        return to.say("last hour")
    if since == _DAY:
        return to.say("last 24 hours")
    if since % _DAY == timedelta():
        return to.say("last {count} days", count=since // _DAY)
    if since % _HOUR == timedelta():
        return to.say("last {count} hours", count=since // _HOUR)
    return to.counted(since // timedelta(minutes=1), "last {count} minute", "last {count} minutes")


def _footer(to: Audience, found: Listing, shown: ViewValue) -> Block:
    def page(number: int) -> ViewValue:
        return replace(shown, view=found.search.on_page(number))

    paged = not to.is_public
    return refreshable(
        to,
        control(to.label("‹ Previous"), REFRESH, page(found.page - 1), suffix="previous")
        if paged and found.page > 1
        else None,
        control(to.label("Next ›"), REFRESH, page(found.page + 1), suffix="next")
        if paged and found.page < found.pages
        else None,
        control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
        control(to.label("Share in channel"), SHARE, shown) if to.may_share else None,
    )
