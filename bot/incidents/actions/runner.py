"""The only code that changes incidents: lock, read within the team's scope, check, write, verify, record."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from weakref import WeakValueDictionary

from bot.audit.audited import (
    NO_LONGER_SO,
    SOMEBODY_WAS_FIRST,
    AttributionWords,
    Audited,
    AuditedChange,
    NoTrail,
    Trail,
    no_attribution,
)
from bot.audit.model import AuditActor
from bot.flashduty import FlashdutyError, Incident
from bot.incidents.actions.account_form import demanded_form
from bot.incidents.actions.claims import Claims, NoClaims
from bot.incidents.actions.command import (
    Actor,
    Change,
    IncidentCommand,
    Outcome,
    Repetition,
    UnknownOutcomeError,
    WriteState,
)
from bot.incidents.actions.key_identities import KeyIdentities
from bot.incidents.scope import read_again, read_incident

# Called with a team, the ids of its incidents that a person has changed, or may have, and the changes that are known;
# must not raise.
OnChange = Callable[[str, Sequence[str], Sequence[Change]], Awaitable[object]]


async def ignore_change(team: str, incident_ids: Sequence[str], changes: Sequence[Change]) -> None:
    """Ignore a change."""


class CommandRunner:
    """Runs commands, one at a time for each incident in this process.

    The identity of a key is that of its owner, or learned from a change that is read back. `on_change` hears of every
    change, whichever screen it came from. Every attempt is written to `trail` before it is sent, `attribution` says
    what Flashduty's timeline is to say about a change, and `claims` say which of several equal ones was made.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        on_change: OnChange = ignore_change,
        trail: Trail | None = None,
        attribution: AttributionWords = no_attribution,
        claims: Claims | None = None,
    ) -> None:
        self._now = now
        self._on_change = on_change
        self._trail = trail or NoTrail()
        self._attribution = attribution
        self._claims = claims or NoClaims()
        self._identities = KeyIdentities(monotonic)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(
        self,
        command: IncidentCommand,
        incident_ids: Sequence[str],
        actor: Actor,
        *,
        just_read: Sequence[Incident] = (),
    ) -> tuple[Outcome, ...]:
        """Change incidents of the actor's team, and return the outcome for each, in their order.

        Two calls as a rule, one that reads and one that writes; a third where the answer to the write is lost, or where
        the incident after the change cannot be computed. A second press waits for the first. `just_read` are incidents
        that an earlier command of the same press has read or changed: they are not read again. Raises AccessDenied for
        an incident outside the team's scope, FlashdutyError when reading or writing failed and nothing was changed, of
        which FormDemandedError where the account demands a form, and UnknownOutcomeError when that is not known.
        """
        async with AsyncExitStack() as held:
            for incident_id in sorted(set(incident_ids)):
                await held.enter_async_context(self._lock(incident_id))
            audited = await held.enter_async_context(self._audited(command, incident_ids, actor))
            earlier = {one: await command.recorded_before(actor, one) for one in incident_ids}
            known = {one.id: one for one in just_read}
            before = [known.get(one) or await read_incident(actor.flashduty, actor.team, one) for one in incident_ids]
            ready = [one for one in before if one.progress in command.wanted and await command.may_change(actor, one)]
            await audited.are_written()
            changes: dict[str, Change] = {}
            try:
                after = await self._changed(command, ready, actor) if ready else {}
                changes = {
                    one.id: Change(before=one, after=after[one.id], recorded_before=earlier.get(one.id))
                    for one in ready
                }
                outcomes = [await self._recorded(command, one, changes.get(one.id), actor=actor) for one in before]
                _note(audited, outcomes, command)
                return tuple(outcomes)
            finally:
                # Also where the outcome is not known.
                if ready:
                    await self._on_change(actor.team.name, [one.id for one in ready], list(changes.values()))

    def _audited(self, command: IncidentCommand, incident_ids: Sequence[str], actor: Actor) -> AuditedChange:
        by = AuditActor(team=actor.team.name, person=actor.person, workspace=actor.workspace, once=actor.once)
        audited = Audited(
            actor=by,
            action=command.action,
            at=self._now(),
            asked=command.asked(),
            state=command.audited_state,
            comment=self._attribution(actor.team, command.action, actor.person),
            flashduty=actor.flashduty,
        )
        return AuditedChange(self._trail, audited, incident_ids)

    def _lock(self, incident_id: str) -> asyncio.Lock:
        return self._locks.setdefault(incident_id, asyncio.Lock())

    async def _changed(
        self, command: IncidentCommand, incidents: Sequence[Incident], actor: Actor, *, is_second: bool = False
    ) -> Mapping[str, Incident | None]:
        """Write, and return the incidents after it; once more what was certainly not made."""
        try:
            await self._write(command, incidents, actor)
        except FlashdutyError as error:
            if not error.is_ambiguous:
                if (demanded := demanded_form(error, incidents, command.answered())) is not None:
                    raise demanded from error
                raise
            try:
                return {one.id: await _verified(command, one, actor, error=error) for one in incidents}
            except FlashdutyError:
                if is_second or not command.is_sent_again:
                    raise
            return await self._changed(command, incidents, actor, is_second=True)
        at = self._now()
        identity = self._identities.of(actor.team.name, actor.flashduty, at)
        return {
            one.id: command.applied(one, identity, at) or await self._read_after(command, one, actor, at=at)
            for one in incidents
        }

    async def _recorded(
        self, command: IncidentCommand, before: Incident, change: Change | None, *, actor: Actor
    ) -> Outcome:
        if change is None:
            return Outcome(before=before)
        first = await command.record(actor, change)
        is_claimed = command.repetition is not Repetition.OF_ITS_OWN
        is_first = not is_claimed or await self._claims.is_first(
            command.action.value, before.id, command.changed_of(before)
        )
        return Outcome(before=before, change=change, first=first, is_repeated=not is_first)

    async def _write(self, command: IncidentCommand, incidents: Sequence[Incident], actor: Actor) -> None:
        """Write, and beside it look up what is needed afterwards."""
        beside = asyncio.create_task(command.look_up(actor, incidents))
        try:
            await command.write(actor.writing(), [one.id for one in incidents])
        except BaseException:
            beside.cancel()
            raise
        await beside

    async def _read_after(
        self, command: IncidentCommand, before: Incident, actor: Actor, *, at: datetime
    ) -> Incident | None:
        try:
            after = await read_again(actor.briefly(), before)
        except FlashdutyError:
            return None
        if (identity := command.key_identity(before, after, at)) is not None:
            self._identities.learn(actor.team.name, identity)
        return after


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


def _note(audited: AuditedChange, outcomes: Sequence[Outcome], command: IncidentCommand) -> None:
    for one in outcomes:
        has_no_effect = one.is_repeated and command.repetition is Repetition.WITHOUT_EFFECT
        if one.change is None:
            is_wanted = one.before.progress in command.wanted
            audited.unchanged(one.before, NO_LONGER_SO if is_wanted else f"is_{one.before.progress.lower()}")
        elif one.first is not None or has_no_effect:
            audited.unchanged(one.known, SOMEBODY_WAS_FIRST)
        else:
            audited.done(one.before, one.after)
