"""The offers as they are drawn: how each is called, what it does in a line, and what its control carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import ConfirmObject

from bot.flashduty import Incident, Severity
from bot.incidents.holders import Attribution
from bot.incidents.messages.actions.values import (
    AcknowledgeValue,
    ActionForm,
    ActionValue,
    CloseValue,
    DetailsValue,
    FormValue,
    UnacknowledgeValue,
    WakeValue,
)
from bot.incidents.offers import Offer
from bot.messages.audience import Audience
from bot.messages.blocks import dangerous
from bot.messages.buttons import (
    ACKNOWLEDGE,
    CLOSE,
    INCIDENT_DETAILS,
    OPEN_FORM,
    SHOW_PRIVATELY,
    UNACKNOWLEDGE,
    WAKE,
    ButtonValue,
    Style,
)
from bot.messages.language import N_, Marked
from bot.messages.text import clipped
from bot.messages.views import CarriedView, CatchUp, IncidentComment, View, ViewValue

_NAME_LIMIT: Final = 60


@dataclass(frozen=True, kw_only=True)
class ControlPlace:
    """Where controls stand: the team, the view that is drawn again afterwards, and the channel in which it began."""

    team: str
    view: CarriedView | None = None
    channel: str = ""
    thread: str = ""

    @classmethod
    def within(cls, shown: ViewValue) -> "ControlPlace":
        """Return the place of controls in a view."""
        return cls(team=shown.team, view=shown.view)


MakeValue = Callable[[Incident, ControlPlace], ButtonValue]


def acting(kind: type[ActionValue]) -> MakeValue:
    """Return what makes the value of a control that acts when it is pressed, or shows more of the incident."""
    return lambda incident, place: kind(incident_id=incident.id, **_fields_of(place))


def opening(form: ActionForm) -> MakeValue:
    """Return what makes the value of a control that opens a form."""
    return lambda incident, place: FormValue(incident_id=incident.id, form=form, **_fields_of(place))


def showing(view: Callable[[str], View]) -> MakeValue:
    """Return what makes the value of a control that shows a view of the incident."""
    return lambda incident, place: ViewValue(team=place.team, view=view(incident.id))


def _fields_of(place: ControlPlace) -> dict[str, Any]:
    """Return the fields of a place, which are those of every action's value."""
    return {name: getattr(place, name) for name in ("team", "view", "channel", "thread")}


@dataclass(frozen=True, kw_only=True)
class OfferRow:
    """How an offer is drawn, and what its control carries."""

    label: Marked
    spoken: Marked
    """What a screen reader says: the label and the incident's number."""
    explains: Marked
    """What it does and whom it pages, in a line."""
    route: str
    value: MakeValue
    name: str = ""
    """Tells the controls of one route in one message apart."""
    short: Marked | None = None
    """The label beside its line in More, where it is another one."""
    style: Style | None = None
    asks: Callable[[Audience, Incident, Attribution], ConfirmObject | None] | None = None
    """Draws what is asked before it acts; None where nothing is asked. An entry of a menu cannot ask."""


def _before_closing(to: Audience, incident: Incident, _: Attribution) -> ConfirmObject | None:
    if incident.severity is not Severity.CRITICAL:
        return None
    return dangerous(
        title=to.label("Close #{num}?", num=incident.num),
        text=to.label("It is critical. After closing nobody is paged for it."),
        confirm=to.label("Close"),
        deny=to.label("Cancel"),
    )


def _before_unacknowledging(to: Audience, incident: Incident, known: Attribution) -> ConfirmObject:
    who = clipped(known.presser.name, _NAME_LIMIT) if known.presser is not None else to.label("Somebody")
    return dangerous(
        title=to.label("Unacknowledge #{num}?", num=incident.num),
        text=to.label("{who} acknowledged it. Unless somebody else has too, Flashduty pages again.", who=who),
        confirm=to.label("Unacknowledge"),
        deny=to.label("Cancel"),
    )


OFFER_ROWS: Final[Mapping[Offer, OfferRow]] = {
    Offer.ACKNOWLEDGE: OfferRow(
        label=N_("Acknowledge"),
        spoken=N_("Acknowledge {num}"),
        explains=N_("You take it: Flashduty stops paging."),
        route=ACKNOWLEDGE,
        value=acting(AcknowledgeValue),
        style="primary",
    ),
    Offer.ACKNOWLEDGE_AND_SNOOZE: OfferRow(
        label=N_("Acknowledge and snooze"),
        spoken=N_("Acknowledge and snooze {num}"),
        # Beside a line of a form a phone has no room for the whole label.
        short=N_("Snooze"),
        explains=N_("Acknowledges and snoozes it: Flashduty pages again when the snooze ends."),
        route=OPEN_FORM,
        value=opening("acknowledge_and_snooze"),
        name="acknowledge_and_snooze",
    ),
    Offer.SNOOZE: OfferRow(
        label=N_("Snooze"),
        spoken=N_("Snooze {num}"),
        explains=N_("No pages until a time that you choose; then Flashduty pages again."),
        route=OPEN_FORM,
        value=opening("snooze"),
        name="snooze",
    ),
    Offer.WAKE: OfferRow(
        label=N_("Wake"),
        spoken=N_("Wake {num}"),
        explains=N_("Ends the snooze. It stays acknowledged, and nobody is paged."),
        route=WAKE,
        value=acting(WakeValue),
    ),
    Offer.CLOSE: OfferRow(
        label=N_("Close"),
        spoken=N_("Close {num}"),
        explains=N_("It is over. Nobody is paged."),
        route=CLOSE,
        value=acting(CloseValue),
        asks=_before_closing,
    ),
    Offer.CLOSE_WITH_NOTES: OfferRow(
        label=N_("Close with notes"),
        spoken=N_("Close {num} with notes"),
        explains=N_("Close it with a root cause and a resolution, which help with the next one."),
        route=OPEN_FORM,
        value=opening("close"),
        name="close",
    ),
    Offer.REOPEN: OfferRow(
        label=N_("Reopen"),
        spoken=N_("Reopen {num}"),
        explains=N_("It is open again, and Flashduty pages its responders again."),
        route=OPEN_FORM,
        value=opening("reopen"),
        name="reopen",
    ),
    Offer.UNACKNOWLEDGE: OfferRow(
        label=N_("Unacknowledge"),
        spoken=N_("Unacknowledge {num}"),
        explains=N_("Unless somebody else has acknowledged it too, Flashduty pages again."),
        route=UNACKNOWLEDGE,
        value=acting(UnacknowledgeValue),
        asks=_before_unacknowledging,
    ),
    Offer.ESCALATE: OfferRow(
        label=N_("Escalate"),
        spoken=N_("Escalate {num}"),
        explains=N_("To a level of the escalation rule, which pages whom it names. You see whom first."),
        route=OPEN_FORM,
        value=opening("escalate"),
        name="escalate",
    ),
    Offer.REASSIGN: OfferRow(
        label=N_("Reassign"),
        spoken=N_("Reassign {num}"),
        explains=N_("To whoever is on call, or to people you choose, in place of the current responders. Pages them."),
        route=OPEN_FORM,
        value=opening("reassign"),
        name="reassign",
    ),
    Offer.ADD_RESPONDER: OfferRow(
        label=N_("Add responder"),
        spoken=N_("Add a responder to {num}"),
        short=N_("Add"),
        explains=N_("Pages more people. The current responders stay."),
        route=OPEN_FORM,
        value=opening("add_responder"),
        name="add_responder",
    ),
    Offer.COMMENT: OfferRow(
        label=N_("Add comment"),
        spoken=N_("Add comment to #{num}"),
        explains=N_("Goes to the incident's timeline in Flashduty. Nobody is paged."),
        route=SHOW_PRIVATELY,
        value=showing(lambda number: IncidentComment(asked=number)),
        name="comment",
    ),
    Offer.CATCH_UP: OfferRow(
        label=N_("Catch me up"),
        spoken=N_("Catch me up on {num}"),
        explains=N_("How it stands, what was done and said."),
        route=SHOW_PRIVATELY,
        value=showing(lambda number: CatchUp(asked=number)),
        name="catch_up",
    ),
    Offer.DETAILS: OfferRow(
        label=N_("Details"),
        spoken=N_("Details of {num}"),
        explains=N_("The timeline, who was reached, all alerts, similar incidents."),
        route=INCIDENT_DETAILS,
        value=acting(DetailsValue),
    ),
}
