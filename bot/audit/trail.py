"""The one place through which every change of a person is written to the audit trail, before and after it is made.

The trail never stands in the way: while the database does not answer, the person acts all the same. What could not be
written is logged in full and counted, and the people of ADMINS are told of it once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.audit.model import Attempt, AttemptOutcome, AuditResult
from bot.flashduty import Flashduty
from bot.storage.audit.audit_trail import AuditTable, StoredAttempt, StoredOutcome
from bot.storage.audit.owed_comments import OwedComment
from bot.storage.columns import SUBJECT_LENGTH
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import bounded_key, key_fingerprint

log = structlog.get_logger(__name__)

# The person waits for the answer.
AUDIT_TIMEOUT: Final = 0.5
# What has not reached the timeline by then would come as a surprise there.
COMMENT_RETENTION: Final = timedelta(hours=12)
AUDIT_FAILURES: Final = (DatabaseUnavailable, TimeoutError)


@dataclass(frozen=True, kw_only=True)
class AuditLoss:
    """How many outcomes could not be written, and since when."""

    since: datetime
    count: int


class AuditTrail:
    """Writes attempts and their outcomes; no method raises."""

    def __init__(self, table: AuditTable, *, workspace: str, retention: timedelta, now: Callable[[], datetime]) -> None:
        self._table = table
        self._workspace = workspace
        self._retention = retention
        self._now = now
        self.loss: AuditLoss | None = None
        """What was lost in this process; None after a start, and as long as nothing is."""
        self.unstored: list[OwedComment] = []
        """Comments that are owed, and could not be stored."""

    async def begin(self, *attempts: Attempt) -> None:
        """Write attempts before anything of them is sent; waits for half a second at most."""
        stored = [self._stored(one) for one in attempts]
        await self._within_time(self._table.add(stored, self._now() + self._retention), "audit.attempt_not_written")

    async def conclude(self, outcomes: Iterable[AttemptOutcome], *, flashduty: Flashduty | None = None) -> None:
        """Write what became of attempts, those too that could not be written before, and the comments they owe.

        `flashduty` is the client the call was made with, whose key's owner Flashduty has as the one who did it.
        """
        ended = tuple(outcomes)
        pairs = [(self._stored(one.attempt), self._outcome(one, flashduty)) for one in ended]
        comments = [owed for one in ended if (owed := self._owed(one)) is not None]
        written = self._table.conclude(pairs, comments=comments, kept_until=self._now() + self._retention)
        if not await self._within_time(written, "audit.outcome_not_written"):
            self._lose(ended)
            self.unstored += comments

    async def found(self, request_name: str, result: AuditResult, *, flashduty: Flashduty | None = None) -> None:
        """Write what was found out later about a request whose process ended first."""
        try:
            attempts = await self._table.unconcluded(request_name)
        except DatabaseUnavailable as error:
            log.warning("audit.not_read", why=str(error))
            return
        now = self._now()
        ended = [
            (one, _with_owner(StoredOutcome(attempt_id=one.attempt_id, result=result, noted_at=now), flashduty))
            for one in attempts
        ]
        if ended:
            written = self._table.conclude(ended, kept_until=now + self._retention)
            await self._within_time(written, "audit.outcome_not_written")

    async def _within_time(self, work: Awaitable[None], event: str) -> bool:
        """Wait for a transaction, which goes on to its own end when that takes too long."""
        try:
            async with asyncio.timeout(AUDIT_TIMEOUT):
                await work
        except AUDIT_FAILURES as error:
            log.warning(event, why=str(error) or type(error).__name__)
            return False
        return True

    def _lose(self, ended: Sequence[AttemptOutcome]) -> None:
        """Log all that the rows would have had, and count it."""
        for one in ended:
            attempt, actor = one.attempt, one.attempt.actor
            log.error(
                "audit.lost",
                team=actor.team,
                slack_user=actor.person.id,
                action=attempt.action.value,
                incident=attempt.incident_id or None,
                subject=attempt.subject or None,
                asked=attempt.asked or None,
                result=one.result.value,
                reason=one.reason or None,
                request_id=one.request_id or None,
            )
        earlier = self.loss or AuditLoss(since=self._now(), count=0)
        self.loss = AuditLoss(since=earlier.since, count=earlier.count + len(ended))

    def _stored(self, attempt: Attempt) -> StoredAttempt:
        actor = attempt.actor
        return StoredAttempt(
            attempt_id=attempt.id,
            attempted_at=attempt.at,
            team=actor.team,
            workspace=actor.workspace or self._workspace,
            slack_user_id=actor.person.id,
            slack_user_name=actor.person.name,
            action=attempt.action.value,
            incident_id=bounded_key(attempt.incident_id, SUBJECT_LENGTH),
            subject=attempt.subject,
            asked=attempt.asked,
            request_key=key_fingerprint(actor.once),
        )

    def _outcome(self, outcome: AttemptOutcome, flashduty: Flashduty | None) -> StoredOutcome:
        stored = StoredOutcome(
            attempt_id=outcome.attempt.id,
            result=outcome.result.value,
            noted_at=self._now(),
            reason=outcome.reason,
            old_value=outcome.old,
            new_value=outcome.new,
            request_id=outcome.request_id,
        )
        return _with_owner(stored, flashduty)

    def _owed(self, outcome: AttemptOutcome) -> OwedComment | None:
        if not outcome.comment or not outcome.attempt.incident_id:
            return None
        now = self._now()
        return OwedComment(
            attempt_id=outcome.attempt.id,
            team=outcome.attempt.actor.team,
            incident_id=outcome.attempt.incident_id,
            text=outcome.comment,
            created_at=now,
            kept_until=now + COMMENT_RETENTION,
        )


def _with_owner(outcome: StoredOutcome, flashduty: Flashduty | None) -> StoredOutcome:
    owner = flashduty.cached_key_owner() if flashduty is not None else None
    if owner is None:
        return outcome
    return replace(outcome, key_owner_id=owner.member_id, key_owner_name=owner.member_name)
