"""The row of one incident in a list, and its controls, which other messages use as well."""

from collections.abc import Iterable
from types import MappingProxyType

from slack_sdk.models.blocks import Block, InteractiveElement, OverflowMenuElement

from bot.flashduty import Incident, Progress
from bot.incidents.holders import UNKNOWN, Attribution, HolderSources
from bot.incidents.messages.actions.controls import more_entry, offer_control, offer_entry
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.status import PeopleById, facts, severity_mark, title_link
from bot.incidents.model import is_snoozed
from bot.incidents.offers import Offer, offers
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_INCIDENT, SHOW_PRIVATELY, control
from bot.messages.menus import Entry, Link, block_of, overflow_menu, state_block_id
from bot.messages.text import mrkdwn
from bot.messages.views import CatchUp, IncidentCard, IncidentComment, ViewValue


def rows(
    to: Audience,
    incidents: Iterable[Incident],
    people: PeopleById,
    *,
    within: ViewValue,
    known: HolderSources = MappingProxyType({}),
) -> list[tuple[Block, ...]]:
    """Draw incidents, each in blocks of its own; the first unacknowledged one that is not snoozed has Acknowledge as a button.

    `within` is the view that contains the rows.
    """
    incidents = tuple(incidents)
    leading = leading_incident(to, incidents)
    return [
        row(to, one, people, within=within, known=known.get(one.id, UNKNOWN), leads=one.id == leading)
        for one in incidents
    ]


def leading_incident(to: Audience, incidents: Iterable[Incident]) -> str:
    """Return the id of the first unacknowledged incident that is not snoozed; empty where it cannot be acknowledged."""
    waiting = (one.id for one in incidents if one.progress is Progress.TRIGGERED and not is_snoozed(one, to.now))
    return next(waiting, "") if to.may_act and to.may_change else ""


def row(
    to: Audience,
    incident: Incident,
    people: PeopleById,
    *,
    within: ViewValue,
    known: Attribution = UNKNOWN,
    leads: bool = False,
) -> tuple[Block, ...]:
    """Draw an incident and the menu of what can be done; below its state Acknowledge as a button if it leads."""
    text = mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    block_id = block_of(incident.id, within.view)
    choices = _menu(to, incident, within.team, has_room=block_id is not None, leads=leads)
    drawn: tuple[Block, ...] = (
        section(text, choices, block_id=block_id),
        context(facts(to, incident, people, known=known), block_id=state_block_id(incident.id)),
    )
    if not leads:
        return drawn
    return (*drawn, actions(offer_control(to, Offer.ACKNOWLEDGE, incident, place=ControlPlace.within(within))))


def _menu(to: Audience, incident: Incident, team: str, *, has_room: bool, leads: bool) -> OverflowMenuElement | None:
    """Draw the menu: Show incident, the first thing a person who may act can do, comment, More, and the way to the console."""
    offered = offers(incident, to.now, may_act=to.may_act, may_change=to.may_change)
    first = next((one for one in offered.visible if not (leads and one is Offer.ACKNOWLEDGE)), None)
    comment = ViewValue(team=team, view=IncidentComment(asked=incident.id))
    return overflow_menu(
        incident.id,
        Entry(label=to.label("Show incident"), route=SHOW_INCIDENT, value=show_incident_value(incident, team)),
        offer_entry(to, first, incident, team=team) if first is not None and has_room else None,
        Entry(label=to.label("Add comment"), route=SHOW_PRIVATELY, value=comment)
        if to.may_act and to.may_change
        else None,
        more_entry(to, incident, team),
        Link(label=to.label("Open in Flashduty"), url=incident.detail_url),
    )


def show_incident_control(to: Audience, incident: Incident, team: str, *, suffix: str = "") -> InteractiveElement:
    """Draw the control that shows an incident's card."""
    return control(
        to.label("Show incident"),
        SHOW_INCIDENT,
        show_incident_value(incident, team),
        suffix=suffix,
        spoken=to.label("Show incident {num}", num=incident.num),
    )


def catch_up_control(to: Audience, incident: Incident, team: str) -> InteractiveElement:
    """Draw the control that sums an incident up for whoever presses it, beside others of its kind."""
    return control(
        to.label("Catch me up"),
        SHOW_PRIVATELY,
        ViewValue(team=team, view=CatchUp(asked=incident.id)),
        suffix=incident.id,
        spoken=to.label("Catch me up on {num}", num=incident.num),
    )


def catch_up_entry(to: Audience, incident: Incident, team: str) -> Entry:
    """Draw the entry of a menu that sums an incident up for whoever chooses it."""
    value = ViewValue(team=team, view=CatchUp(asked=incident.id))
    return Entry(label=to.label("Catch me up"), route=SHOW_PRIVATELY, value=value)


def show_incident_value(incident: Incident, team: str) -> ViewValue:
    """Return the value of a control that shows an incident's card."""
    return ViewValue(team=team, view=IncidentCard(asked=incident.id))
