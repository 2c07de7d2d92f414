"""Draw what is offered for an incident: as buttons, and as entries of a menu."""

from typing import Final

from slack_sdk.models.blocks import ButtonElement, ContextBlock, InteractiveElement

from bot.flashduty import Incident
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.messages.actions.offer_rows import OFFER_ROWS, ControlPlace, opening
from bot.incidents.offers import Offer, offers
from bot.messages.audience import Audience
from bot.messages.blocks import context
from bot.messages.buttons import MORE, control
from bot.messages.menus import Entry

_more_value: Final = opening("more")


def offered_controls(
    to: Audience, incident: Incident, place: ControlPlace, known: Attribution = UNKNOWN
) -> tuple[InteractiveElement, ...]:
    """Draw the visible offers as buttons, and More."""
    offered = offers(incident, to.now, may_act=to.may_act, known=known, may_change=to.may_change)
    shown = (offer_control(to, one, incident, place=place, known=known) for one in offered.visible)
    return (*shown, more_control(to, incident, place))


def why_nothing_is_offered(to: Audience, incident: Incident, team: str) -> ContextBlock | None:
    """Say that Flashduty refused the team's key a change; None where it did not, or where the reader may not act."""
    if to.may_change or not to.may_act:
        return None
    return context(
        to.say(
            "🔑 Nothing that changes it is offered: within the last hour Flashduty refused the APP Key of team {team} a "
            "change. Administrator: give the key, and the person who made it, *Incidents Manage*. "
            "`{command} ack {num}` tries all the same.",
            team=team,
            command=to.command,
            num=incident.num,
        )
    )


def offer_control(
    to: Audience,
    offer: Offer,
    incident: Incident,
    place: ControlPlace,
    *,
    known: Attribution = UNKNOWN,
    is_short: bool = False,
) -> ButtonElement:
    """Draw the button of one offer; with `is_short` beside the line that says what it does."""
    row = OFFER_ROWS[offer]
    return control(
        to.translated_label(row.short or row.label if is_short else row.label),
        row.route,
        row.value(incident, place),
        suffix=f"{row.name}:{incident.id}" if row.name else incident.id,
        style=row.style,
        spoken=to.translated_label(row.spoken, num=incident.num),
        confirm=row.asks(to, incident, known) if row.asks is not None else None,
    )


def more_control(to: Audience, incident: Incident, place: ControlPlace) -> ButtonElement:
    """Draw the button that opens everything that can be done about an incident."""
    return control(
        to.label("More"),
        MORE,
        _more_value(incident, place),
        suffix=incident.id,
        spoken=to.label("More for {num}", num=incident.num),
    )


def offer_entry(to: Audience, offer: Offer, incident: Incident, team: str) -> Entry | None:
    """Draw an offer as an entry of a menu; None for one that asks first, which an entry cannot."""
    row = OFFER_ROWS[offer]
    if row.asks is not None and row.asks(to, incident, UNKNOWN) is not None:
        return None
    value = row.value(incident, ControlPlace(team=team))
    return Entry(label=to.translated_label(row.label), route=row.route, value=value)


def more_entry(to: Audience, incident: Incident, team: str) -> Entry:
    """Draw More as an entry of a menu."""
    return Entry(label=to.label("More"), route=MORE, value=_more_value(incident, ControlPlace(team=team)))
