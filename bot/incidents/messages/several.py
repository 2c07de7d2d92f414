"""The outcome of a change to several incidents, one line for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident
from bot.incidents.messages.account_forms.refusal import answer_control
from bot.incidents.messages.acknowledgement import UndoValue, acknowledgement_of
from bot.incidents.messages.actions.values import FormValue
from bot.incidents.messages.row import show_incident_control
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.buttons import UNDO, control
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, lines


@dataclass(frozen=True)
class Acknowledged:
    """What became of one of the incidents; `undo` where the person acknowledged it now."""

    text: Mrkdwn
    incident: Incident | None = None
    undo: UndoValue | None = None
    form: FormValue | None = None
    """Opens the form that the account demands for it."""


def undo_value(incident: Incident, team: str) -> UndoValue:
    """Return the value of Undo for an incident as it is known after it was acknowledged."""
    return UndoValue(team=team, incident_id=incident.id, acknowledged_at=acknowledgement_of(incident))


def acknowledged_one_by_one(to: Audience, done: Sequence[Acknowledged], team: str) -> Message:
    """Say what became of each incident, with Undo beside those that were acknowledged."""
    made = sum(one.undo is not None for one in done)
    return Message.of(
        section(to.say("*You acknowledged {made} of {all} incidents.*", made=made, all=len(done))),
        *(_outcome(to, one, team) for one in done),
    )


def _outcome(to: Audience, one: Acknowledged, team: str) -> Block:
    if one.incident is None:
        return section(one.text)
    if one.form is not None:
        return section(one.text, answer_control(to, one.form, one.incident))
    if one.undo is None:
        return section(one.text, show_incident_control(to, one.incident, team, suffix=one.incident.id))
    spoken = to.label("Undo the acknowledgement of {num}", num=one.incident.num)
    return section(one.text, control(to.label("Undo"), UNDO, one.undo, suffix=one.incident.id, spoken=spoken))


def announced_together(texts: Iterable[Mrkdwn]) -> Message:
    """Draw the channel's lines about several changes as one message."""
    return Message.of(section(lines(*texts)))


def no_such_number(to: Audience, number: str, team: str) -> Mrkdwn:
    """Say that no incident of the team has a number."""
    return to.say(
        "No incident #{number} in team {team} (last 6 months). For older ones use the 24-character id.",
        number=number,
        team=team,
    )


def several_of_number(to: Audience, number: str, count: int) -> Mrkdwn:
    """Say that several incidents have a number, so that none of them was acknowledged."""
    return to.say(
        "*#{number} was not acknowledged:* {count} incidents have this number. Use the 24-character id.",
        number=number,
        count=count,
    )
