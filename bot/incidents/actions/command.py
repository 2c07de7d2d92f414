"""One kind of change to an incident: when it is permitted, the write, and how to find out what came of it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import ClassVar, Final

from bot.audit.audited import AnswerLostError
from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, FlashdutyError, Incident, Progress
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.incidents.scope import read_again
from bot.messages.audience import Audience
from bot.messages.changes.actions import ChangeWords
from bot.messages.text import Mrkdwn
from bot.teams.team import SlackPerson, Team

# Seconds of the deadline that are reserved for reading the incident again after an ambiguous failure of the write.
VERIFY_RESERVE: Final = 10.0
# Seconds for the optional parts of an answer: names, and the state after a write that Flashduty confirmed.
BRIEF_TIMEOUT: Final = 2.5


class UnknownOutcomeError(AnswerLostError):
    """It is unknown whether a change was made, and verifying failed as well; `in_doubt` is the sentence about it."""

    def __init__(self, error: FlashdutyError, incident_id: str, in_doubt: Mrkdwn) -> None:
        super().__init__(error, incident_id)
        self.in_doubt = in_doubt


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person who makes a change, their team, the client and the deadline."""

    team: Team
    person: SlackPerson
    to: Audience
    """The person as the reader of what came of it."""
    flashduty: Flashduty
    deadline: float
    """The event loop's time by which the write and its verification end."""
    brief_timeout: float = BRIEF_TIMEOUT
    workspace: str = ""
    once: str = ""
    """The deduplication key of the request."""

    def writing(self) -> Flashduty:
        """Return the client for the write, which leaves time to verify it."""
        return self.flashduty.until(self.deadline - VERIFY_RESERVE)

    def briefly(self) -> Flashduty:
        """Return the client for the optional parts of an answer."""
        return self.flashduty.until(asyncio.get_running_loop().time() + self.brief_timeout)


class Repetition(Enum):
    """What Flashduty does with a change that is made again at the same time, and whether people are told of it."""

    WITHOUT_EFFECT = auto()
    """It books nothing: the second one has changed nothing."""

    BOOKED = auto()
    """It books both, as one thing to people."""

    OF_ITS_OWN = auto()
    """Each is one for itself, or the command finds out by itself which was first."""


class WriteState(Enum):
    """Whether a write whose answer was lost was made."""

    MADE = auto()
    NOT_MADE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, kw_only=True)
class KeyIdentity:
    """The person a team's key acts as, and how far Flashduty's clock is ahead of this machine's."""

    person_id: int
    clock_ahead: timedelta

    def stamp(self, at: datetime) -> int:
        """Convert the time `at` of a confirmation to Flashduty's Unix time, exact to the duration of the call."""
        return int((at + self.clock_ahead).timestamp())


class IncidentCommand(ABC):
    """One kind of change: when it is permitted, the write, and how to verify it.

    `action` is its name in the audit trail, `wanted` the set of progress values at which it is permitted, `repetition`
    what becomes of a second one that another replica makes at the same time, `is_sent_again` whether one that was found
    not to be made is written once more.
    """

    action: ClassVar[AuditAction]
    wanted: ClassVar[frozenset[Progress]] = frozenset(Progress)
    repetition: ClassVar[Repetition] = Repetition.BOOKED
    is_sent_again: ClassVar[bool] = False

    @abstractmethod
    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences for a change under way, for one that failed, and for one whose outcome is unknown."""

    def asked(self) -> str:
        """Return what is asked for besides the action, for the audit trail: "60 minutes"; no secrets, no comment."""
        return ""

    def answered(self) -> FormAnswers:
        """Return the answers to the account's form that it sends."""
        return NO_ANSWERS

    def audited_state(self, incident: Incident) -> str:
        """Return of an incident what the command changes, as the old and the new value of the audit trail."""
        return incident.progress.value

    def changed_of(self, before: Incident) -> str:
        """Return what identifies the thing that is changed, equal for everybody who makes the same change at once.

        With the time of its last change: an Undo may bring back the same snooze, and an acknowledgement keeps its time.
        """
        return f"{before.progress} {before.updated_at} {before.snoozed_before} {before.close_time}"

    async def look_up(self, actor: Actor, incidents: Sequence[Incident]) -> None:
        """Look up beside the write what is recorded and said after it. Never raises."""
        del actor, incidents

    @abstractmethod
    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Make the change in one call; raises FlashdutyError."""

    @abstractmethod
    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Find out whether a write whose answer was lost was made; raises FlashdutyError."""

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident | None:
        """Return the incident after a write that Flashduty confirmed at `at`; None where it must be read again.

        Pure. The answer to a write is empty: the incident after it follows from the documentation and from the identity
        of the key, where that is known.
        """
        del before, identity, at
        return None

    def key_identity(self, before: Incident, after: Incident, at: datetime) -> KeyIdentity | None:
        """Derive the key's identity from an incident read after a write confirmed at `at`; None if not possible."""
        del before, after, at
        return None

    async def recorded_before(self, actor: Actor, incident_id: str) -> str | None:
        """Return what an earlier command stored, read before the incident itself. Never raises."""
        del actor, incident_id
        return None

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether this person may change an incident of a wanted progress now. Never raises."""
        del actor, before
        return True

    async def record(self, actor: Actor, change: "Change") -> SlackPerson | None:
        """Store a change; return the person who made the same change first, on another replica. Never raises."""
        del actor, change
        return None


class VisibleCommand(IncidentCommand):
    """A change that is visible in the incident, so that reading it again verifies the write."""

    @abstractmethod
    def is_made(self, incident: Incident) -> bool:
        """Whether an incident that was read after the write shows the change."""

    def is_made_since(self, incident: Incident, at: datetime) -> bool:
        """Whether the incident shows the change as one that was made after a time; as far as it shows when."""
        del at
        return self.is_made(incident)

    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Read the incident again; raises FlashdutyError."""
        after = await read_again(actor.flashduty, before)
        return (WriteState.MADE, after) if self.is_made(after) else (WriteState.NOT_MADE, after)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that was made: the incident before and after, and what an earlier command stored.

    `after` is None where Flashduty confirmed the write and the incident could not be read again.
    """

    before: Incident
    after: Incident | None
    recorded_before: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a command for one incident: nothing was written where `change` is None.

    `first` is another person who made the same change a moment earlier; of one that `is_repeated` somebody else, or
    another press, was first.
    """

    before: Incident
    change: Change | None = None
    first: SlackPerson | None = None
    is_repeated: bool = False

    @property
    def after(self) -> Incident | None:
        """The incident after the change, if known."""
        return self.change.after if self.change else None

    @property
    def known(self) -> Incident:
        """The latest known state of the incident."""
        return self.after or self.before
