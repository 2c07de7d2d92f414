"""One incident in a line, and the list of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.flashduty import Incident, Person, Progress, Severity
from bot.incidents.holders import UNKNOWN, Attribution, holders, paged
from bot.incidents.model import Listing, is_snoozed
from bot.incidents.search import IncidentSearch, meant
from bot.messages.blocks import actions, context, divider, header, section, select
from bot.messages.buttons import (
    ACKNOWLEDGE,
    DETAILS,
    REFRESH,
    SHARE,
    SHOW_PRIVATELY,
    ButtonValue,
    IncidentId,
    control,
    encode,
)
from bot.messages.message import Message
from bot.messages.names import names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, counted, dotted, lines, link, moment, mrkdwn, one_line
from bot.messages.views import DEFAULT_SINCE, OPEN, CarriedView, IncidentCard, IncidentList, ViewValue

LIST_TITLE_LIMIT: Final = 140
SUGGESTION_LIMIT: Final = 60
# Up to here hours are easier to think in: 30 h is yesterday evening.
# Twenty years: longer than any incident.
NOT_KNOWN: Final = timedelta(days=7_300)
DAYS_FROM: Final = 2

# Each mark has a shape of its own beside its colour, and the word always stands with it.
_MARKS: Final = {
    Severity.CRITICAL: Mrkdwn("🔴 *Critical*"),
    Severity.WARNING: Mrkdwn("🔶 *Warning*"),
    Severity.INFO: Mrkdwn("🔹 *Info*"),
    Severity.OK: Mrkdwn("✅ *Ok*"),
    Severity.UNKNOWN: Mrkdwn("⬜ *Severity not known*"),
}
_WORDS: Final = {
    Severity.CRITICAL: Mrkdwn("critical"),
    Severity.WARNING: Mrkdwn("warning"),
    Severity.INFO: Mrkdwn("info"),
    Progress.TRIGGERED: Mrkdwn("triggered"),
    Progress.PROCESSING: Mrkdwn("processing"),
    Progress.CLOSED: Mrkdwn("closed"),
}

People = Mapping[int, Person]


@dataclass(frozen=True, kw_only=True)
class AcknowledgeValue(ButtonValue):
    """Carried by Acknowledge: which incident, and the view the button stands in, which is drawn again afterwards."""

    incident_id: IncidentId
    view: CarriedView | None = None

    @property
    def incident(self) -> str:
        """The id of the incident."""
        return self.incident_id


def severity_mark(severity: Severity) -> Mrkdwn:
    """Show a severity as mark and word."""
    return _MARKS[severity]


def title_link(incident: Incident, limit: int = LIST_TITLE_LIMIT) -> Mrkdwn:
    """Show number and title, linked to the console."""
    title = clipped(one_line(incident.title), limit) or "untitled"
    return link(incident.detail_url, mrkdwn("#{number} · {title}", number=incident.num, title=title))


def age(span: timedelta) -> Mrkdwn:
    """Say how long something has lasted, in its two largest units at most; since the epoch is since nobody knows when."""
    if span >= NOT_KNOWN:
        return mrkdwn("an unknown time")
    minutes = max(0, int(span.total_seconds()) // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours == 0:
        return mrkdwn("{minutes} min", minutes=minutes)
    if days >= DAYS_FROM:
        return mrkdwn("{days} d", days=days)
    if minutes % 60 == 0:
        return mrkdwn("{hours} h", hours=hours)
    return mrkdwn("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)


def state(incident: Incident, people: People, now: datetime, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Say how far an incident is, for how long, and who has it: who pressed here, where that is known."""
    lasted = age(now - incident.started_at)
    if incident.progress is Progress.CLOSED:
        return _closed(incident)
    if incident.progress is Progress.PROCESSING:
        return _processing(holder_names(incident, people, known), lasted)
    if incident.progress is Progress.TRIGGERED:
        called = (one.person_id for one in paged(incident, known))
        return _triggered(names(called, people, told_names(incident)), lasted)
    return mrkdwn("❔ *State not known* for {lasted}", lasted=lasted)


def _closed(incident: Incident) -> Mrkdwn:
    if incident.closer_name:
        return mrkdwn("✅ *Closed* by {who}", who=clipped(incident.closer_name, 60))
    return mrkdwn("✅ *Closed*")


def _processing(who: Mrkdwn, lasted: Mrkdwn) -> Mrkdwn:
    if who:
        return mrkdwn("👤 *Processing*, open for {lasted} · {who} has it", lasted=lasted, who=who)
    return mrkdwn("👤 *Processing*, open for {lasted}", lasted=lasted)


def _triggered(who: Mrkdwn, lasted: Mrkdwn) -> Mrkdwn:
    if who:
        return mrkdwn("❗ *Triggered* for {lasted} · {who} paged, nobody has acknowledged", lasted=lasted, who=who)
    return mrkdwn("❗ *Triggered* for {lasted} · nobody has acknowledged", lasted=lasted)


def holder_names(incident: Incident, people: People, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Name who has an incident; whoever pressed here by their name in Slack."""
    found = holders(incident, known)
    pressed = {one.person_id: one.pressed.name for one in found if one.pressed is not None}
    others = {number: person for number, person in people.items() if number not in pressed}
    return names((one.person_id for one in found), others, {**told_names(incident), **pressed})


def told_names(incident: Incident) -> dict[int, str]:
    """Give the responders' names that the incident itself carries."""
    return {responder.person_id: responder.name for responder in incident.responders if responder.name}


def snooze(incident: Incident, now: datetime) -> Mrkdwn | None:
    """Say until when an incident is snoozed, if it is."""
    until = incident.snoozed_until
    if until is None or not incident.is_open or not is_snoozed(incident, now):
        return None
    return mrkdwn("💤 snoozed until {until}", until=moment(until))


def facts(incident: Incident, people: People, now: datetime, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Say in one line how an incident stands."""
    return _beside(state(incident, people, now, known), incident, now)


def _beside(stands: Mrkdwn, incident: Incident, now: datetime) -> Mrkdwn:
    return dotted(
        stands,
        snooze(incident, now),
        mrkdwn("its alerts have recovered") if incident.is_open and incident.ended_at else None,
        mrkdwn("{name}", name=clipped(incident.channel_name, 60)) if incident.channel_name else None,
        counted(incident.alert_count, "{count} alert", "{count} alerts"),
    )


def row(
    incident: Incident,
    people: People,
    now: datetime,
    within: ViewValue,
    known: Attribution = UNKNOWN,
    *,
    may_act: bool = True,
) -> tuple[Block, Block]:
    """Show one incident of a list in two blocks, with the one control its state allows to whoever sees it.

    `within` is the view that the row stands in.
    """
    text = mrkdwn("{mark} {title}", mark=severity_mark(incident.severity), title=title_link(incident))
    stands = _closing(incident) or state(incident, people, now, known)
    return section(text, main_control(incident, within, may_act=may_act)), context(_beside(stands, incident, now))


def _closing(incident: Incident) -> Mrkdwn | None:
    """Say when an incident was closed, and by whom where that is known; a card has the time in a line of its own."""
    if incident.is_open or incident.closed_at is None:
        return None
    when = moment(incident.closed_at)
    if incident.closer_name:
        return mrkdwn("✅ *Closed* {when} by {who}", when=when, who=clipped(incident.closer_name, 60))
    return mrkdwn("✅ *Closed* {when}", when=when)


def main_control(incident: Incident, within: ViewValue, *, may_act: bool = True) -> InteractiveElement:
    """Offer Acknowledge while nobody has the incident and the person may press it, its details otherwise."""
    if may_act and incident.progress is Progress.TRIGGERED:
        return acknowledge_control(incident, within)
    return details_control(incident, within.team, place=incident.id)


def details_control(incident: Incident, team: str, *, place: str = "") -> InteractiveElement:
    """Offer the card of an incident."""
    return control("Details", DETAILS, _details(incident, team), place=place, spoken=f"Details of {incident.num}")


def _details(incident: Incident, team: str) -> ViewValue:
    return ViewValue(team=team, view=IncidentCard(asked=incident.id))


def acknowledge_control(incident: Incident, within: ViewValue) -> InteractiveElement:
    """Offer to acknowledge an incident; `within` is the view that is drawn again afterwards."""
    return control(
        "Acknowledge",
        ACKNOWLEDGE,
        AcknowledgeValue(team=within.team, incident_id=incident.id, view=within.view),
        place=incident.id,
        style="primary",
        spoken=f"Acknowledge {incident.num}",
    )


def listing(
    found: Listing, team: str, *, is_public: bool = False, is_direct: bool = False, may_act: bool = True
) -> Message:
    """Draw the list; a public one has no paging, as everybody would turn everybody's page.

    Without `may_act` nothing in it acts: it is for somebody whose press would be refused.
    """
    shown = ViewValue(team=team, view=found.search.on_page(found.page).view)
    rows = [
        row(incident, found.people, found.as_of, shown, found.known.get(incident.id, UNKNOWN), may_act=may_act)
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
        _details_choice(found.shown, team) if may_act and not is_public else None,
        _ways_on(found.search, team, is_public=is_public) if is_nothing else None,
        _footer(found, shown, is_public=is_public, is_direct=is_direct),
    )


def _no_room(count: int) -> Mrkdwn | None:
    """Say that a page is longer than a message may be."""
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
    """Say what was not found, and that this is not all there is."""
    near = meant(search)
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


def _ways_on(search: IncidentSearch, team: str, *, is_public: bool) -> Block:
    """Offer what was probably meant, and everything; whoever presses in a public message gets a list of their own."""
    route, near = (SHOW_PRIVATELY if is_public else REFRESH), meant(search)
    whole = ViewValue(team=team, view=IncidentList())
    return actions(
        control(f"Show {near.words}", route, ViewValue(team=team, view=near.view), place="meant") if near else None,
        control("All open incidents", route, whole, place="all"),
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
        (f"#{incident.num} {one_line(incident.title)}", encode(_details(incident, team))) for incident in waiting
    ]
    return actions(select("Details of an unacknowledged incident", f"{DETAILS}:choice", options))


def _footer(found: Listing, shown: ViewValue, *, is_public: bool, is_direct: bool) -> Block:
    def page(number: int) -> ViewValue:
        return replace(shown, view=found.search.on_page(number).view)

    paged = not is_public
    return actions(
        control("‹ Previous", REFRESH, page(found.page - 1), place="previous") if paged and found.page > 1 else None,
        control("Next ›", REFRESH, page(found.page + 1), place="next") if paged and found.page < found.pages else None,
        control("Refresh", REFRESH, shown, place="refresh"),
        None if is_public or is_direct else control("Share in channel", SHARE, shown),
    )
