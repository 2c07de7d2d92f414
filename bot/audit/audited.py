"""What the runner of commands on incidents writes to the audit trail: the attempts, and what became of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Protocol, Self

from bot.audit.model import Attempt, AttemptOutcome, AuditAction, AuditActor, AuditResult, outcomes_of
from bot.flashduty import Flashduty, FlashdutyError, Incident, Unreachable
from bot.flashduty.operation import Kind
from bot.runtime.request_trail import written_request_id
from bot.teams.team import AccessDenied, SlackPerson, Team

# The reasons of outcomes that no code of Flashduty gives.
OUTSIDE_SCOPE: Final = "outside_scope"
SOMEBODY_WAS_FIRST: Final = "somebody_was_first"
ACTION_FAILED: Final = "action_failed"
READING: Final = "reading"
NO_LONGER_SO: Final = "no_longer_so"


class AnswerLostError(Exception):
    """It is not known whether a change was made."""

    def __init__(self, error: FlashdutyError, incident_id: str) -> None:
        super().__init__(incident_id)
        self.error = error
        self.incident_id = incident_id


class ActionFailedError(Exception):
    """Flashduty ran an action of the account, and what that calls reported a `failure`, which is untrusted."""

    def __init__(self, incident_id: str, failure: str) -> None:
        super().__init__(incident_id)
        self.incident_id = incident_id
        self.failure = failure


AttributionWords = Callable[[Team, AuditAction, SlackPerson], str]
"""Returns what the timeline is to say about who did something; empty for nothing."""


def no_attribution(team: Team, action: AuditAction, person: SlackPerson) -> str:
    """Say nothing in the timeline."""
    del team, action, person
    return ""


class Trail(Protocol):
    """Where attempts and their outcomes are written; neither method raises."""

    def begin(self, *attempts: Attempt) -> Awaitable[None]:
        """Write attempts before anything of them is sent."""

    def conclude(self, outcomes: Iterable[AttemptOutcome], *, flashduty: Flashduty | None = None) -> Awaitable[None]:
        """Write what became of attempts."""


class NoTrail:
    """Writes nothing."""

    async def begin(self, *attempts: Attempt) -> None:
        """Write nothing."""

    async def conclude(self, outcomes: Iterable[AttemptOutcome], *, flashduty: Flashduty | None = None) -> None:
        """Write nothing."""


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What the trail is to know of a command: `state` returns of an incident what the command changes.

    `comment` is what the timeline is to say about it, empty for nothing.
    """

    actor: AuditActor
    action: AuditAction
    at: datetime
    asked: str
    state: Callable[[Incident], str]
    comment: str
    flashduty: Flashduty


class AuditedChange:
    """Writes one attempt for each incident while the block reads them, and at its end what became of each.

    A block that is cancelled leaves its attempts without an outcome, which is then not known.
    """

    def __init__(self, trail: Trail, audited: Audited, incident_ids: Sequence[str]) -> None:
        self._trail = trail
        self._audited = audited
        self._attempts = {one: self._attempt(one) for one in incident_ids}
        self._written_before = written_request_id()
        self._ended: dict[str, AttemptOutcome] = {}

    def _attempt(self, incident_id: str) -> Attempt:
        known = self._audited
        return Attempt(actor=known.actor, action=known.action, at=known.at, incident_id=incident_id, asked=known.asked)

    async def __aenter__(self) -> Self:
        self._writing = asyncio.ensure_future(self._trail.begin(*self._attempts.values()))
        return self

    async def are_written(self) -> None:
        """Wait until the attempts are written, or cannot be: nothing is sent before."""
        await self._writing

    def unchanged(self, incident: Incident, reason: str = "") -> None:
        """Note that nothing was to be changed, or that somebody else was first."""
        state = self._audited.state(incident)
        self._end(incident, AuditResult.UNCHANGED, old=state, new=state, reason=reason)

    def done(self, before: Incident, after: Incident | None) -> None:
        """Note a change that was made; `after` is None where it could not be read again."""
        state = self._audited.state
        self._end(before, AuditResult.DONE, old=state(before), new=state(after) if after is not None else "")

    def _end(self, incident: Incident, result: AuditResult, *, old: str, new: str, reason: str = "") -> None:
        is_done = result is AuditResult.DONE
        self._ended[incident.id] = AttemptOutcome(
            attempt=self._attempts[incident.id],
            result=result,
            old=old,
            new=new,
            reason=reason,
            request_id=self._request_id if is_done else "",
            comment=self._audited.comment if is_done else "",
        )

    @property
    def _request_id(self) -> str:
        """Flashduty's id of the call that this command has sent, if it has one."""
        written = written_request_id()
        return written if written and written != self._written_before else ""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._writing
        if error is not None and not isinstance(error, Exception):
            return
        ended = self._ended.values() if error is None else self._failed(error)
        await self._trail.conclude(tuple(ended), flashduty=self._audited.flashduty)

    def _failed(self, error: Exception) -> Iterable[AttemptOutcome]:
        attempts = self._attempts.values()
        if isinstance(error, AccessDenied):
            return outcomes_of(attempts, AuditResult.NOT_DONE, reason=OUTSIDE_SCOPE)
        if isinstance(error, ActionFailedError):
            return outcomes_of(attempts, AuditResult.NOT_DONE, reason=ACTION_FAILED, request_id=self._request_id)
        if isinstance(error, FlashdutyError):
            failed, result = error, AuditResult.NOT_DONE
        elif isinstance(error, AnswerLostError):
            failed, result = error.error, AuditResult.NOT_KNOWN
        else:
            return outcomes_of(attempts, AuditResult.NOT_KNOWN, reason=type(error).__name__)
        is_read = failed.operation.kind is Kind.READ
        reason = f"{reason_of(failed)} ({READING})" if is_read else reason_of(failed)
        return outcomes_of(attempts, result, reason=reason, request_id=failed.request_id or "")


def reason_of(error: FlashdutyError) -> str:
    """Return the code of an error."""
    return error.reason if isinstance(error, Unreachable) else error.raw_code or error.code.value
