"""Who pressed in Slack for what a timeline has in the name of the key's owner: found in the audit trail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from bot.audit.closers import MATCH_TOLERANCE, PERHAPS_MADE
from bot.audit.model import AuditAction, AuditResult
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_work as work
from bot.flashduty.models.timeline import TimelineEntry
from bot.storage.audit.audit_trail import AuditedAttempt, AuditQuery, AuditTable
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import key_fingerprint

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
        since = datetime.fromtimestamp(min(one.created_ms for one in listed) / 1_000, tz=self._now().tzinfo)
        try:
            return pressed_for(listed, await self._attempts(team, incident_id, since=since))
        except DatabaseUnavailable as error:
            log.warning("story.presses_unread", team=team, incident=incident_id, why=str(error))
            return {}

    async def is_made_by(
        self,
        request_name: str,
        action: AuditAction,
        *,
        team: str,
        incident_id: str,
        entries: Iterable[TimelineEntry],
        since: datetime,
    ) -> bool | None:
        """Whether an entry after a time is of the attempt that a request wrote; None where it wrote none.

        `entries` are those of the owner of the key. Raises DatabaseUnavailable.
        """
        attempts, request_key = await self._attempts(team, incident_id, since=since), key_fingerprint(request_name)
        theirs = [one for one in attempts if (one.attempt.request_key, one.attempt.action) == (request_key, action)]
        if not theirs:
            return None
        of_action = [one for one in entries if action_of(one) is action]
        return any(one in theirs for one in matched(of_action, attempts).values())

    async def _attempts(self, team: str, incident_id: str, *, since: datetime) -> list[AuditedAttempt]:
        query = AuditQuery(since=since - MATCH_TOLERANCE, teams=(team,), number=incident_id, oldest_first=True)
        return await self._table.read(query, self._now())


def action_of(entry: TimelineEntry) -> AuditAction | None:
    """Return the action that an entry is of; None for another kind."""
    if isinstance(entry.detail, details.Assigned):
        return _ASSIGNMENTS.get(entry.detail.kind)
    return _ACTIONS.get(type(entry.detail))


def pressed_for(entries: Iterable[TimelineEntry], attempts: Sequence[AuditedAttempt]) -> dict[EntryKey, str]:
    """Return the name in Slack of whoever pressed for each entry, where that is known. Pure."""
    return {key: one.attempt.slack_user_name for key, one in matched(entries, attempts).items()}


def matched(entries: Iterable[TimelineEntry], attempts: Sequence[AuditedAttempt]) -> dict[EntryKey, AuditedAttempt]:
    """Match each entry with the attempt of its kind that is nearest in time, each attempt once. Pure.

    Of two within the same second the one that is known to be done counts.
    """
    left = [one for one in attempts if one.outcome is None or one.outcome.result in PERHAPS_MADE]
    found: dict[EntryKey, AuditedAttempt] = {}
    for entry in entries:
        near = [one for one in left if _is_of(entry, one)]
        if near:
            one = min(near, key=lambda attempt: (int(_distance(entry, attempt)), not _is_done(attempt)))
            left.remove(one)
            found[entry_key(entry)] = one
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


def _is_done(one: AuditedAttempt) -> bool:
    return one.outcome is not None and one.outcome.result == AuditResult.DONE


def _distance(entry: TimelineEntry, one: AuditedAttempt) -> float:
    return abs(entry.created_ms / 1_000 - one.attempt.attempted_at.timestamp())
