"""The commands that acknowledge an incident and withdraw an acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, Incident, Progress
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.actions.command import Actor, Change, KeyIdentity, Repetition, VisibleCommand
from bot.incidents.attribution import Attributions
from bot.incidents.changes import acknowledged, is_same_acknowledgement, unacknowledged
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords
from bot.people.directory import is_same_person, look_up_people
from bot.teams.team import SlackPerson


@dataclass(frozen=True, kw_only=True)
class Acknowledge(VisibleCommand):
    """Acknowledge unacknowledged incidents; `press` identifies the press, the same for a second delivery of it.

    `answers` are those to the form that the account demands.
    """

    acknowledgements: Acknowledgements
    attributions: Attributions
    press: str
    answers: FormAnswers = NO_ANSWERS
    action: ClassVar[AuditAction] = AuditAction.ACKNOWLEDGE
    repetition: ClassVar[Repetition] = Repetition.OF_ITS_OWN
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.TRIGGERED})

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about an acknowledgement."""
        return actions.acknowledging(to, incident_id)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Acknowledge as the owner of the key, up to 100 incidents; a repetition changes nothing."""
        await flashduty.acknowledge(*incident_ids, answers=self.answers)

    def asked(self) -> str:
        """Return what was answered, for the audit trail: the names of the fields."""
        return self.answers.named()

    def answered(self) -> FormAnswers:
        """Return the answers to the account's form."""
        return self.answers

    async def look_up(self, actor: Actor, incidents: Sequence[Incident]) -> None:
        """Look up the responders, of whom one may be who pressed."""
        ids = {one.person_id for incident in incidents for one in incident.responders}
        if len(actor.flashduty.cached_persons(ids)) < len(ids):
            await look_up_people(actor.briefly(), sorted(ids))

    def is_made(self, incident: Incident) -> bool:
        """Whether the incident is acknowledged or closed."""
        return incident.progress is not Progress.TRIGGERED

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident | None:
        """Return the incident with the acknowledgement of the key's owner; None where the owner is unknown."""
        return acknowledged(before, identity.person_id, identity.stamp(at)) if identity is not None else None

    def key_identity(self, before: Incident, after: Incident, at: datetime) -> KeyIdentity | None:
        """Return the only person who acknowledged since as the key's owner."""
        new = {one.person_id for one in after.acknowledgers} - {one.person_id for one in before.acknowledgers}
        if len(new) != 1 or after.acknowledged_at is None:
            return None
        return KeyIdentity(person_id=new.pop(), clock_ahead=after.acknowledged_at - at)

    async def recorded_before(self, actor: Actor, incident_id: str) -> str | None:
        """Return the stored press, which is stale once the incident is found unacknowledged."""
        return await self.acknowledgements.stored_press(actor.team.name, incident_id)

    async def record(self, actor: Actor, change: Change) -> SlackPerson | None:
        """Store who pressed and in whose name, unless another press on another replica was first."""
        if change.after is None:
            return None
        first = await self.acknowledgements.record(
            actor.team.name, change.after, actor.person, press=self.press, stale=change.recorded_before
        )
        if first is None:
            await self._attribute(actor, change.before, change.after)
        return first

    async def _attribute(self, actor: Actor, before: Incident, after: Incident) -> None:
        """Store in whose name a press acknowledged, and which of the incident's responders pressed."""
        ids = {one.person_id for one in (*before.responders, *after.responders)}
        people = actor.flashduty.cached_persons(ids)
        if len(people) < len(ids):
            people = await look_up_people(actor.briefly(), sorted(ids))
        own = (number for number, person in people.items() if is_same_person(person, actor.person))
        await self.attributions.record(actor.team.name, before, after, person=actor.person, person_id=next(own, 0))


@dataclass(frozen=True, kw_only=True)
class Unacknowledge(VisibleCommand):
    """Withdraw the person's own acknowledgement.

    `acknowledged_at` identifies the acknowledgement that the button was made for; None means any of the person's own.
    """

    acknowledgements: Acknowledgements
    attributions: Attributions
    acknowledged_at: int | None = None
    action: ClassVar[AuditAction] = AuditAction.UNACKNOWLEDGE
    repetition: ClassVar[Repetition] = Repetition.WITHOUT_EFFECT
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.PROCESSING})

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about a withdrawal."""
        return actions.undoing(to, incident_id)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Withdraw the acknowledgement of the key's owner, of up to 100 incidents."""
        await flashduty.unacknowledge(*incident_ids)

    def is_made(self, incident: Incident) -> bool:
        """Whether nobody has acknowledged the incident."""
        return incident.progress is Progress.TRIGGERED

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident | None:
        """Return the incident without the acknowledgement of the key's owner; None where the owner is unknown."""
        del at
        return unacknowledged(before, identity.person_id) if identity is not None else None

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether the acknowledgement is still the person's own; Flashduty names the key's owner for everybody."""
        presser = await self.attributions.presser(actor.team.name, before)
        if presser is not None and presser.id != actor.person.id:
            return False
        return self.acknowledged_at is None or is_same_acknowledgement(before, self.acknowledged_at)

    async def recorded_before(self, actor: Actor, incident_id: str) -> str | None:
        """Return the stored press, which is withdrawn."""
        return await self.acknowledgements.stored_press(actor.team.name, incident_id)

    async def record(self, actor: Actor, change: Change) -> None:
        """Store that the acknowledgement was withdrawn, and leave one that somebody has made since."""
        await self.acknowledgements.withdraw(actor.team.name, change.before.id, press=change.recorded_before)


@dataclass(frozen=True, kw_only=True)
class WithdrawAcknowledgement(Unacknowledge):
    """Withdraw an acknowledgement that was made in Slack, by whoever it was; none that was made elsewhere."""

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about unacknowledging."""
        return actions.unacknowledging(to, incident_id)

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether somebody acknowledged it in Slack; what the key's owner did in the console is theirs."""
        return await self.attributions.presser(actor.team.name, before) is not None
