"""The verbs that are typed: the action of each, what it writes, and where it asks first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.flashduty import Incident, Progress, Severity
from bot.flashduty.limits import MAX_NOTE_LENGTH
from bot.incidents.actions.close import Close
from bot.incidents.actions.command import IncidentCommand
from bot.incidents.actions.snooze_times import SnoozeProblem, read_snooze_time
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.actions.close_form import RESOLUTION_FIELD, note_too_long
from bot.incidents.messages.actions.snooze import snooze_problem_said
from bot.incidents.messages.actions.typed import TypedVerb
from bot.incidents.messages.actions.values import ActionForm, ActionValue, CloseValue, SnoozeValue, WakeValue
from bot.incidents.offers import Offer
from bot.messages.text import Mrkdwn
from handlers.assigning.actions import ADDING, ESCALATING, REASSIGNING
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action
from handlers.incidents.actions.close import CLOSING, REOPENING
from handlers.incidents.actions.snooze import SNOOZING, WAKING
from handlers.incidents.actions.unacknowledge import UNACKNOWLEDGING


@dataclass(frozen=True, kw_only=True)
class TypedRow:
    """How a verb is typed, and what it does."""

    action: Action[Any]
    offer: Offer
    """The control that goes on where the verb asks first, or needs a form."""
    usage: str
    lists: IncidentList
    """What is listed to choose from where no incident is named."""
    prepare: Callable[[Request, Incident, str], "Prepared | Mrkdwn"]
    """Returns what is written, or the sentence about what was typed wrong."""
    form: ActionForm | None = None
    """The form that opens for one incident."""
    keeps: Offer | None = None
    """The control of the form in which what was typed behind the number is kept until it is sent."""
    keeps_in: ActionForm | None = None
    keeps_as: str = ""
    """Of that form its name, and the name of its field."""
    needs_words: bool = False
    """Whether the form opens only where nothing was typed behind the number."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a typed action writes; nothing where it asks first."""

    value: ActionValue | None = None
    command: IncidentCommand | None = None


def _snooze(request: Request, incident: Incident, words: str) -> Prepared | Mrkdwn:
    to = request.to_person
    read = read_snooze_time(words, request.now, to.zone)
    if isinstance(read, SnoozeProblem):
        return snooze_problem_said(to, read, words)
    value = SnoozeValue(team=request.team.name, incident_id=incident.id, minutes=read.minutes)
    return Prepared(value=value)


def _wake(request: Request, incident: Incident, _: str) -> Prepared:
    return Prepared(value=WakeValue(team=request.team.name, incident_id=incident.id))


def _close(request: Request, incident: Incident, words: str) -> Prepared | Mrkdwn:
    if len(words) > MAX_NOTE_LENGTH:
        return note_too_long(request.to_person, len(words))
    if incident.is_open and incident.severity is Severity.CRITICAL:
        return Prepared()
    value = CloseValue(team=request.team.name, incident_id=incident.id)
    return Prepared(value=value, command=Close(resolution=words))


def _ask(request: Request, incident: Incident, words: str) -> Prepared:
    del request, incident, words
    return Prepared()


TYPED_ROWS: Final[Mapping[TypedVerb, TypedRow]] = {
    "snooze": TypedRow(
        action=SNOOZING,
        offer=Offer.SNOOZE,
        usage="snooze 0E83EE 2h",
        lists=IncidentList(progress=(Progress.PROCESSING,)),
        prepare=_snooze,
        form="snooze",
        needs_words=True,
    ),
    "wake": TypedRow(
        action=WAKING,
        offer=Offer.WAKE,
        usage="wake 0E83EE",
        lists=IncidentList(is_snoozed=True),
        prepare=_wake,
    ),
    "close": TypedRow(
        action=CLOSING,
        offer=Offer.CLOSE,
        usage="close 0E83EE",
        lists=IncidentList(),
        prepare=_close,
        keeps=Offer.CLOSE_WITH_NOTES,
        keeps_in="close",
        keeps_as=RESOLUTION_FIELD,
    ),
    "reopen": TypedRow(
        action=REOPENING,
        offer=Offer.REOPEN,
        usage="reopen 0E83EE",
        lists=IncidentList(progress=(Progress.CLOSED,)),
        prepare=_ask,
        form="reopen",
    ),
    "unack": TypedRow(
        action=UNACKNOWLEDGING,
        offer=Offer.UNACKNOWLEDGE,
        usage="unack 0E83EE",
        lists=IncidentList(progress=(Progress.PROCESSING,)),
        prepare=_ask,
    ),
    "assign": TypedRow(
        action=REASSIGNING,
        offer=Offer.REASSIGN,
        usage="assign 0E83EE Alice",
        lists=IncidentList(),
        prepare=_ask,
        form="reassign",
    ),
    "escalate": TypedRow(
        action=ESCALATING,
        offer=Offer.ESCALATE,
        usage="escalate 0E83EE",
        lists=IncidentList(),
        prepare=_ask,
        form="escalate",
    ),
    "add": TypedRow(
        action=ADDING,
        offer=Offer.ADD_RESPONDER,
        usage="add 0E83EE Alice",
        lists=IncidentList(),
        prepare=_ask,
        form="add_responder",
    ),
}
