"""The command that runs a custom action of the account for an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.audit.audited import ActionFailedError
from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, Incident, Progress
from bot.incidents.actions.command import Actor, IncidentCommand, KeyIdentity, Repetition, WriteState
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords


@dataclass(frozen=True, kw_only=True)
class RunCustomAction(IncidentCommand):
    """Run a custom action for an open incident; what it does is set up in Flashduty, and cannot be seen there."""

    integration_id: int
    name: str
    action: ClassVar[AuditAction] = AuditAction.CUSTOM_ACTION
    repetition: ClassVar[Repetition] = Repetition.OF_ITS_OWN
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.TRIGGERED, Progress.PROCESSING})

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about running it."""
        return actions.running_custom_action(to, incident_id)

    def asked(self) -> str:
        """Return which one, for the audit trail."""
        return f"{self.name} ({self.integration_id})"

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Run it as the owner of the key, never sent twice; raises ActionFailedError where its own call failed."""
        for incident_id in incident_ids:
            result = await flashduty.run_custom_action(incident_id, self.integration_id)
            if result.has_failed:
                raise ActionFailedError(incident_id, result.failure)

    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Say that it is not known: the timeline may show that it was run, and not whether it failed."""
        del actor, before
        return WriteState.UNKNOWN, None

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Return the incident, which stays as it is."""
        del identity, at
        return before
