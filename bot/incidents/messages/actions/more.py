"""More: everything that can be done about an incident, in a form with one button each."""

from collections.abc import Iterator, Sequence
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident
from bot.flashduty.models.customs import CustomAction
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.messages.actions.controls import offer_control, why_nothing_is_offered
from bot.incidents.messages.actions.custom_action import custom_action_row
from bot.incidents.messages.actions.offer_rows import OFFER_ROWS, ControlPlace
from bot.incidents.messages.status import PeopleById, facts, severity_mark, title_link
from bot.incidents.offers import FOR_EVERYBODY, Offer, offers
from bot.messages.audience import Audience
from bot.messages.blocks import context, link_button, section
from bot.messages.buttons import OPEN_LINK
from bot.messages.forms import Form
from bot.messages.language import N_
from bot.messages.message import Message
from bot.messages.text import mrkdwn, web_address

MORE_TITLE: Final = N_("More")


def more_form(
    to: Audience,
    incident: Incident,
    people: PeopleById,
    place: ControlPlace,
    *,
    known: Attribution = UNKNOWN,
    custom: Sequence[CustomAction] = (),
) -> Form:
    """Draw what can be done now, each with a line that says what it does and whom it pages.

    `custom` are the custom actions of the account that are known for the incident.
    """
    title = mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    offered = offers(incident, to.now, may_act=to.may_act, known=known, may_change=to.may_change)
    why = why_nothing_is_offered(to, incident, place.team)

    def row(one: Offer) -> Block:
        button = offer_control(to, one, incident, place=place, known=known, is_short=True)
        return section(to.translated(OFFER_ROWS[one].explains), button)

    return Form(
        title=to.translated_label(MORE_TITLE),
        blocks=(
            section(title),
            context(facts(to, incident, people, known=known)),
            *([why] if why is not None else []),
            *(row(one) for one in offered.more if one not in FOR_EVERYBODY),
            *(custom_action_row(to, one, incident, place=place) for one in custom if offered.takes_custom_actions),
            *(row(one) for one in offered.more if one in FOR_EVERYBODY),
            *_console(to, incident),
        ),
        close=to.label("Done"),
        team=place.team,
    )


def _console(to: Audience, incident: Incident) -> Iterator[Block]:
    address = web_address(incident.detail_url)
    if address:
        yield section(
            to.say("The incident in Flashduty's console."),
            link_button(to.label("Open in Flashduty"), f"{OPEN_LINK}:flashduty", address),
        )


def form_elsewhere(to: Audience, incident: Incident) -> Message:
    """Say where an incident can be acted on when no form can be opened here."""
    return Message.of(
        section(to.say("Slack could not show the form. Press it again on the card of #{num}.", num=incident.num))
    )
