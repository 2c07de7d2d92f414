"""The commands that snooze an incident and end a snooze."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, Incident, Progress
from bot.incidents.actions.command import Actor, KeyIdentity, Repetition, VisibleCommand, WriteState
from bot.incidents.changes import after_snooze, after_wake, is_same_time
from bot.incidents.model import is_snoozed
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords


@dataclass(frozen=True, kw_only=True)
class Snooze(VisibleCommand):
    """Snooze an acknowledged incident from `now` for 1 to 1,440 minutes."""

    minutes: int
    now: datetime
    action: ClassVar[AuditAction] = AuditAction.SNOOZE
    is_sent_again: ClassVar[bool] = True
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.PROCESSING})

    @classmethod
    def until_time(cls, until: datetime, now: datetime) -> "Snooze":
        """Snooze until a time, to the next full minute."""
        return cls(minutes=math.ceil((until - now) / timedelta(minutes=1)), now=now)

    @property
    def until(self) -> datetime:
        """When the snooze ends."""
        return self.now + timedelta(minutes=self.minutes)

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about a snooze."""
        return actions.snoozing(to, incident_id)

    def asked(self) -> str:
        """Return for how long, for the audit trail."""
        return f"{self.minutes} minutes"

    def audited_state(self, incident: Incident) -> str:
        """Return until when it is snoozed, for the audit trail."""
        return _snoozed_state(incident)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Snooze as the owner of the key; a repetition is booked once more, and moves the end."""
        await flashduty.snooze(*incident_ids, minutes=self.minutes)

    def is_made(self, incident: Incident) -> bool:
        """Whether the incident is snoozed until the time that was asked for."""
        until = incident.snoozed_until
        return until is not None and is_same_time(until, self.until.timestamp())

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether it is not snoozed until that time already."""
        del actor
        return not self.is_made(before)

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Return the incident, snoozed."""
        until = at + timedelta(minutes=self.minutes)
        return after_snooze(before, identity.stamp(until) if identity is not None else int(until.timestamp()))


@dataclass(frozen=True, kw_only=True)
class Wake(VisibleCommand):
    """End the snooze of an incident; `snoozed_until` identifies the snooze, None means any."""

    now: datetime
    snoozed_until: int | None = None
    action: ClassVar[AuditAction] = AuditAction.WAKE
    repetition: ClassVar[Repetition] = Repetition.WITHOUT_EFFECT
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.TRIGGERED, Progress.PROCESSING})

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about ending a snooze."""
        return actions.waking(to, incident_id)

    def audited_state(self, incident: Incident) -> str:
        """Return until when it is snoozed, for the audit trail."""
        return _snoozed_state(incident)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """End the snooze as the owner of the key; a repetition changes nothing."""
        await flashduty.wake(*incident_ids)

    def is_made(self, incident: Incident) -> bool:
        """Whether the incident is not snoozed."""
        return not is_snoozed(incident, self.now)

    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Read the incident again; one that was closed meanwhile is not snoozed either. Raises FlashdutyError."""
        state, after = await super().verify(actor, before)
        is_closed = after is not None and after.progress is Progress.CLOSED
        return (WriteState.UNKNOWN if is_closed else state), after

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether it is snoozed, and by the snooze that is meant."""
        del actor
        until = before.snoozed_until
        if until is None or not is_snoozed(before, self.now):
            return False
        return self.snoozed_until is None or is_same_time(until, self.snoozed_until)

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Return the incident, no longer snoozed."""
        del identity, at
        return after_wake(before)


def _snoozed_state(incident: Incident) -> str:
    until = incident.snoozed_until
    return f"snoozed until {until:%Y-%m-%dT%H:%MZ}" if until is not None else "not snoozed"
