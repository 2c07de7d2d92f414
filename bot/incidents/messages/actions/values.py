"""The values of the controls that act on an incident: one record for each action."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from bot.flashduty.models.dispatch import PersonalChannel
from bot.messages.buttons import FlashdutyId, IncidentValue, StorableText, UnixTime, Words
from bot.messages.views import CarriedView

# /incident/snooze takes 1 to 1,440 (/en/api-reference/on-call/incidents/incident-snooze).
SnoozeMinutes = Annotated[int, Field(ge=0, le=1_440)]
# More, and the actions that ask something first.
ActionForm = Literal[
    "more",
    "snooze",
    "acknowledge_and_snooze",
    "close",
    "reopen",
    "reassign",
    "escalate",
    "add_responder",
    "answer_acknowledge",
    "answer_close",
]
# One control pages no more people.
PEOPLE_OF_CONTROL: Final = 20
PersonIds = Annotated[tuple[FlashdutyId, ...], Field(max_length=PEOPLE_OF_CONTROL)]
SlackChannel = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,40}\z")]


@dataclass(frozen=True, kw_only=True)
class ActionValue(IncidentValue):
    """The value of a control that acts on an incident, or opens the form of an action."""

    view: CarriedView | None = None
    """The view that contains the control, and is drawn again afterwards."""
    channel: SlackChannel = ""
    """The channel in which the form with the control was opened, where others hear of what came of it."""
    undo_until: UnixTime = 0
    """Until when the control undoes another action; 0 for one that does not undo."""

    @property
    def began_in(self) -> str:
        """The channel in which the form with the control was opened; empty where that is not known."""
        return self.channel

    def place(self) -> dict[str, Any]:
        """Return what a control in a form has in common with the one that opened it."""
        names = ("team", "incident_id", "view", "channel", "thread")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class AcknowledgeValue(ActionValue):
    """The value of Acknowledge."""


@dataclass(frozen=True, kw_only=True)
class UnacknowledgeValue(ActionValue):
    """The value of Unacknowledge."""


@dataclass(frozen=True, kw_only=True)
class SnoozeValue(ActionValue):
    """The value of Snooze: for so many minutes, or until a time."""

    minutes: SnoozeMinutes = 0
    until: UnixTime = 0
    acknowledges: bool = False
    """Whether the incident is acknowledged first: only an acknowledged one can be snoozed."""


@dataclass(frozen=True, kw_only=True)
class WakeValue(ActionValue):
    """The value of Wake; of an Undo `snoozed_until` identifies the snooze that it ends."""

    snoozed_until: UnixTime = 0


@dataclass(frozen=True, kw_only=True)
class CloseValue(ActionValue):
    """The value of Close."""


@dataclass(frozen=True, kw_only=True)
class ReopenValue(ActionValue):
    """The value of Reopen; of an Undo `closed_at` identifies the closing that it takes back."""

    closed_at: UnixTime = 0


@dataclass(frozen=True, kw_only=True)
class AnnounceActionValue(IncidentValue):
    """The value of the control that posts the channel's line about an action again."""

    action: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}\z")]
    once: Words
    """The key of the press that made it, by which its line is found."""
    until: UnixTime = 0
    """Until when it was snoozed; 0 for another action."""


@dataclass(frozen=True, kw_only=True)
class AssignValue(ActionValue):
    """The value of Reassign: to people; or of Escalate: to a level of a rule, counted from 0.

    `assigned_at` identifies the assignment that the control was drawn for; 0 means any.
    """

    person_ids: PersonIds = ()
    rule_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{0,24}\z")] = ""
    level: Annotated[int, Field(ge=0, le=1_000)] = 0
    assigned_at: UnixTime = 0


@dataclass(frozen=True, kw_only=True)
class AddResponderValue(ActionValue):
    """The value of Add responder; without `channels` people are notified as they prefer."""

    person_ids: PersonIds = ()
    channels: Annotated[tuple[PersonalChannel, ...], Field(max_length=3)] = ()


@dataclass(frozen=True, kw_only=True)
class CustomActionValue(ActionValue):
    """The value of a custom action, by the id of its integration; its name is what people are told."""

    integration_id: FlashdutyId = 0
    name: Annotated[StorableText, Field(max_length=60)] = ""


@dataclass(frozen=True, kw_only=True)
class DetailsValue(ActionValue):
    """The value of a control that shows everything about an incident, with `until` a later page of its timeline.

    `until` is the time in ms of the newest entry that counts, so that newer ones move no page, `skip` the number of
    rows before the page.
    """

    until: Annotated[int, Field(ge=0, lt=4_102_444_800_000)] = 0
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0


@dataclass(frozen=True, kw_only=True)
class FormValue(ActionValue):
    """The value of a control that opens the form of an action, or More; also the metadata of such a form."""

    form: ActionForm
    seen: Annotated[str, StringConstraints(pattern=r"^[0-9a-f ]{0,60}\z")] = ""
    """What the texts of a form were when it was opened, in short: what nobody changed in it is not sent."""
    minutes: SnoozeMinutes = 0
    """For how long the incident is snoozed once the account's form is answered; 0 for not at all."""
    says: Words = ""
    """What Flashduty said when it demanded that form, which may name a field."""
