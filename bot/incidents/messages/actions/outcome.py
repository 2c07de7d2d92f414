"""What is said of an action: to whoever pressed, with Undo, and to everybody else. Each action has its sentences."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

from slack_sdk.models.blocks import ConfirmObject

from bot.flashduty import Incident, Progress
from bot.incidents.messages.actions.values import ActionValue
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import SHOW_INCIDENT, control
from bot.messages.changes.actions import number_of
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, lines, moment
from bot.messages.views import IncidentCard, ViewValue

# How long Undo is offered.
UNDO_FOR: Final = timedelta(minutes=15)

V = TypeVar("V", bound=ActionValue)


@dataclass(frozen=True, kw_only=True)
class Made(Generic[V]):
    """An action that was made: what was asked for, and the incident before and after it."""

    value: V
    before: Incident
    after: Incident

    @property
    def team(self) -> str:
        """The name of the team."""
        return self.value.team


@dataclass(frozen=True, kw_only=True)
class Undo:
    """The control that takes an action back: the route of the inverse action, and what that needs.

    `says` tells where the inverse pages somebody, or cannot bring everything back.
    """

    route: str
    value: ActionValue
    says: Mrkdwn | None = None
    confirm: ConfirmObject | None = None


class ActionWords(ABC, Generic[V]):
    """The sentences about one action."""

    @abstractmethod
    def done(self, to: Audience, made: Made[V]) -> Mrkdwn:
        """Confirm the action to whoever made it, and say what happens next."""

    @abstractmethod
    def announced(self, to: Audience, made: Made[V], who: str) -> Mrkdwn:
        """Tell the channel who did what, in one line."""

    @abstractmethod
    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say why nothing was changed, for an incident that is not closed unless the action is about closed ones."""

    def undo(self, to: Audience, made: Made[V]) -> Undo | None:
        """Return what takes the action back; None where nothing does."""
        del to, made
        return None


def undo_until(to: Audience) -> int:
    """Return the end of the time for Undo, as Unix time."""
    return int((to.now + UNDO_FOR).timestamp())


def action_done(to: Audience, words: ActionWords[V], made: Made[V]) -> Message:
    """Confirm an action, with Undo and what Undo would do."""
    undo = words.undo(to, made)
    taking_back = (
        control(
            to.label("Undo"),
            undo.route,
            undo.value,
            suffix="undo",
            spoken=to.label("Undo for {num}", num=made.after.num),
            confirm=undo.confirm,
        )
        if undo is not None
        else None
    )
    return Message.of(
        section(lines(words.done(to, made), undo.says if undo is not None else None)),
        actions(taking_back, show_incident_control(to, made.after, made.team)),
    )


def action_announced(to: Audience, words: ActionWords[V], made: Made[V], who: str) -> Message:
    """Draw the channel's line about an action."""
    return Message.of(section(words.announced(to, made, who)))


def action_unchanged(to: Audience, words: ActionWords[V], incident: Incident, team: str) -> Message:
    """Say why an action changed nothing."""
    return Message.of(section(words.unchanged(to, incident)), actions(show_incident_control(to, incident, team)))


def undo_over(to: Audience, value: ActionValue) -> Message:
    """Say that it is too late for Undo."""
    num = number_of(value.incident_id)
    text = to.say("*Nothing was changed.* Undo for #{num} was good for 15 minutes.", num=num)
    card = ViewValue(team=value.team, view=IncidentCard(asked=value.incident_id))
    return Message.of(section(text), actions(control(to.label("Show incident"), SHOW_INCIDENT, card)))


def closed_meanwhile(to: Audience, incident: Incident) -> Mrkdwn | None:
    """Say that an incident is closed; None for one that is open."""
    if incident.progress is not Progress.CLOSED:
        return None
    title = title_link(to, incident)
    if incident.closed_at:
        return to.say("{title} was closed {at}. Nothing was changed.", title=title, at=moment(incident.closed_at))
    return to.say("{title} is closed. Nothing was changed.", title=title)
