"""The command that writes a comment to an incident's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, Incident
from bot.incidents.actions.command import Actor, IncidentCommand, KeyIdentity, WriteState
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords


@dataclass(frozen=True, kw_only=True)
class AddComment(IncidentCommand):
    """Add a comment, open incident or closed; `text` is Markdown as Flashduty takes it.

    `type_id` is a type of the account's own, empty for none.
    """

    text: str
    type_id: str = ""
    action: ClassVar[AuditAction] = AuditAction.COMMENT

    def audited_state(self, incident: Incident) -> str:
        """Return nothing: a comment changes the timeline alone."""
        del incident
        return ""

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about a comment."""
        return actions.commenting(to, incident_id)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Add the comment as the owner of the key, one call for each incident."""
        for incident_id in incident_ids:
            await flashduty.comment(incident_id, self.text, type_id=self.type_id or None)

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Return the incident unchanged: only the timeline shows a comment."""
        del identity, at
        return before

    async def verify(self, actor: Actor, before: Incident) -> tuple[WriteState, Incident | None]:
        """Return UNKNOWN: an incident does not show its comments, and two equal comments may be intended."""
        del actor, before
        return WriteState.UNKNOWN, None
