"""The command that writes a comment to an incident's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flashduty import Flashduty, Incident
from bot.incidents.commands import Actor, Fate, IncidentCommand, KeyIdentity
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords


@dataclass(frozen=True, kw_only=True)
class AddComment(IncidentCommand):
    """Add a comment, open incident or closed; `text` is Markdown as Flashduty takes it."""

    text: str

    def words(self, incident_id: str) -> ChangeWords:
        """Speak of a comment."""
        return actions.commenting(incident_id)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Write it as the owner of the key, one call for each incident."""
        for incident_id in incident_ids:
            await flashduty.comment(incident_id, self.text)

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Give the incident as it was: a comment shows in the timeline alone."""
        del identity, at
        return before

    async def look(self, actor: Actor, before: Incident) -> tuple[Fate, Incident | None]:
        """Leave it open: nothing in the incident tells whether the comment is there, and a second one may be wanted."""
        del actor, before
        return Fate.UNKNOWN, None
