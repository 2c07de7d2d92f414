"""The one way to change incidents: lock, read within the team's scope, check, write, look if in doubt, note."""

import asyncio
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import ClassVar, Final
from weakref import WeakValueDictionary

from bot.flashduty import Flashduty, FlashdutyError, Incident, Progress
from bot.incidents.scope import read_again, read_incident
from bot.messages.changes.actions import ChangeWords
from bot.messages.text import Mrkdwn
from bot.teams.team import SlackPerson, Team

# Seconds of the deadline that are kept back from the write, for a look after an ambiguous failure.
LOOK_RESERVE: Final = 10.0
# Seconds for what an answer can do without: names, and the state after a write that Flashduty confirmed.
BRIEF_TIMEOUT: Final = 2.5
# Seconds for which it is remembered whom a key acts as.
IDENTITY_MAX_AGE: Final = 3600.0


class UnknownOutcomeError(Exception):
    """A change may or may not have been made, and looking failed as well; `in_doubt` is the sentence that says so."""

    def __init__(self, error: FlashdutyError, incident_id: str, in_doubt: Mrkdwn) -> None:
        super().__init__(incident_id)
        self.error = error
        self.incident_id = incident_id
        self.in_doubt = in_doubt


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who changes something, for which team, through which client and until when."""

    team: Team
    person: SlackPerson
    flashduty: Flashduty
    deadline: float
    """The event loop's time by which the write and a look after it are over."""
    brief_timeout: float = BRIEF_TIMEOUT

    def writing(self) -> Flashduty:
        """Return the client for the write, which leaves time for a look."""
        return self.flashduty.until(self.deadline - LOOK_RESERVE)

    def briefly(self) -> Flashduty:
        """Return the client for what an answer can do without."""
        return self.flashduty.until(asyncio.get_running_loop().time() + self.brief_timeout)


class Fate(Enum):
    """What a look found of a write whose answer was lost."""

    MADE = auto()
    NOT_MADE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, kw_only=True)
class KeyIdentity:
    """Whom a team's key acts as, and how far Flashduty's clock is ahead of this machine's."""

    person_id: int
    clock_ahead: timedelta

    def stamp(self, at: datetime) -> int:
        """Return the Unix time Flashduty has for what it confirmed at `at`, give or take the length of the call."""
        return int((at + self.clock_ahead).timestamp())


class IncidentCommand(ABC):
    """One kind of change: the progress it wants, the write, and how its success is recognised.

    `wanted` lists the progress at which it may be made.
    """

    wanted: ClassVar[frozenset[Progress]] = frozenset(Progress)

    @abstractmethod
    def words(self, incident_id: str) -> ChangeWords:
        """Return the sentences for before, for a failure, and for doubt."""

    @abstractmethod
    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Make the change in one call; raises FlashdutyError."""

    @abstractmethod
    async def look(self, actor: Actor, before: Incident) -> tuple[Fate, Incident | None]:
        """Find out what became of a write whose answer was lost; raises FlashdutyError."""

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident | None:
        """Return the incident as it is after a write that Flashduty confirmed at `at`; None where it must be read.

        Pure. The answer to a write holds nothing: what the change makes of the incident follows from the documentation
        and from whom the key acts as, where that is known.
        """
        del before, identity, at
        return None

    def learned(self, before: Incident, after: Incident, at: datetime) -> KeyIdentity | None:
        """Tell from an incident that was read after a write confirmed at `at` whom the key acts as, where it shows."""
        del before, after, at
        return None

    async def noted_before(self, actor: Actor, incident_id: str) -> str | None:
        """Read what an earlier command noted of an incident, before the incident itself is read. Never raises."""
        del actor, incident_id
        return None

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Return whether an incident of a wanted progress may be changed by this person now. Never raises."""
        del actor, before
        return True

    async def note(self, actor: Actor, change: "Change") -> SlackPerson | None:
        """Note a change that was made; gives whoever made the same one first, on another replica. Never raises."""
        del actor, change
        return None


class VisibleCommand(IncidentCommand):
    """A change that an incident shows: reading it again tells what became of a write."""

    @abstractmethod
    def is_made(self, incident: Incident) -> bool:
        """Return whether an incident that is read after the write shows the change."""

    async def look(self, actor: Actor, before: Incident) -> tuple[Fate, Incident | None]:
        """Read the incident again; raises FlashdutyError."""
        after = await read_again(actor.flashduty, before)
        return (Fate.MADE, after) if self.is_made(after) else (Fate.NOT_MADE, after)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that was made: the incident before and after, and what was noted of it earlier.

    `after` is None where Flashduty confirmed the write and the incident could not be read again.
    """

    before: Incident
    after: Incident | None
    noted_before: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a command for one incident: nothing was written where `change` is None.

    `first` is whoever made the same change a moment earlier, where that was somebody else's press.
    """

    before: Incident
    change: Change | None = None
    first: SlackPerson | None = None

    @property
    def after(self) -> Incident | None:
        """The incident after the change, where that is known."""
        return self.change.after if self.change else None

    @property
    def known(self) -> Incident:
        """The incident as it was known last."""
        return self.after or self.before


class CommandRunner:
    """Runs commands, one at a time for each incident in this process.

    Whom a key acts as is learned from a change that is read back, and remembered for an hour: clocks are set, and keys
    are replaced.
    """

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._monotonic = monotonic
        self._identities: dict[str, tuple[float, KeyIdentity]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, command: IncidentCommand, incident_ids: Sequence[str], actor: Actor) -> tuple[Outcome, ...]:
        """Change incidents of the actor's team, and say what came of it for each, in their order.

        Two calls where all goes well, one that reads and one that writes; a third where the answer to the write is
        lost, or what the change made of the incident does not follow from what is known. A second press waits for the
        first. Raises AccessDenied for an incident outside the team's scope, FlashdutyError when reading or writing
        failed and nothing was changed, and UnknownOutcomeError when that is not known.
        """
        async with AsyncExitStack() as held:
            for incident_id in sorted(set(incident_ids)):
                await held.enter_async_context(self._lock(incident_id))
            earlier = {one: await command.noted_before(actor, one) for one in incident_ids}
            before = [await read_incident(actor.flashduty, actor.team, one) for one in incident_ids]
            ready = [one for one in before if one.progress in command.wanted and await command.may_change(actor, one)]
            after = await self._changed(command, ready, actor) if ready else {}
            changes = {
                one.id: Change(before=one, after=after[one.id], noted_before=earlier.get(one.id)) for one in ready
            }
            return tuple([await _noted(command, one, changes.get(one.id), actor=actor) for one in before])

    def _lock(self, incident_id: str) -> asyncio.Lock:
        return self._locks.setdefault(incident_id, asyncio.Lock())

    async def _changed(
        self, command: IncidentCommand, incidents: Sequence[Incident], actor: Actor
    ) -> Mapping[str, Incident | None]:
        """Write, and give the incidents as they are then."""
        try:
            await command.write(actor.writing(), [one.id for one in incidents])
        except FlashdutyError as error:
            if not error.is_ambiguous:
                raise
            return {one.id: await _looked_up(command, one, actor, error=error) for one in incidents}
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
        if (identity := command.learned(before, after, at)) is not None:
            self._identities[actor.team.name] = (self._monotonic(), identity)
        return after

    def _identity_of(self, team: Team) -> KeyIdentity | None:
        learned_at, identity = self._identities.get(team.name, (-math.inf, None))
        return identity if self._monotonic() - learned_at < IDENTITY_MAX_AGE else None


async def _looked_up(command: IncidentCommand, before: Incident, actor: Actor, *, error: FlashdutyError) -> Incident:
    unknown = UnknownOutcomeError(error, before.id, command.words(before.id).in_doubt)
    try:
        fate, after = await command.look(actor, before)
    except FlashdutyError:
        raise unknown from None
    if fate is Fate.UNKNOWN:
        raise unknown
    if fate is Fate.NOT_MADE:
        raise error
    return after or before


async def _noted(command: IncidentCommand, before: Incident, change: Change | None, *, actor: Actor) -> Outcome:
    first = await command.note(actor, change) if change is not None else None
    return Outcome(before=before, change=change, first=first)
