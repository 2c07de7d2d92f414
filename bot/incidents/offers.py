"""What can be done about an incident now: the one table behind cards, rows, menus, the Home tab and More. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from bot.flashduty import Incident, Progress
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.model import is_snoozed

# With More three controls are visible at most.
MAX_VISIBLE: Final = 2


class Offer(Enum):
    """Something that a person can do about an incident."""

    ACKNOWLEDGE = auto()
    ACKNOWLEDGE_AND_SNOOZE = auto()
    SNOOZE = auto()
    WAKE = auto()
    CLOSE = auto()
    CLOSE_WITH_NOTES = auto()
    REOPEN = auto()
    COMMENT = auto()
    UNACKNOWLEDGE = auto()
    REASSIGN = auto()
    ESCALATE = auto()
    ADD_RESPONDER = auto()
    CATCH_UP = auto()
    DETAILS = auto()


class Situation(Enum):
    """What decides which actions have an effect."""

    TRIGGERED = auto()
    PROCESSING = auto()
    SNOOZED = auto()
    CLOSED = auto()
    STRANGE = auto()
    """A progress of a newer Flashduty: nothing is offered that might have no effect."""


# They page somebody.
_GIVEN_TO_OTHERS: Final = (Offer.ESCALATE, Offer.REASSIGN, Offer.ADD_RESPONDER)
# In the order in which they are drawn, the visible ones first.
_OFFERED: Final[dict[Situation, tuple[Offer, ...]]] = {
    Situation.TRIGGERED: (
        Offer.ACKNOWLEDGE,
        Offer.ACKNOWLEDGE_AND_SNOOZE,
        Offer.COMMENT,
        Offer.CLOSE,
        Offer.CLOSE_WITH_NOTES,
        *_GIVEN_TO_OTHERS,
    ),
    Situation.PROCESSING: (
        Offer.SNOOZE,
        Offer.CLOSE,
        Offer.CLOSE_WITH_NOTES,
        Offer.COMMENT,
        *_GIVEN_TO_OTHERS,
        Offer.UNACKNOWLEDGE,
    ),
    Situation.SNOOZED: (
        Offer.WAKE,
        Offer.CLOSE,
        Offer.CLOSE_WITH_NOTES,
        Offer.SNOOZE,
        Offer.COMMENT,
        *_GIVEN_TO_OTHERS,
        Offer.UNACKNOWLEDGE,
    ),
    Situation.CLOSED: (Offer.REOPEN, Offer.COMMENT),
    Situation.STRANGE: (Offer.COMMENT,),
}
# These look only.
FOR_EVERYBODY: Final = (Offer.CATCH_UP, Offer.DETAILS)
_OPEN: Final = frozenset({Situation.TRIGGERED, Situation.PROCESSING, Situation.SNOOZED})


@dataclass(frozen=True)
class Offers:
    """What is offered: the first ones as controls of their own, and everything in More."""

    visible: tuple[Offer, ...]
    more: tuple[Offer, ...]
    takes_custom_actions: bool = False


def offers(
    incident: Incident, now: datetime, *, may_act: bool, known: Attribution = UNKNOWN, may_change: bool = True
) -> Offers:
    """Decide what is offered for an incident; nothing that would have no effect.

    `may_act` is whether the reader may act for the team, `may_change` whether the team's key may change incidents, as
    far as either is known.
    """
    found = tuple(_possible(incident, now, known)) if may_act and may_change else ()
    # A custom action of the account needs an open incident.
    takes_custom_actions = bool(found) and situation(incident, now) in _OPEN
    return Offers(visible=found[:MAX_VISIBLE], more=(*found, *FOR_EVERYBODY), takes_custom_actions=takes_custom_actions)


def situation(incident: Incident, now: datetime) -> Situation:
    """Return what decides which actions have an effect."""
    if incident.progress is Progress.CLOSED:
        return Situation.CLOSED
    if incident.progress is Progress.PROCESSING:
        return Situation.SNOOZED if is_snoozed(incident, now) else Situation.PROCESSING
    return Situation.TRIGGERED if incident.progress is Progress.TRIGGERED else Situation.STRANGE


def _possible(incident: Incident, now: datetime, known: Attribution) -> Iterator[Offer]:
    for offer in _OFFERED[situation(incident, now)]:
        # What was acknowledged elsewhere than here can be unacknowledged only there.
        is_elsewhere = offer is Offer.UNACKNOWLEDGE and known.presser is None
        # Escalation rules are those of a Flashduty channel.
        has_no_rule = offer is Offer.ESCALATE and not incident.channel_id
        if not is_elsewhere and not has_no_rule:
            yield offer
