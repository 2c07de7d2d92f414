"""The query for incidents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.flashduty.models.incidents import Progress, Severity

MAX_WINDOW: Final = timedelta(days=31)
MAX_PAGE_SIZE: Final = 100
_QUERYABLE_SEVERITIES: Final = frozenset({Severity.CRITICAL, Severity.WARNING, Severity.INFO})


@dataclass(frozen=True)
class IncidentQuery:
    """Filters of `/incident/list`: `start` and `end` are aware and at most 31 days apart, `limit` is 1 to 100.

    An incident that began before `start` is not found, even if it is still open. Empty filters match everything.
    Raises ValueError for what Flashduty would refuse. Source: /en/api-reference/on-call/incidents/incident-list.
    """

    start: datetime
    end: datetime
    progress: Sequence[Progress] | frozenset[Progress] = ()
    severities: Sequence[Severity] | frozenset[Severity] = ()
    text: str | None = None
    channel_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()
    responder_ids: tuple[int, ...] = ()
    nums: tuple[str, ...] = ()
    incident_ids: tuple[str, ...] = ()
    limit: int = MAX_PAGE_SIZE
    cursor: str | None = None
    oldest_first: bool = False

    def __post_init__(self) -> None:
        if not timedelta(0) < self.end - self.start <= MAX_WINDOW:
            raise ValueError(f"the window is {self.end - self.start}, Flashduty takes up to {MAX_WINDOW.days} days")
        if not 0 < self.limit <= MAX_PAGE_SIZE:
            raise ValueError(f"a page of {self.limit}, Flashduty takes 1 to {MAX_PAGE_SIZE}")
        if Progress.UNKNOWN in self.progress or not _QUERYABLE_SEVERITIES.issuperset(self.severities):
            raise ValueError("Flashduty has no filter for this progress or severity")

    def body(self) -> dict[str, Any]:
        """Build the request body; empty filters are left out."""
        filters: dict[str, Any] = {
            "start_time": int(self.start.timestamp()),
            "end_time": int(self.end.timestamp()),
            "limit": self.limit,
            "progress": ",".join(word for word in Progress if word in self.progress),
            "incident_severity": ",".join(word for word in Severity if word in self.severities),
            "query": self.text,
            "channel_ids": list(self.channel_ids),
            "team_ids": list(self.team_ids),
            "responder_ids": list(self.responder_ids),
            "nums": list(self.nums),
            "incident_ids": list(self.incident_ids),
            "search_after_ctx": self.cursor,
            "asc": self.oldest_first,
        }
        return {name: value for name, value in filters.items() if value}
