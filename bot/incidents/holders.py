"""Who has an incident: the presser of Acknowledge here, otherwise whom Flashduty has. Pure; people compare by id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Incident, Responder
from bot.teams.team import SlackPerson

# Flashduty sets the time of the acknowledgement and that of the responder it adds for it one after the other.
ASSIGNMENT_TOLERANCE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Attribution:
    """What is known here of an incident: Flashduty has every acknowledgement of the bot's as one of the key's owner."""

    presser: SlackPerson | None = None
    """Who pressed Acknowledge here, as long as that acknowledgement stands."""
    presser_id: int = 0
    """Who they are in Flashduty; 0 where that is not known."""
    owner_id: int = 0
    """In whose name Flashduty has it; 0 where that is not known."""
    put_there_at: datetime | None = None
    """When a press of the bot put the key's owner among the responders, who was not paged."""

    def stands_for(self, responder: Responder) -> bool:
        """Return whether a responder's acknowledgement is the one that was pressed here."""
        return self.presser is not None and bool(responder.acknowledged_at) and responder.person_id == self.owner_id

    def put_there(self, responder: Responder) -> bool:
        """Return whether somebody is a responder only because of a press here; not when they were paged since."""
        if self.put_there_at is None or responder.person_id != self.owner_id or responder.acknowledged_at:
            return False
        return responder.assigned_at is None or responder.assigned_at <= self.put_there_at + ASSIGNMENT_TOLERANCE


HolderSources = Mapping[str, Attribution]
"""By incident."""

UNKNOWN: Final = Attribution()


@dataclass(frozen=True)
class Holder:
    """Somebody who has an incident: `pressed` is who pressed here, in the name of the person of this id."""

    person_id: int
    pressed: SlackPerson | None = None


def holders(incident: Incident, known: Attribution = UNKNOWN) -> tuple[Holder, ...]:
    """List who has an incident, once each: whoever pressed here stands in the place of the key's owner."""
    return tuple(_holders(incident, known))


def _holders(incident: Incident, known: Attribution) -> Iterator[Holder]:
    pressed = any(known.stands_for(one) for one in incident.acknowledgers)
    for one in incident.acknowledgers:
        if known.stands_for(one):
            yield Holder(one.person_id, known.presser)
        elif not (pressed and one.person_id == known.presser_id):
            yield Holder(one.person_id)


def paged(incident: Incident, known: Attribution = UNKNOWN) -> tuple[Responder, ...]:
    """List whom Flashduty called for an incident, without those whom a press here put among them."""
    return tuple(one for one in incident.responders if not known.put_there(one))


def involved(incident: Incident, known: Attribution = UNKNOWN) -> tuple[Responder, ...]:
    """List everybody around an incident, once each: whoever pressed here stands in the line of the key's owner."""
    pressed = any(known.stands_for(one) for one in incident.acknowledgers)
    return tuple(
        one
        for one in paged(incident, known)
        if not pressed or known.stands_for(one) or one.person_id != known.presser_id
    )


def is_with(incident: Incident, known: Attribution, person_id: int, slack_id: str = "") -> bool:
    """Whether an incident is with somebody, by who they are in Flashduty and in Slack: called for it, or at it."""
    if known.presser is not None and (known.presser.id == slack_id or known.presser_id == person_id):
        return True
    theirs = (one for one in paged(incident, known) if one.person_id == person_id)
    return any(known.put_there_at is None or not known.stands_for(one) for one in theirs)
