"""The one place through which every change of a person is written to the audit trail, before and after it is made.

The trail never stands in the way: while the database does not answer, the person acts all the same. What could not be
written is logged in full and counted, and the people of ADMINS are told of it once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.audit.model import Attempt, AttemptOutcome, AuditAction, AuditResult
from bot.flashduty import Flashduty
from bot.runtime.request_trail import note_audited
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


class Owe(Protocol):
    """Takes the comments that a request owes, and the transaction that stores them; must not raise."""

    def __call__(
        self, request_name: str, comments: Sequence[OwedComment], *, are_stored: "asyncio.Future[bool]"
    ) -> None:
        """Take comments."""


def owe_nothing(request_name: str, comments: Sequence[OwedComment], *, are_stored: "asyncio.Future[bool]") -> None:
    """Leave the comments to whoever reads the database."""
    del request_name, comments, are_stored


@dataclass(frozen=True, kw_only=True)
class AuditLoss:
    """How many outcomes could not be written, and since when."""

    since: datetime
    count: int


@dataclass(kw_only=True)
class Ending:
    """What a block notes of what became of its attempt; without a result nothing is noted."""

    result: AuditResult | None = None
    old: str = ""
    new: str = ""
    reason: str = ""

    def of(self, *, is_own: bool) -> None:
        """Note that it was done, or that somebody else was first."""
        self.result = AuditResult.DONE if is_own else AuditResult.UNCHANGED


class AuditTrail:
    """Writes attempts and their outcomes; no method raises."""

    def __init__(
        self,
        table: AuditTable,
        *,
        workspace: str,
        retention: timedelta,
        now: Callable[[], datetime],
        owe: Owe = owe_nothing,
    ) -> None:
        self._table = table
        self._workspace = workspace
        self._retention = retention
        self._now = now
        self._owe = owe
        self.loss: AuditLoss | None = None
        """What was lost last, without an outcome that was written in between."""
        self.lost = 0
        """How many outcomes were lost since the start."""
        self._is_losing = False
        self._writing: set[asyncio.Task[bool]] = set()

    async def begin(self, *attempts: Attempt) -> None:
        """Write attempts before anything of them is sent; waits for half a second at most."""
        note_audited()
        stored = [self._stored(one) for one in attempts]
        await self._within_time(self._table.add(stored, self._now() + self._retention), "audit.attempt_not_written")

    async def conclude(self, outcomes: Iterable[AttemptOutcome], *, flashduty: Flashduty | None = None) -> None:
        """Write what became of attempts, those too that could not be written before, and the comments they owe.

        `flashduty` is the client the call was made with, whose key's owner Flashduty has as the one who did it.
        """
        ended = tuple(outcomes)
        pairs = [(self._stored(one.attempt), self._outcome(one, flashduty)) for one in ended]
        comments = [owed for one in ended if (owed := self._owed(one)) is not None]
        written = self._concluded(pairs, comments, on_loss=lambda: self._lose(ended))
        for one in dict.fromkeys(one.attempt.actor.once for one in ended):
            self._owe(one, comments, are_stored=written)
        await self._within_time(asyncio.shield(written), "audit.outcome_not_written")

    @asynccontextmanager
    async def attempting(self, attempt: Attempt) -> AsyncIterator[Ending]:
        """Write an attempt before the block, and after it what the block has noted; for what has no incident.

        A block that raises leaves it not known, with the name of the exception; one that is cancelled notes nothing.
        """
        await self.begin(attempt)
        ending = Ending()
        try:
            yield ending
        except Exception as error:
            ending = Ending(result=AuditResult.NOT_KNOWN, reason=type(error).__name__)
            raise
        finally:
            if ending.result is not None:
                outcome = AttemptOutcome(
                    attempt=attempt, result=ending.result, old=ending.old, new=ending.new, reason=ending.reason
                )
                await self.conclude((outcome,))

    async def found(
        self,
        request_name: str,
        result_of: Callable[[AuditAction], AuditResult | None],
        *,
        flashduty: Flashduty,
        words: Callable[[AuditAction], str],
    ) -> None:
        """Write what was found out later about a request whose process ended first; `words` are for the timeline.

        `result_of` returns the result of each action of the request; None leaves it not known.
        """
        try:
            attempts = await self._table.unconcluded(request_name)
        except DatabaseUnavailable as error:
            log.warning("audit.not_read", why=str(error))
            return
        now = self._now()
        results = [(one, result) for one in attempts if (result := result_of(AuditAction(one.action))) is not None]
        ended = [
            (one, _with_owner(StoredOutcome(attempt_id=one.attempt_id, result=result, noted_at=now), flashduty))
            for one, result in results
        ]
        comments = [
            _comment(one.attempt_id, one.team, one.incident_id, text=text, now=now)
            for one, result in results
            if result is AuditResult.DONE and one.incident_id and (text := words(AuditAction(one.action)))
        ]
        if ended:
            written = self._concluded(ended, comments, on_loss=lambda: None)
            self._owe(request_name, comments, are_stored=written)
            await self._within_time(asyncio.shield(written), "audit.outcome_not_written")

    def _concluded(
        self,
        ended: Sequence[tuple[StoredAttempt, StoredOutcome]],
        comments: Sequence[OwedComment],
        *,
        on_loss: Callable[[], None],
    ) -> "asyncio.Task[bool]":
        """Write outcomes to the end of the transaction, however long somebody waits for it; False where it failed."""

        async def conclude() -> bool:
            try:
                await self._table.conclude(ended, comments=comments, kept_until=self._now() + self._retention)
            except DatabaseUnavailable as error:
                log.warning("audit.outcome_not_written", why=str(error))
                on_loss()
                return False
            self._is_losing = False
            return True

        task = asyncio.create_task(conclude(), name="audit outcomes")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return task

    async def _within_time(self, work: Awaitable[object], event: str) -> None:
        """Wait for a transaction, which goes on to its own end when that takes too long."""
        try:
            async with asyncio.timeout(AUDIT_TIMEOUT):
                await work
        except AUDIT_FAILURES as error:
            log.warning(event, why=str(error) or type(error).__name__)

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
        earlier = self.loss if self._is_losing else None
        begun = earlier or AuditLoss(since=self._now(), count=0)
        self.loss = AuditLoss(since=begun.since, count=begun.count + len(ended))
        self.lost += len(ended)
        self._is_losing = True

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
        attempt = outcome.attempt
        if not outcome.comment or not attempt.incident_id:
            return None
        return _comment(attempt.id, attempt.actor.team, attempt.incident_id, text=outcome.comment, now=self._now())


def _comment(attempt_id: str, team: str, incident_id: str, *, text: str, now: datetime) -> OwedComment:
    return OwedComment(
        attempt_id=attempt_id,
        team=team,
        incident_id=incident_id,
        text=text,
        created_at=now,
        kept_until=now + COMMENT_RETENTION,
    )


def _with_owner(outcome: StoredOutcome, flashduty: Flashduty | None) -> StoredOutcome:
    owner = flashduty.cached_key_owner() if flashduty is not None else None
    if owner is None:
        return outcome
    return replace(outcome, key_owner_id=owner.member_id, key_owner_name=owner.member_name)
