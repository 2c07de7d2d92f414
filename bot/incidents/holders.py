"""Who has an incident: the presser of Acknowledge in Slack, otherwise as in Flashduty. Pure; people compare by id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Incident, Responder
from bot.teams.team import SlackPerson

# Flashduty sets the time of an acknowledgement and that of the responder it adds for it one after the other.
ASSIGNMENT_TOLERANCE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Attribution:
    """Who pressed Acknowledge in Slack: Flashduty records every acknowledgement of the bot for the key's owner."""

    presser: SlackPerson | None = None
    """Who pressed Acknowledge, as long as that acknowledgement is valid."""
    presser_id: int = 0
    """The presser's id in Flashduty; 0 where it is not known."""
    owner_id: int = 0
    """The person in whose name Flashduty records it; 0 where that is not known."""
    put_there_at: datetime | None = None
    """When a press added the key's owner, who was not paged, to the responders."""
    withdrawn_by: SlackPerson | None = None
    """Who pressed Acknowledge and withdrew it in Slack, where that was the last press."""
    closed_by: SlackPerson | None = None
    """Who pressed Close in Slack, where that closed the incident."""

    def stands_for(self, responder: Responder) -> bool:
        """Whether a responder's acknowledgement is the one that was pressed in Slack."""
        return self.presser is not None and bool(responder.acknowledged_at) and responder.person_id == self.owner_id

    def put_there(self, responder: Responder) -> bool:
        """Whether a person is a responder only because of a press in Slack, and was not paged since."""
        if self.put_there_at is None or responder.person_id != self.owner_id or responder.acknowledged_at:
            return False
        return responder.assigned_at is None or responder.assigned_at <= self.put_there_at + ASSIGNMENT_TOLERANCE


HolderSources = Mapping[str, Attribution]
"""By incident id."""

UNKNOWN: Final = Attribution()


@dataclass(frozen=True)
class Holder:
    """A person who has an incident; `pressed` is who pressed in Slack, in the name of the person with this id."""

    person_id: int
    pressed: SlackPerson | None = None


def holders(incident: Incident, known: Attribution = UNKNOWN) -> tuple[Holder, ...]:
    """List who has an incident, once each; the presser in Slack replaces the key's owner."""
    return tuple(_holders(incident, known))


def _holders(incident: Incident, known: Attribution) -> Iterator[Holder]:
    pressed = any(known.stands_for(one) for one in incident.acknowledgers)
    for one in incident.acknowledgers:
        if known.stands_for(one):
            yield Holder(one.person_id, known.presser)
        elif not (pressed and one.person_id == known.presser_id):
            yield Holder(one.person_id)


def paged(incident: Incident, known: Attribution = UNKNOWN) -> tuple[Responder, ...]:
    """List the people Flashduty paged for an incident, without those that a press in Slack added."""
    return tuple(one for one in incident.responders if not known.put_there(one))


def involved(incident: Incident, known: Attribution = UNKNOWN) -> tuple[Responder, ...]:
    """List all responders, once each; the presser in Slack is shown in the row of the key's owner."""
    pressed = any(known.stands_for(one) for one in incident.acknowledgers)
    return tuple(
        one
        for one in paged(incident, known)
        if not pressed or known.stands_for(one) or one.person_id != known.presser_id
    )


def is_with(incident: Incident, known: Attribution, person_id: int, slack_id: str = "") -> bool:
    """Whether a person, by their ids in Flashduty and in Slack, was paged for an incident or has it."""
    if known.presser is not None and (known.presser.id == slack_id or known.presser_id == person_id):
        return True
    theirs = (one for one in paged(incident, known) if one.person_id == person_id)
    return any(known.put_there_at is None or not known.stands_for(one) for one in theirs)
