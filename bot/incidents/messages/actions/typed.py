"""Actions that are typed: the view of one, what became of several incidents, and what is asked before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from slack_sdk.models.blocks import Block, InteractiveElement

from bot.flashduty import Incident
from bot.incidents.messages.account_forms.refusal import answer_control
from bot.incidents.messages.actions.controls import offer_control
from bot.incidents.messages.actions.offer_rows import OFFER_ROWS, ControlPlace
from bot.incidents.messages.actions.outcome import Undo
from bot.incidents.messages.actions.values import FormValue
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import title_link
from bot.incidents.offers import Offer
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import Words, control
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, lines
from bot.messages.views import MAX_ACKNOWLEDGED_AT_ONCE, IncidentName, View

TypedVerb = Literal["snooze", "wake", "close", "reopen", "unack", "assign", "escalate", "add"]


@dataclass(frozen=True, kw_only=True)
class TypedAction(View):
    """The outcome of an action on incidents that were named by number or id: drawing it carries it out.

    Without an incident it is the one in the thread of whose card it was typed, or else a list to choose from.
    """

    NAME: ClassVar[str] = "act"
    verb: TypedVerb
    asked: Annotated[tuple[IncidentName, ...], Field(max_length=MAX_ACKNOWLEDGED_AT_ONCE)] = ()
    words: Words = ""
    """What was typed besides: for how long, or why."""

    @property
    def about(self) -> str:
        """The only incident that is named; empty for none or several."""
        return self.asked[0] if len(self.asked) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class TypedOutcome:
    """What became of one of several incidents; with `offer` the control that goes on with it, or `form` of the account."""

    text: Mrkdwn
    incident: Incident | None = None
    undo: Undo | None = None
    offer: Offer | None = None
    form: FormValue | None = None


def done_one_by_one(to: Audience, outcomes: Sequence[TypedOutcome], team: str) -> Message:
    """Say what became of each incident, with Undo beside what was done."""
    made = sum(one.undo is not None for one in outcomes)
    return Message.of(
        section(to.say("*Done for {made} of {all} incidents.*", made=made, all=len(outcomes))),
        *(_row(to, one, team) for one in outcomes),
    )


def _row(to: Audience, one: TypedOutcome, team: str) -> Block:
    if one.incident is None:
        return section(one.text)
    number = one.incident.id
    if one.undo is not None:
        spoken = to.label("Undo for {num}", num=one.incident.num)
        undo = control(
            to.label("Undo"),
            one.undo.route,
            one.undo.value,
            suffix=f"undo:{number}",
            spoken=spoken,
            confirm=one.undo.confirm,
        )
        return section(lines(one.text, one.undo.says), undo)
    if one.form is not None:
        return section(one.text, answer_control(to, one.form, one.incident))
    if one.offer is not None:
        return section(one.text, offer_control(to, one.offer, one.incident, place=ControlPlace(team=team)))
    return section(one.text, show_incident_control(to, one.incident, team, suffix=number))


def asked_before(to: Audience, incident: Incident, offer: Offer) -> Mrkdwn:
    """Say what an action that asks first would do, for an incident that it was typed for."""
    return to.say(
        "{title}: nothing was changed yet. {explains}",
        title=title_link(to, incident),
        explains=to.translated(OFFER_ROWS[offer].explains),
    )


def asks_first(to: Audience, incident: Incident, offer: Offer, team: str) -> Message:
    """Ask before an action that was typed is done: its control does it, or opens its form."""
    place = ControlPlace(team=team)
    return Message.of(
        section(asked_before(to, incident, offer)),
        actions(offer_control(to, offer, incident, place=place), show_incident_control(to, incident, team)),
    )


def wrong_words(
    to: Audience, problem: Mrkdwn | str, usage: str, *, kept_in: InteractiveElement | None = None
) -> Message:
    """Say that nothing was done, what was wrong with what was typed, and how it is typed.

    `kept_in` is the control of the form that has what was typed.
    """
    return Message.of(
        section(
            to.say(
                "*Nothing was changed.* {problem} For example: `{command} {usage}`.",
                problem=problem,
                command=to.command,
                usage=usage,
            )
        ),
        actions(kept_in) if kept_in is not None else None,
    )


def form_with_text(to: Audience, incident: Incident, offer: Offer, team: str) -> InteractiveElement:
    """Draw the control that opens a form, with what was typed behind a command in it."""
    return offer_control(to, offer, incident, place=ControlPlace(team=team))


def several_with_number(to: Audience, number: str, count: int) -> Mrkdwn:
    """Say that several incidents have a number, so that nothing was done to any of them."""
    return to.say(
        "*Nothing was changed:* {count} incidents have the number #{number}. Use the 24-character id.",
        number=number,
        count=count,
    )
