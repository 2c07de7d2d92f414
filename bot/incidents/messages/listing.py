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
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment, one_line
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


def listing(to: Audience, found: Listing, team: str) -> Message:
    """Draw the list. A public one has no paging: a page turned by one person would turn for all.

    Controls that act are drawn only for a reader who may press them.
    """
    shown = ViewValue(team=team, view=found.search.on_page(found.page).view)
    rows = [
        row(
            to,
            incident,
            found.people,
            now=found.as_of,
            within=shown,
            known=found.known.get(incident.id, UNKNOWN),
            may_act=to.may_act,
        )
        for incident in found.shown
    ]

    def draw(count: int) -> Drawn:
        more = _no_room(to, len(rows) - count)
        return Drawn.of(*(block for blocks in rows[:count] for block in blocks), context(more) if more else None)

    is_nothing = not rows and found.search.narrows
    return Message.of(
        header(_headline(to, found)),
        section(_nothing(to, found.search)) if is_nothing else None,
        context(_scope(to, found, team)),
        Rows(len(rows), draw) if rows else None,
        divider() if rows else None,
        unread(to, found.people),
        _details_choice(to, found.shown, team) if to.may_act and not to.is_public else None,
        _other_searches(to, found.search, team, is_public=to.is_public) if is_nothing else None,
        _footer(to, found, shown),
    )


def _no_room(to: Audience, count: int) -> Mrkdwn | None:
    """State how many rows of the page did not fit into the message."""
    if not count:
        return None
    return to.counted(
        count,
        "{count} more incident of this page has no room here. Narrow the search to see it.",
        "{count} more incidents of this page have no room here. Narrow the search to see them.",
    )


def _headline(to: Audience, found: Listing) -> str:
    if not found.incidents:
        return _nothing_in_short(found.search)
    if found.search.progress != OPEN:
        return str(to.counted(len(found.incidents), "{count} incident", "{count} incidents"))
    if not found.is_complete:
        return str(
            to.say(
                "{open} or more open, {waiting} or more unacknowledged",
                open=found.open,
                waiting=found.unacknowledged,
            )
        )
    return str(to.say("{open} open, {waiting} unacknowledged", open=found.open, waiting=found.unacknowledged))


def _nothing_in_short(search: IncidentSearch) -> str:
    if not search.narrows:
        return "Nothing is open" if _is_about_open(search) else "No incidents found"
    return "No open incident matches" if _is_about_open(search) else "No incident matches"


def _is_about_open(search: IncidentSearch) -> bool:
    return set(search.progress) <= set(OPEN)


def _nothing(to: Audience, search: IncidentSearch) -> Mrkdwn:
    """State what was not found, and that there may be other incidents."""
    near = probable_search(search)
    return lines(
        _not_found(to, search),
        to.say("Did you mean `{words}`?", words=clipped(near.words, SUGGESTION_LIMIT)) if near else None,
    )


def _not_found(to: Audience, search: IncidentSearch) -> Mrkdwn:
    text, is_alone = search.text, not replace(search, text="").narrows
    if not text and _is_about_open(search):
        return to.say("No open incident fits what you chose. Others may be open.")
    if not text:
        return to.say("No incident fits what you chose. There may be others.")
    if not _is_about_open(search):
        return to.say("No incident that fits has “{text}” in it. There may be others.", text=text)
    if is_alone:
        return to.say("No open incident has “{text}” in it. Others may be open.", text=text)
    return to.say("No open incident that fits has “{text}” in it. Others may be open.", text=text)


def _other_searches(to: Audience, search: IncidentSearch, team: str, *, is_public: bool) -> Block:
    """Draw controls for the probable spelling and for all open incidents; from a public message both open privately."""
    route, near = (SHOW_PRIVATELY if is_public else REFRESH), probable_search(search)
    whole = ViewValue(team=team, view=IncidentList())
    return actions(
        control(f"Show {near.words}", route, ViewValue(team=team, view=near.view), suffix="meant") if near else None,
        control(to.label("All open incidents"), route, whole, suffix="all"),
    )


def _scope(to: Audience, found: Listing, team: str) -> Mrkdwn:
    search = found.search
    chosen = [_WORDS[choice] for choice in (*search.severities, *(() if search.progress == OPEN else search.progress))]
    return dotted(
        to.say("Team *{team}*", team=team),
        to.say("{choice} only", choice=Mrkdwn(", ").join_all(chosen)) if chosen else None,
        to.say("with “{text}”", text=search.text) if search.text else None,
        _since(to, search),
        to.say("page {page} of {pages}", page=found.page, pages=found.pages) if found.pages > 1 else None,
        to.say("only the first {count} were read: narrow the search", count=len(found.incidents))
        if not found.is_complete
        else None,
        to.say("I do not understand {words}", words=" ".join(search.not_understood)) if search.not_understood else None,
        to.say("as of {now}", now=moment(found.as_of)),
    )


def _since(to: Audience, search: IncidentSearch) -> Mrkdwn:
    if search.since == DEFAULT_SINCE:
        return to.say("opened in the last 31 days")
    return to.say("opened in the last {span}", span=age(to, search.since))


def _details_choice(to: Audience, shown: Sequence[Incident], team: str) -> Block | None:
    waiting = [incident for incident in shown if incident.progress is Progress.TRIGGERED]
    if not waiting:
        return None
    options = [
        (f"#{incident.num} {one_line(incident.title)}", encode(details_value(incident, team))) for incident in waiting
    ]
    return actions(select(to.label("Details of an unacknowledged incident"), f"{DETAILS}:choice", options))


def _footer(to: Audience, found: Listing, shown: ViewValue) -> Block:
    def page(number: int) -> ViewValue:
        return replace(shown, view=found.search.on_page(number).view)

    paged = not to.is_public
    return actions(
        control(to.label("‹ Previous"), REFRESH, page(found.page - 1), suffix="previous")
        if paged and found.page > 1
        else None,
        control(to.label("Next ›"), REFRESH, page(found.page + 1), suffix="next")
        if paged and found.page < found.pages
        else None,
        control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
        control(to.label("Share in channel"), SHARE, shown) if to.may_share else None,
    )
