"""Who pressed Close in Slack: Flashduty has the owner of the key as the one who closed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.audit.model import AuditAction, AuditResult
from bot.flashduty import Incident, Progress
from bot.storage.audit.audit_trail import AuditedAttempt, AuditTable
from bot.teams.team import MemberStatus, SlackPerson

# An attempt is written before it is sent; the clocks differ, and Flashduty may take its time.
MATCH_TOLERANCE: Final = timedelta(minutes=1)
# An attempt without an outcome is under way, or its process has ended.
PERHAPS_MADE: Final = frozenset({AuditResult.DONE, AuditResult.NOT_KNOWN})


class Closers:
    """Finds in the audit trail who closed incidents."""

    def __init__(self, table: AuditTable, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def of(self, team: str, incidents: Iterable[Incident]) -> Mapping[str, SlackPerson]:
        """Return who closed incidents in Slack, by the ids of the incidents; raises DatabaseUnavailable."""
        closed = {one.id: one.closed_at for one in incidents if one.progress is Progress.CLOSED and one.closed_at}
        if not closed:
            return {}
        attempts = await self._table.on_incidents(
            team,
            AuditAction.CLOSE.value,
            tuple(closed),
            since=min(closed.values()) - MATCH_TOLERANCE,
            until=max(closed.values()) + MATCH_TOLERANCE,
            now=self._now(),
        )
        found = ((one, closer_of(one, attempts)) for one in incidents if one.id in closed)
        return {one.id: closer for one, closer in found if closer is not None}


def closer_of(incident: Incident, attempts: Sequence[AuditedAttempt]) -> SlackPerson | None:
    """Return who made the attempt that closed an incident; None where it was closed elsewhere. Pure."""
    near = [one for one in attempts if _closed(incident, one)]
    if not near:
        return None
    made = min(near, key=lambda one: _distance(incident, one)).attempt
    return SlackPerson(made.slack_user_id, made.slack_user_name, MemberStatus.MEMBER)


def _closed(incident: Incident, one: AuditedAttempt) -> bool:
    """Whether an attempt can have closed the incident; after a press it is not read again, and names nobody."""
    owner = one.outcome.key_owner_id if one.outcome is not None else None
    is_owner = not owner or not incident.closer_id or owner == incident.closer_id
    is_perhaps_made = one.outcome is None or one.outcome.result in PERHAPS_MADE
    is_same = one.attempt.incident_id == incident.id
    return is_same and is_owner and is_perhaps_made and _distance(incident, one) <= MATCH_TOLERANCE


def _distance(incident: Incident, one: AuditedAttempt) -> timedelta:
    at = incident.closed_at
    return abs(at - one.attempt.attempted_at) if at is not None else timedelta.max
