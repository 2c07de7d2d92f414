"""The commands that give an incident to others: reassign, escalate, add responders. Every one pages people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, Incident, Progress
from bot.flashduty.models.dispatch import PersonalChannel, RuleLevel
from bot.incidents.actions.command import Actor, VisibleCommand, WriteState
from bot.incidents.changes import CLOCK_TOLERANCE
from bot.incidents.scope import read_again
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords

_OPEN: Final = frozenset({Progress.TRIGGERED, Progress.PROCESSING})


def numbered_person(person_id: int) -> str:
    """Name a person whose name is not known."""
    return f"person {person_id}"


@dataclass(frozen=True, kw_only=True)
class _Giving(VisibleCommand):
    """Give an incident to somebody; `asked_at` is when that was asked for, `name_of` names people for the audit."""

    asked_at: datetime
    name_of: Callable[[int], str] = numbered_person
    wanted: ClassVar[frozenset[Progress]] = _OPEN

    def is_since(self, at: datetime | None) -> bool:
        """Whether a time is not before this was asked for; clocks differ."""
        return at is not None and at >= self.asked_at - CLOCK_TOLERANCE


@dataclass(frozen=True, kw_only=True)
class _Assign(_Giving):
    """Assign an incident; `assigned_at` identifies the assignment that it replaces, None means any."""

    assigned_at: int | None = None

    def audited_state(self, incident: Incident) -> str:
        """Return to whom it is assigned, for the audit trail."""
        people = ", ".join(map(self.name_of, incident.assigned_ids))
        if incident.escalation_rule is None or incident.escalation_level is None:
            return people
        return f"level {incident.escalation_level + 1} of {incident.escalation_rule}: {people}"

    def is_target(self, incident: Incident) -> bool:
        """Whether an incident is assigned as it is asked for."""
        raise NotImplementedError

    def is_made(self, incident: Incident) -> bool:
        """Whether it was assigned so since it was asked for."""
        return self.is_target(incident) and self.is_since(incident.assigned_at)

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether it is still assigned as it was, and not yet as it is asked for."""
        del actor
        at = before.assigned_at
        is_same = self.assigned_at is None or (at is not None and int(at.timestamp()) == self.assigned_at)
        return is_same and not self.is_target(before)

    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Read the incident again: it was made where the assignment is another one; raises FlashdutyError."""
        after = await read_again(actor.flashduty, before)
        is_another = after.assigned_at != before.assigned_at or not self.is_target(before)
        return (WriteState.MADE if self.is_target(after) and is_another else WriteState.NOT_MADE), after


@dataclass(frozen=True, kw_only=True)
class Reassign(_Assign):
    """Give an open incident to people instead of those who have it."""

    person_ids: tuple[int, ...]
    action: ClassVar[AuditAction] = AuditAction.REASSIGN

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about reassigning."""
        return actions.reassigning(to, incident_id)

    def asked(self) -> str:
        """Return to whom, for the audit trail."""
        return ", ".join(map(self.name_of, self.person_ids))

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Assign as the owner of the key; never sent twice, because each execution pages."""
        await flashduty.assign(*incident_ids, person_ids=self.person_ids)

    def is_target(self, incident: Incident) -> bool:
        """Whether it is assigned to exactly these people, by no rule."""
        return incident.escalation_rule_id is None and set(incident.assigned_ids) == set(self.person_ids)


@dataclass(frozen=True, kw_only=True)
class Escalate(_Assign):
    """Give an open incident to whom a level of an escalation rule names."""

    level: RuleLevel
    action: ClassVar[AuditAction] = AuditAction.ESCALATE

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about escalating."""
        return actions.escalating(to, incident_id)

    def asked(self) -> str:
        """Return the level, for the audit trail."""
        return f"level {self.level.level + 1}"

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Assign as the owner of the key; never sent twice, because each execution pages."""
        await flashduty.assign(*incident_ids, level=self.level)

    def is_target(self, incident: Incident) -> bool:
        """Whether it is on that level of that rule."""
        given = (incident.escalation_rule_id or "").lower()
        return given == self.level.rule_id.lower() and incident.escalation_level == self.level.level


@dataclass(frozen=True, kw_only=True)
class AddResponders(_Giving):
    """Page further people for an open incident; without `channels` as they prefer."""

    person_ids: tuple[int, ...]
    channels: tuple[PersonalChannel, ...] = ()
    action: ClassVar[AuditAction] = AuditAction.ADD_RESPONDER

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about adding responders."""
        return actions.adding_responder(to, incident_id)

    def asked(self) -> str:
        """Return whom, and how they are notified, for the audit trail."""
        who = ", ".join(map(self.name_of, self.person_ids))
        return f"{who} by {', '.join(self.channels)}" if self.channels else who

    def audited_state(self, incident: Incident) -> str:
        """Return who the responders are, for the audit trail."""
        return ", ".join(self.name_of(one.person_id) for one in incident.responders)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Page as the owner of the key, one incident a call; never sent twice."""
        for incident_id in incident_ids:
            await flashduty.add_responders(incident_id, self.person_ids, channels=self.channels)

    def is_made(self, incident: Incident) -> bool:
        """Whether all of them are responders since it was asked for."""
        since = {one.person_id for one in incident.responders if self.is_since(one.assigned_at)}
        return set(self.person_ids) <= since

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether one of them is no responder yet."""
        del actor
        return not set(self.person_ids) <= {one.person_id for one in before.responders}

    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Read the incident again; raises FlashdutyError."""
        after = await read_again(actor.flashduty, before)
        is_there = set(self.person_ids) <= {one.person_id for one in after.responders}
        return (WriteState.MADE if is_there else WriteState.NOT_MADE), after
