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
from bot.teams.team import Team

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

    async def of(
        self, team: str, incident_id: str, entries: Iterable[TimelineEntry], *, owner: int | None = None
    ) -> Mapping[EntryKey, str]:
        """Return the names in Slack by entry; none while the database does not answer.

        `owner` is that of the team's key, where it is known.
        """
        listed = [one for one in entries if one.creator_id > 0 and action_of(one) is not None and one.created_at]
        if not listed:
            return {}
        since = datetime.fromtimestamp(min(one.created_ms for one in listed) / 1_000, tz=self._now().tzinfo)
        try:
            return pressed_for(listed, await self._attempts(team, incident_id, since=since), owner=owner)
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


def key_owner_id(team: Team) -> int | None:
    """Return the owner of a team's key, where that is known without a call."""
    owner = team.flashduty.cached_key_owner()
    return owner.member_id if owner is not None else None


def action_of(entry: TimelineEntry) -> AuditAction | None:
    """Return the action that an entry is of; None for another kind."""
    if isinstance(entry.detail, details.Assigned):
        return _ASSIGNMENTS.get(entry.detail.kind)
    return _ACTIONS.get(type(entry.detail))


def pressed_for(
    entries: Iterable[TimelineEntry], attempts: Sequence[AuditedAttempt], *, owner: int | None = None
) -> dict[EntryKey, str]:
    """Return the name in Slack of whoever pressed for each entry, where that is known. Pure."""
    return {key: one.attempt.slack_user_name for key, one in matched(entries, attempts, owner=owner).items()}


def matched(
    entries: Iterable[TimelineEntry], attempts: Sequence[AuditedAttempt], *, owner: int | None = None
) -> dict[EntryKey, AuditedAttempt]:
    """Match entries with attempts of their kind, those that are nearest in time first, each of both once. Pure.

    Of two within the same second the one that is known to be done counts. `owner` is that of the key for attempts
    without an outcome: what anybody else did is theirs.
    """
    left = [one for one in attempts if one.outcome is None or one.outcome.result in PERHAPS_MADE]
    pairs = [(entry, one) for entry in entries for one in left if _is_of(entry, one, owner)]
    found: dict[EntryKey, AuditedAttempt] = {}
    for entry, one in sorted(pairs, key=lambda pair: (int(_distance(*pair)), not _is_done(pair[1]))):
        if entry_key(entry) not in found and not any(one is other for other in found.values()):
            found[entry_key(entry)] = one
    return found


def entry_key(entry: TimelineEntry) -> EntryKey:
    """Return what identifies an entry."""
    return entry.created_ms, type(entry.detail).__name__


def _is_of(entry: TimelineEntry, one: AuditedAttempt, owner: int | None) -> bool:
    owner = (one.outcome.key_owner_id if one.outcome is not None else None) or owner
    is_owner = not owner or owner == entry.creator_id
    return (
        is_owner and one.attempt.action == action_of(entry) and _distance(entry, one) <= MATCH_TOLERANCE.total_seconds()
    )


def _is_done(one: AuditedAttempt) -> bool:
    return one.outcome is not None and one.outcome.result == AuditResult.DONE


def _distance(entry: TimelineEntry, one: AuditedAttempt) -> float:
    return abs(entry.created_ms / 1_000 - one.attempt.attempted_at.timestamp())
