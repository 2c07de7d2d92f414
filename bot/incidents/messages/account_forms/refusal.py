"""What is said where an account demands a form: what was not done, and the button that opens the form."""

from typing import Final

from slack_sdk.models.blocks import ButtonElement

from bot.flashduty import Incident
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.messages.actions.values import FormValue
from bot.messages.audience import Audience
from bot.messages.blocks import actions, link_button, section
from bot.messages.buttons import OPEN_FORM, OPEN_LINK, control
from bot.messages.errors import evidence
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, one_line, web_address
from bot.messages.views import CarriedView

_SUFFIX: Final = "answers"
_SAID_LIMIT: Final = 200


def answer_value(
    demanded: FormDemandedError,
    team: str,
    *,
    view: CarriedView | None = None,
    channel: str = "",
    thread: str = "",
) -> FormValue:
    """Return the value of the button that opens the form; `view` is drawn again after the action."""
    return FormValue(
        team=team,
        incident_id=demanded.incident.id,
        form=demanded.form,
        minutes=demanded.minutes,
        says=clipped(one_line(demanded.message), _SAID_LIMIT),
        view=view,
        channel=channel,
        thread=thread,
    )


def form_demanded_said(to: Audience, demanded: FormDemandedError) -> Mrkdwn:
    """Say what was not done, and that it needs a form."""
    num, closes = demanded.incident.num, demanded.form == "answer_close"
    if demanded.is_answered and closes:
        return to.say(
            "*#{num} was not closed:* Flashduty did not accept the answers. Correct them, or close it in Flashduty's"
            " console.",
            num=num,
        )
    if demanded.is_answered:
        return to.say(
            "*#{num} was not acknowledged:* Flashduty did not accept the answers. Correct them, or acknowledge it in"
            " Flashduty's console.",
            num=num,
        )
    if closes:
        return to.say(
            "*#{num} was not closed:* your Flashduty account most likely asks for a form first. Fill it in here, or in"
            " Flashduty's console.",
            num=num,
        )
    if demanded.minutes:
        return to.say(
            "*#{num} was neither acknowledged nor snoozed:* your Flashduty account most likely asks for a form first."
            " Fill it in here, or in Flashduty's console.",
            num=num,
        )
    return to.say(
        "*#{num} was not acknowledged:* your Flashduty account most likely asks for a form first. Fill it in here, or in"
        " Flashduty's console.",
        num=num,
    )


def form_demanded(to: Audience, demanded: FormDemandedError, value: FormValue) -> Message:
    """Say that an account demands a form, with the button that opens it and the incident in Flashduty's console."""
    said = section(form_demanded_said(to, demanded))
    if demanded.is_answered:
        return Message.of(said, evidence(to, demanded))
    address = web_address(demanded.incident.detail_url)
    console = link_button(to.label("Open in Flashduty"), f"{OPEN_LINK}:flashduty", address) if address else None
    fill_in = answer_control(to, value, demanded.incident, is_alone=True)
    return Message.of(said, evidence(to, demanded), actions(fill_in, console))


def answer_control(to: Audience, value: FormValue, incident: Incident, *, is_alone: bool = False) -> ButtonElement:
    """Draw the button that opens the form."""
    return control(
        to.label("Fill in the form"),
        OPEN_FORM,
        value,
        suffix=f"{_SUFFIX}:{incident.id}",
        style="primary" if is_alone else None,
        spoken=to.label("Fill in the form for {num}", num=incident.num),
    )
