"""What a person did, or tried to do: the attempt, and what became of it. Plain values."""

import itertools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.teams.team import SlackPerson

_NUMBER_LENGTH: Final = 6
# Attempts of one process at one instant stay in their order.
_COUNT: Final = itertools.count()


class AuditAction(StrEnum):
    """What a person can do that changes something; the values are stored and exported."""

    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    SNOOZE = "snooze"
    WAKE = "wake"
    CLOSE = "close"
    REOPEN = "reopen"
    REASSIGN = "reassign"
    ESCALATE = "escalate"
    ADD_RESPONDER = "add_responder"
    CUSTOM_ACTION = "custom_action"
    COMMENT = "comment"
    COVER_SHIFT = "cover_shift"
    APPROVE_GROUP_SYNC = "approve_group_sync"
    DECLINE_GROUP_SYNC = "decline_group_sync"
    STOP_GROUP_SYNC = "stop_group_sync"
    PROPOSE_GROUP_SYNC = "propose_group_sync"
    POST_DIGEST = "post_digest"
    POST_REPORT = "post_report"


class AuditResult(StrEnum):
    """What became of an attempt; the values are stored and exported."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """Nothing was to be changed: somebody else was first, or the incident is closed."""

    REFUSED = "refused"
    """The bot itself refused it, and nothing was sent."""

    NOT_DONE = "not_done"
    NOT_KNOWN = "not_known"
    """As well for an attempt whose process ended before it could note the outcome."""


@dataclass(frozen=True, kw_only=True)
class AuditActor:
    """Who acts, for which team, by which request: `once` is the request's deduplication key."""

    team: str
    person: SlackPerson
    workspace: str = ""
    once: str = ""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt: on one incident, or without one on what `subject` names.

    `asked` is what was asked for besides the action, such as "60 minutes" or a person's name. Neither holds secrets, or
    the text of a comment.
    """

    actor: AuditActor
    action: AuditAction
    at: datetime
    incident_id: str = ""
    subject: str = ""
    asked: str = ""
    id: str = field(default_factory=lambda: f"{next(_COUNT):012x}{secrets.token_hex(10)}")


@dataclass(frozen=True, kw_only=True)
class AttemptOutcome:
    """What became of an attempt; `old` and `new` are empty where they are not known.

    `reason` is the code of an error or a few fixed words, `request_id` Flashduty's id of the call, and `comment` what
    the timeline of the incident is to say about it, empty for nothing.
    """

    attempt: Attempt
    result: AuditResult
    old: str = ""
    new: str = ""
    reason: str = ""
    request_id: str = ""
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """An attempt as people read it; `number` is that of the incident with its sign, empty without one."""

    at: datetime
    who: str
    action: AuditAction
    result: AuditResult
    number: str = ""
    subject: str = ""
    asked: str = ""
    reason: str = ""


def incident_number(incident_id: str) -> str:
    """Return the number that people use, with its sign; empty for no incident."""
    return f"#{incident_id[-_NUMBER_LENGTH:].upper()}" if incident_id else ""


def outcomes_of(
    attempts: Iterable[Attempt], result: AuditResult, *, reason: str = "", request_id: str = ""
) -> tuple[AttemptOutcome, ...]:
    """Return the same outcome for all attempts."""
    return tuple(AttemptOutcome(attempt=one, result=result, reason=reason, request_id=request_id) for one in attempts)
