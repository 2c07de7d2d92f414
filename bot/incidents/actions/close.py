"""The commands that close an incident and reopen it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.audit.model import AuditAction
from bot.flashduty import Flashduty, Incident, Progress
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.incidents.actions.command import Actor, KeyIdentity, Repetition, VisibleCommand
from bot.incidents.changes import CLOCK_TOLERANCE, after_close, after_reopen, is_same_time
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords


@dataclass(frozen=True, kw_only=True)
class Close(VisibleCommand):
    """Close an open incident; a text that is empty stays as it is in Flashduty.

    `answers` are those to the form that the account demands.
    """

    root_cause: str = ""
    resolution: str = ""
    description: str = ""
    answers: FormAnswers = NO_ANSWERS
    action: ClassVar[AuditAction] = AuditAction.CLOSE
    repetition: ClassVar[Repetition] = Repetition.WITHOUT_EFFECT
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.TRIGGERED, Progress.PROCESSING, Progress.UNKNOWN})

    @classmethod
    def with_notes(cls, notes: Mapping[str, str], answers: FormAnswers = NO_ANSWERS) -> "Close":
        """Close with texts by the names of their fields."""
        root_cause, resolution = notes.get("root_cause", ""), notes.get("resolution", "")
        description = notes.get("description", "")
        return cls(root_cause=root_cause, resolution=resolution, description=description, answers=answers)

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about closing."""
        return actions.closing(to, incident_id)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Close as the owner of the key; a repetition changes nothing."""
        await flashduty.close(*incident_ids, **self.notes(), answers=self.answers)

    def notes(self) -> dict[str, str]:
        """Return the texts that are not empty, by the names of their fields."""
        texts = {"root_cause": self.root_cause, "resolution": self.resolution, "description": self.description}
        return {name: text for name, text in texts.items() if text}

    def asked(self) -> str:
        """Return what was answered, for the audit trail: the names of the fields."""
        return self.answers.named()

    def answered(self) -> FormAnswers:
        """Return the answers to the account's form."""
        return self.answers

    def is_made(self, incident: Incident) -> bool:
        """Whether the incident is closed."""
        return incident.progress is Progress.CLOSED

    def is_made_since(self, incident: Incident, at: datetime) -> bool:
        """Whether it was closed after a time, and not before by somebody else."""
        return self.is_made(incident) and (incident.closed_at is None or incident.closed_at >= at - CLOCK_TOLERANCE)

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Return the incident, closed."""
        return after_close(
            before,
            identity.stamp(at) if identity is not None else int(at.timestamp()),
            root_cause=self.root_cause,
            resolution=self.resolution,
            description=self.description,
        )


@dataclass(frozen=True, kw_only=True)
class Reopen(VisibleCommand):
    """Reopen a closed incident, which pages its responders; `closed_at` identifies the closing, None means any."""

    reason: str = ""
    closed_at: int | None = None
    action: ClassVar[AuditAction] = AuditAction.REOPEN
    wanted: ClassVar[frozenset[Progress]] = frozenset({Progress.CLOSED})

    def words(self, to: Audience, incident_id: str) -> ChangeWords:
        """Return the sentences about reopening."""
        return actions.reopening(to, incident_id)

    async def write(self, flashduty: Flashduty, incident_ids: Sequence[str]) -> None:
        """Reopen as the owner of the key; never sent twice, because each execution pages."""
        await flashduty.reopen(*incident_ids, reason=self.reason)

    def is_made(self, incident: Incident) -> bool:
        """Whether the incident is open."""
        return incident.is_open

    async def may_change(self, actor: Actor, before: Incident) -> bool:
        """Whether it was closed by the closing that is meant."""
        del actor
        if self.closed_at is None or before.closed_at is None:
            return True
        return is_same_time(before.closed_at, self.closed_at)

    def applied(self, before: Incident, identity: KeyIdentity | None, at: datetime) -> Incident:
        """Return the incident, open again."""
        del identity, at
        return after_reopen(before)
