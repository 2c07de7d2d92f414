"""A change of an incident under way, and how it is noted."""

import copy
from dataclasses import dataclass

from sandbox.flashduty.model.account import Account
from sandbox.flashduty.model.history import SYSTEM
from sandbox.flashduty.wire.checks import Record


@dataclass(frozen=True, kw_only=True)
class Change:
    """Who changes which incident, and when (Unix seconds); `by` is a person id, 0 for the system."""

    account: Account
    incident: Record
    by: int
    at: int

    def __post_init__(self) -> None:
        # What happened before the sandbox stands in the timeline before what happens now.
        self.account.timeline.of(self.incident)
        self.account.earlier[self.incident["incident_id"]] = (self.at, copy.deepcopy(self.incident))

    def note(self, what: str, detail: Record | None = None, *, ref_id: str = "") -> None:
        """Write an entry of the timeline, after the change."""
        self.incident["updated_at"] = self.at
        self.account.timeline.note(
            self.incident["incident_id"], what, at=self.at, person_id=self.by, detail=detail, ref_id=ref_id
        )

    def note_by_system(self, what: str, detail: Record) -> None:
        """Write an entry of what the system does because of the change."""
        self.incident["updated_at"] = self.at
        self.account.timeline.note(self.incident["incident_id"], what, at=self.at, person_id=SYSTEM, detail=detail)
