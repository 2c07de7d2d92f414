"""The card of a closed incident: a line or two."""

from collections.abc import Iterator
from typing import Final

from bot.cards.model import CardContents
from bot.flashduty import Incident
from bot.incidents.messages.actions.controls import offer_entry
from bot.incidents.messages.card_facts import COLOURS
from bot.incidents.messages.row import catch_up_entry, show_incident_value
from bot.incidents.messages.status import holder_names, lasting_state, severity_mark, title_link
from bot.incidents.offers import offers
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.buttons import SHOW_INCIDENT
from bot.messages.literal import plain_lines
from bot.messages.menus import Entry, Link, overflow_menu
from bot.messages.message import Bar, Message
from bot.messages.text import Mrkdwn, clipped, dotted, lines, mrkdwn, one_line

CLOSED_RESOLUTION_LIMIT: Final = 300


def closed_card(to: Audience, contents: CardContents, team: str) -> Message:
    """Draw how long an incident was open, who acknowledged and closed it, and how it was resolved."""
    incident = contents.incident
    title = mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    offered = offers(incident, to.now, may_act=to.may_act, may_change=to.may_change)
    menu = overflow_menu(
        incident.id,
        *(offer_entry(to, one, incident, team=team) for one in offered.visible),
        catch_up_entry(to, incident, team),
        Entry(label=to.label("Show incident"), route=SHOW_INCIDENT, value=show_incident_value(incident, team)),
        Link(label=to.label("Open in Flashduty"), url=incident.detail_url),
    )
    state = lasting_state(to, incident, contents.people, known=contents.known)
    done = dotted(*_done(to, contents))
    return Message.of(
        section(lines(title, state), menu),
        bar=Bar(COLOURS[incident.progress], (context(done),)) if done else None,
    )


def _done(to: Audience, contents: CardContents) -> Iterator[Mrkdwn]:
    incident = contents.incident
    if who := holder_names(to, incident, contents.people, known=contents.known):
        yield to.say("Acknowledged by {who}", who=who)
    if said := how_it_ended(to, incident, CLOSED_RESOLUTION_LIMIT):
        yield said


def how_it_ended(to: Audience, incident: Incident, limit: int) -> Mrkdwn | None:
    """Quote the resolution, or else the root cause, cut at a number of characters; None without either."""
    resolution, cause = (one_line(plain_lines(text)) for text in (incident.resolution, incident.root_cause))
    if resolution:
        return to.say("Resolution: {said}", said=clipped(resolution, limit))
    return to.say("Root cause: {said}", said=clipped(cause, limit)) if cause else None
