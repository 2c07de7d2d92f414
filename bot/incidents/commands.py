"""The only code that changes incidents: lock, read within the team's scope, check, write, verify, record."""

import asyncio
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import ClassVar, Final
from weakref import WeakValueDictionary

from bot.flashduty import Flashduty, FlashdutyError, Incident, Progress
from bot.incidents.scope import read_again, read_incident
from bot.messages.audience import Audience
from bot.messages.changes.actions import ChangeWords
from bot.messages.text import Mrkdwn
from bot.teams.team import SlackPerson, Team

# Seconds of the deadline that are reserved for reading the incident again after an ambiguous failure of the write.
VERIFY_RESERVE: Final = 10.0
# Seconds for the optional parts of an answer: names, and the state after a write that Flashduty confirmed.
BRIEF_TIMEOUT: Final = 2.5
# Seconds for which the identity of a key is cached.
IDENTITY_MAX_AGE: Final = 3600.0


# Called with a team and the ids of its incidents that a person has changed, or may have; must not raise.
OnChange = Callable[[str, Sequence[str]], Awaitable[object]]


async def ignore_change(team: str, incident_ids: Sequence[str]) -> None:
    """Ignore a change."""


class UnknownOutcomeError(Exception):
    """It is unknown whether a change was made, and verifying failed as well; `in_doubt` is the sentence about it."""

    def __init__(self, error: FlashdutyError, incident_id: str, in_doubt: Mrkdwn) -> None:
        super().__init__(incident_id)
        self.error = error
        self.incident_id = incident_id
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

    def writing(self) -> Flashduty:
        """Return the client for the write, which leaves time to verify it."""
        return self.flashduty.until(self.deadline - VERIFY_RESERVE)

    def briefly(self) -> Flashduty:
        """Return the client for the optional parts of an answer."""
        return self.flashduty.until(asyncio.get_running_loop().time() + self.brief_timeout)


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

    `wanted` is the set of progress values at which it is permitted.
    """

    wanted: ClassVar[frozenset[Progress]] = frozenset(Progress)

    @abstractmethod
    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences for a change under way, for one that failed, and for one whose outcome is unknown."""

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

    `first` is another person who made the same change a moment earlier.
    """

    before: Incident
    change: Change | None = None
    first: SlackPerson | None = None

    @property
    def after(self) -> Incident | None:
        """The incident after the change, if known."""
        return self.change.after if self.change else None

    @property
    def known(self) -> Incident:
        """The latest known state of the incident."""
        return self.after or self.before


class CommandRunner:
    """Runs commands, one at a time for each incident in this process.

    The identity of a key is learned from a change that is read back, and cached for an hour only: clocks are set, and
    keys are replaced. `on_change` hears of every change, whichever screen it came from.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        on_change: OnChange = ignore_change,
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._on_change = on_change
        self._identities: dict[str, tuple[float, KeyIdentity]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, command: IncidentCommand, incident_ids: Sequence[str], actor: Actor) -> tuple[Outcome, ...]:
        """Change incidents of the actor's team, and return the outcome for each, in their order.

        Two calls as a rule, one that reads and one that writes; a third where the answer to the write is lost, or where
        the incident after the change cannot be computed. A second press waits for the first. Raises AccessDenied for an
        incident outside the team's scope, FlashdutyError when reading or writing failed and nothing was changed, and
        UnknownOutcomeError when that is not known.
        """
        async with AsyncExitStack() as held:
            for incident_id in sorted(set(incident_ids)):
                await held.enter_async_context(self._lock(incident_id))
            earlier = {one: await command.recorded_before(actor, one) for one in incident_ids}
            before = [await read_incident(actor.flashduty, actor.team, one) for one in incident_ids]
            ready = [one for one in before if one.progress in command.wanted and await command.may_change(actor, one)]
            try:
                after = await self._changed(command, ready, actor) if ready else {}
                changes = {
                    one.id: Change(before=one, after=after[one.id], recorded_before=earlier.get(one.id))
                    for one in ready
                }
                return tuple([await _recorded(command, one, changes.get(one.id), actor=actor) for one in before])
            finally:
                # Also where the outcome is not known.
                if ready:
                    await self._on_change(actor.team.name, [one.id for one in ready])

    def _lock(self, incident_id: str) -> asyncio.Lock:
        return self._locks.setdefault(incident_id, asyncio.Lock())

    async def _changed(
        self, command: IncidentCommand, incidents: Sequence[Incident], actor: Actor
    ) -> Mapping[str, Incident | None]:
        """Write, and return the incidents after it."""
        try:
            await command.write(actor.writing(), [one.id for one in incidents])
        except FlashdutyError as error:
            if not error.is_ambiguous:
                raise
            return {one.id: await _verified(command, one, actor, error=error) for one in incidents}
        at, identity = self._now(), self._identity_of(actor.team)
        return {
            one.id: command.applied(one, identity, at) or await self._read_after(command, one, actor, at=at)
            for one in incidents
        }

    async def _read_after(
        self, command: IncidentCommand, before: Incident, actor: Actor, *, at: datetime
    ) -> Incident | None:
        try:
            after = await read_again(actor.briefly(), before)
        except FlashdutyError:
            return None
        if (identity := command.key_identity(before, after, at)) is not None:
            self._identities[actor.team.name] = (self._monotonic(), identity)
        return after

    def _identity_of(self, team: Team) -> KeyIdentity | None:
        learned_at, identity = self._identities.get(team.name, (-math.inf, None))
        return identity if self._monotonic() - learned_at < IDENTITY_MAX_AGE else None


async def _verified(command: IncidentCommand, before: Incident, actor: Actor, *, error: FlashdutyError) -> Incident:
    unknown = UnknownOutcomeError(error, before.id, command.words(actor.to, before.id).in_doubt)
    try:
        state, after = await command.verify(actor, before)
    except FlashdutyError:
        raise unknown from None
    if state is WriteState.UNKNOWN:
        raise unknown
    if state is WriteState.NOT_MADE:
        raise error
    return after or before


async def _recorded(command: IncidentCommand, before: Incident, change: Change | None, *, actor: Actor) -> Outcome:
    first = await command.record(actor, change) if change is not None else None
    return Outcome(before=before, change=change, first=first)
