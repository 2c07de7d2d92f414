"""The row of one incident in a list, and its controls, which other messages use as well."""

from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.flashduty import Incident, Progress
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.messages.status import PeopleById, severity_mark, state, state_line, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.buttons import ACKNOWLEDGE, DETAILS, IncidentValue, control
from bot.messages.text import Mrkdwn, clipped, moment, mrkdwn
from bot.messages.views import CarriedView, IncidentCard, ViewValue


@dataclass(frozen=True, kw_only=True)
class AcknowledgeValue(IncidentValue):
    """The value of Acknowledge: the incident, and the view that contains the button and is drawn again afterwards."""

    view: CarriedView | None = None


def row(
    to: Audience,
    incident: Incident,
    people: PeopleById,
    *,
    now: datetime,
    within: ViewValue,
    known: Attribution = UNKNOWN,
    may_act: bool = True,
) -> tuple[Block, Block]:
    """Draw one incident of a list in two blocks, with the one control that its state and the reader's permission allow.

    `within` is the view that contains the row.
    """
    text = mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    stands = _closed_at(to, incident) or state(to, incident, people, now=now, known=known)
    return section(text, main_control(to, incident, within, may_act=may_act)), context(
        state_line(to, stands, incident, now=now)
    )


def _closed_at(to: Audience, incident: Incident) -> Mrkdwn | None:
    """State when an incident was closed, and by whom if known. A card has a separate line for the time."""
    if incident.is_open or incident.closed_at is None:
        return None
    when = moment(incident.closed_at)
    if incident.closer_name:
        return to.say("✅ *Closed* {when} by {who}", when=when, who=clipped(incident.closer_name, 60))
    return to.say("✅ *Closed* {when}", when=when)


def main_control(to: Audience, incident: Incident, within: ViewValue, *, may_act: bool = True) -> InteractiveElement:
    """Draw Acknowledge for a triggered incident and a person who may press it, Details otherwise."""
    if may_act and incident.progress is Progress.TRIGGERED:
        return acknowledge_control(to, incident, within)
    return details_control(to, incident, within.team, suffix=incident.id)


def details_control(to: Audience, incident: Incident, team: str, *, suffix: str = "") -> InteractiveElement:
    """Draw the control that shows an incident's card."""
    return control(
        to.label("Details"),
        DETAILS,
        details_value(incident, team),
        suffix=suffix,
        spoken=to.label("Details of {num}", num=incident.num),
    )


def details_value(incident: Incident, team: str) -> ViewValue:
    """Return the value of a control that shows an incident's card; it fits into a menu."""
    return ViewValue(team=team, view=IncidentCard(asked=incident.id))


def acknowledge_control(to: Audience, incident: Incident, within: ViewValue) -> InteractiveElement:
    """Draw the control that acknowledges an incident; the view `within` is drawn again afterwards."""
    return control(
        to.label("Acknowledge"),
        ACKNOWLEDGE,
        AcknowledgeValue(team=within.team, incident_id=incident.id, view=within.view),
        suffix=incident.id,
        style="primary",
        spoken=to.label("Acknowledge {num}", num=incident.num),
    )
