"""The list of incidents: the answer to `/flashduty incidents`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident, Progress, Severity
from bot.incidents.holders import UNKNOWN
from bot.incidents.messages.row import details_value, row
from bot.incidents.messages.status import age
from bot.incidents.model import Listing
from bot.incidents.search import IncidentSearch, probable_search
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, divider, header, section, select
from bot.messages.buttons import DETAILS, REFRESH, SHARE, SHOW_PRIVATELY, control, encode
from bot.messages.message import Message
from bot.messages.names import unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, counted, dotted, lines, moment, mrkdwn, one_line
from bot.messages.views import DEFAULT_SINCE, OPEN, IncidentList, ViewValue

SUGGESTION_LIMIT: Final = 60

_WORDS: Final = {
    Severity.CRITICAL: Mrkdwn("critical"),
    Severity.WARNING: Mrkdwn("warning"),
    Severity.INFO: Mrkdwn("info"),
    Progress.TRIGGERED: Mrkdwn("triggered"),
    Progress.PROCESSING: Mrkdwn("processing"),
    Progress.CLOSED: Mrkdwn("closed"),
}


def listing(found: Listing, team: str, audience: Audience) -> Message:
    """Draw the list. A public one has no paging: a page turned by one person would turn for all.

    Controls that act are drawn only for a reader who may press them.
    """
    shown = ViewValue(team=team, view=found.search.on_page(found.page).view)
    rows = [
        row(
            incident,
            found.people,
            found.as_of,
            within=shown,
            known=found.known.get(incident.id, UNKNOWN),
            may_act=audience.may_act,
        )
        for incident in found.shown
    ]

    def draw(count: int) -> Drawn:
        more = _no_room(len(rows) - count)
        return Drawn.of(*(block for blocks in rows[:count] for block in blocks), context(more) if more else None)

    is_nothing = not rows and found.search.narrows
    return Message.of(
        header(_headline(found)),
        section(_nothing(found.search)) if is_nothing else None,
        context(_scope(found, team)),
        Rows(len(rows), draw) if rows else None,
        divider() if rows else None,
        unread(found.people),
        _details_choice(found.shown, team) if audience.may_act and not audience.is_public else None,
        _other_searches(found.search, team, is_public=audience.is_public) if is_nothing else None,
        _footer(found, shown, audience),
    )


def _no_room(count: int) -> Mrkdwn | None:
    """State how many rows of the page did not fit into the message."""
    if not count:
        return None
    return counted(
        count,
        "{count} more incident of this page has no room here. Narrow the search to see it.",
        "{count} more incidents of this page have no room here. Narrow the search to see them.",
    )


def _headline(found: Listing) -> str:
    if not found.incidents:
        return _nothing_in_short(found.search)
    if found.search.progress != OPEN:
        return str(counted(len(found.incidents), "{count} incident", "{count} incidents"))
    if not found.is_complete:
        return str(
            mrkdwn(
                "{open} or more open, {waiting} or more unacknowledged",
                open=found.open,
                waiting=found.unacknowledged,
            )
        )
    return str(mrkdwn("{open} open, {waiting} unacknowledged", open=found.open, waiting=found.unacknowledged))


def _nothing_in_short(search: IncidentSearch) -> str:
    if not search.narrows:
        return "Nothing is open" if _is_about_open(search) else "No incidents found"
    return "No open incident matches" if _is_about_open(search) else "No incident matches"


def _is_about_open(search: IncidentSearch) -> bool:
    return set(search.progress) <= set(OPEN)


def _nothing(search: IncidentSearch) -> Mrkdwn:
    """State what was not found, and that there may be other incidents."""
    near = probable_search(search)
    return lines(
        _not_found(search),
        mrkdwn("Did you mean `{words}`?", words=clipped(near.words, SUGGESTION_LIMIT)) if near else None,
    )


def _not_found(search: IncidentSearch) -> Mrkdwn:
    text, is_alone = search.text, not replace(search, text="").narrows
    if not text and _is_about_open(search):
        return mrkdwn("No open incident fits what you chose. Others may be open.")
    if not text:
        return mrkdwn("No incident fits what you chose. There may be others.")
    if not _is_about_open(search):
        return mrkdwn("No incident that fits has “{text}” in it. There may be others.", text=text)
    if is_alone:
        return mrkdwn("No open incident has “{text}” in it. Others may be open.", text=text)
    return mrkdwn("No open incident that fits has “{text}” in it. Others may be open.", text=text)


def _other_searches(search: IncidentSearch, team: str, *, is_public: bool) -> Block:
    """Draw controls for the probable spelling and for all open incidents; from a public message both open privately."""
    route, near = (SHOW_PRIVATELY if is_public else REFRESH), probable_search(search)
    whole = ViewValue(team=team, view=IncidentList())
    return actions(
        control(f"Show {near.words}", route, ViewValue(team=team, view=near.view), suffix="meant") if near else None,
        control("All open incidents", route, whole, suffix="all"),
    )


def _scope(found: Listing, team: str) -> Mrkdwn:
    search = found.search
    chosen = [_WORDS[choice] for choice in (*search.severities, *(() if search.progress == OPEN else search.progress))]
    return dotted(
        mrkdwn("Team *{team}*", team=team),
        mrkdwn("{choice} only", choice=Mrkdwn(", ").join_all(chosen)) if chosen else None,
        mrkdwn("with “{text}”", text=search.text) if search.text else None,
        _since(search),
        mrkdwn("page {page} of {pages}", page=found.page, pages=found.pages) if found.pages > 1 else None,
        mrkdwn("only the first {count} were read: narrow the search", count=len(found.incidents))
        if not found.is_complete
        else None,
        mrkdwn("I do not understand {words}", words=" ".join(search.not_understood)) if search.not_understood else None,
        mrkdwn("as of {now}", now=moment(found.as_of)),
    )


def _since(search: IncidentSearch) -> Mrkdwn:
    if search.since == DEFAULT_SINCE:
        return mrkdwn("opened in the last 31 days")
    return mrkdwn("opened in the last {span}", span=age(search.since))


def _details_choice(shown: Sequence[Incident], team: str) -> Block | None:
    waiting = [incident for incident in shown if incident.progress is Progress.TRIGGERED]
    if not waiting:
        return None
    options = [
        (f"#{incident.num} {one_line(incident.title)}", encode(details_value(incident, team))) for incident in waiting
    ]
    return actions(select("Details of an unacknowledged incident", f"{DETAILS}:choice", options))


def _footer(found: Listing, shown: ViewValue, audience: Audience) -> Block:
    def page(number: int) -> ViewValue:
        return replace(shown, view=found.search.on_page(number).view)

    paged = not audience.is_public
    return actions(
        control("‹ Previous", REFRESH, page(found.page - 1), suffix="previous") if paged and found.page > 1 else None,
        control("Next ›", REFRESH, page(found.page + 1), suffix="next") if paged and found.page < found.pages else None,
        control("Refresh", REFRESH, shown, suffix="refresh"),
        control("Share in channel", SHARE, shown) if audience.may_share else None,
    )
