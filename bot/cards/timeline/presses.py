"""Who pressed in Slack for what a timeline has in the name of the key's owner: found in the audit trail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from bot.audit.closers import MATCH_TOLERANCE, PERHAPS_MADE
from bot.audit.model import AuditAction
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_work as work
from bot.flashduty.models.timeline import TimelineEntry
from bot.storage.audit.audit_trail import AuditedAttempt, AuditQuery, AuditTable
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

EntryKey = tuple[int, str]
"""The time of an entry in ms, and its type."""
_ACTIONS: Final[Mapping[type[details.Detail], AuditAction]] = {
    details.AcknowledgedEntry: AuditAction.ACKNOWLEDGE,
    details.Unacknowledged: AuditAction.UNACKNOWLEDGE,
    details.Snoozed: AuditAction.SNOOZE,
    details.Woken: AuditAction.WAKE,
    details.Closed: AuditAction.CLOSE,
    details.Reopened: AuditAction.REOPEN,
    details.RespondersAdded: AuditAction.ADD_RESPONDER,
    work.ActionRun: AuditAction.CUSTOM_ACTION,
}
_ASSIGNMENTS: Final = {
    "assign": AuditAction.REASSIGN,
    "reassign": AuditAction.REASSIGN,
    "escalate": AuditAction.ESCALATE,
}


class ActionPresses:
    """Finds the people who pressed."""

    def __init__(self, table: AuditTable, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def of(self, team: str, incident_id: str, entries: Iterable[TimelineEntry]) -> Mapping[EntryKey, str]:
        """Return the names in Slack by entry; none while the database does not answer."""
        listed = [one for one in entries if one.creator_id > 0 and action_of(one) is not None and one.created_at]
        if not listed:
            return {}
        since = min(one.created_ms for one in listed) / 1_000 - MATCH_TOLERANCE.total_seconds()
        query = AuditQuery(
            since=datetime.fromtimestamp(since, tz=self._now().tzinfo),
            teams=(team,),
            number=incident_id,
            oldest_first=True,
        )
        try:
            return pressed_for(listed, await self._table.read(query, self._now()))
        except DatabaseUnavailable as error:
            log.warning("story.presses_unread", team=team, incident=incident_id, why=str(error))
            return {}


def action_of(entry: TimelineEntry) -> AuditAction | None:
    """Return the action that an entry is of; None for another kind."""
    if isinstance(entry.detail, details.Assigned):
        return _ASSIGNMENTS.get(entry.detail.kind)
    return _ACTIONS.get(type(entry.detail))


def pressed_for(entries: Iterable[TimelineEntry], attempts: Sequence[AuditedAttempt]) -> dict[EntryKey, str]:
    """Match each entry with the attempt of its kind that is nearest in time, each attempt once. Pure."""
    left = [one for one in attempts if one.outcome is None or one.outcome.result in PERHAPS_MADE]
    found: dict[EntryKey, str] = {}
    for entry in entries:
        near = [one for one in left if _is_of(entry, one)]
        if near:
            one = min(near, key=lambda attempt: _distance(entry, attempt))
            left.remove(one)
            found[entry_key(entry)] = one.attempt.slack_user_name
    return found


def entry_key(entry: TimelineEntry) -> EntryKey:
    """Return what identifies an entry."""
    return entry.created_ms, type(entry.detail).__name__


def _is_of(entry: TimelineEntry, one: AuditedAttempt) -> bool:
    owner = one.outcome.key_owner_id if one.outcome is not None else None
    is_owner = not owner or owner == entry.creator_id
    return (
        is_owner and one.attempt.action == action_of(entry) and _distance(entry, one) <= MATCH_TOLERANCE.total_seconds()
    )


def _distance(entry: TimelineEntry, one: AuditedAttempt) -> float:
    return abs(entry.created_ms / 1_000 - one.attempt.attempted_at.timestamp())
