"""Scheduled posts, their failures, and the causes of failures."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from bot.slack.api import SlackError
from bot.storage.columns import SUBJECT_LENGTH
from bot.storage.fingerprints import bounded_key
from bot.storage.postings import Posting, PostingKey, PostingKind

# The bot's own error codes, beside Slack's.
NO_SUCH_MEMBER: Final = "nobody_with_that_address"
NO_ADDRESS: Final = "no_address_in_flashduty"
NOT_VERIFIED: Final = "address_not_verified"
NO_RESPONDER: Final = "no_responder"
PERSON_CODES: Final = frozenset({NO_SUCH_MEMBER, NO_ADDRESS, NOT_VERIFIED, NO_RESPONDER})
# Of Slack, for a message that is to be edited: it was deleted, or the workspace forbids late edits.
CARD_DELETED: Final = "message_not_found"
CARD_EDIT_CLOSED: Final = "edit_window_closed"
# These affect every post of the app.
_APP_CODES: Final = frozenset({"token_revoked", "account_inactive", "invalid_auth"})


class ResponderProblem(StrEnum):
    """A problem of a person instead of a message: they are or soon will be on call, and cannot act in Slack."""

    ON_CALL = "on_call"
    SOON_ON_CALL = "on_call_soon"


@dataclass(frozen=True, kw_only=True)
class ScheduledPost:
    """A message that is posted once: `local_date` is the date it is for; it is not posted after `window_ends`.

    A post on demand is retried only when the person requests it again.
    """

    team: str
    kind: PostingKind
    subject: str = ""
    local_date: date
    window_ends: datetime
    person_id: int | None = None
    """The recipient of a reminder, in Flashduty."""

    @property
    def key(self) -> PostingKey:
        """The key of its row."""
        return PostingKey(team=self.team, kind=self.kind, local_date=self.local_date, subject=self.subject)


class PostedAt(NamedTuple):
    """Where a message is: a channel, and the message's `ts` there."""

    channel: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class DeliveryFailure:
    """A message that was not posted: `why` is Slack's or the database's text, `is_final` when its window has ended."""

    team: str
    kind: PostingKind | ResponderProblem
    local_date: date
    channel: str | None
    why: str
    attempts: int
    is_final: bool
    may_be_posted: bool = False
    """Whether Slack may have posted the message despite the error."""
    person_id: int | None = None
    """The person concerned, in Flashduty."""
    person_name: str = ""
    incident_id: str = ""
    """The incident concerned, where the message is its card."""
    incident_title: str = ""
    not_composed: SlackError | None = None
    """Slack's error while the content was composed; None where sending it failed."""

    @property
    def code(self) -> str:
        """The error code, without the method."""
        return self.why.rpartition(": ")[2]


DeliveryOutcome = PostedAt | DeliveryFailure | None
"""The result of a delivery: None while another replica has the lease, or during the retry pause."""


class NotYetError(Exception):
    """The content cannot be composed now and may be later; the text gives a short reason."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why messages cannot be delivered: an error code, and the person, channel or team concerned."""

    code: str
    team: str
    kind: PostingKind | ResponderProblem
    """The kind of the first message concerned."""
    channel: str | None
    person_id: int | None
    person_name: str

    @classmethod
    def of(cls, failure: DeliveryFailure) -> "Cause":
        """Derive the cause of a failure."""
        is_person, is_scope = failure.code in PERSON_CODES, failure.code == "missing_scope"
        return cls(
            # With the method: methods that need another scope still work.
            code=failure.why if is_scope else failure.code,
            team=failure.team,
            kind=_regular_kind(failure.kind),
            channel=None if is_person or is_scope else failure.channel,
            person_id=failure.person_id if is_person else None,
            person_name=failure.person_name if is_person else "",
        )

    @property
    def key(self) -> str:
        """The key under which it is stored: equal for all failures with the same cause."""
        about = f" {self.person_id or self.channel or f'{self.team} {self.kind}'}"
        if self.code in _APP_CODES:
            about = ""
        if self.code == NO_RESPONDER:
            # A person may be a responder of another team.
            about = f" {self.person_id} {self.team}"
        return bounded_key(f"{self.code}{about}", SUBJECT_LENGTH)

    def is_resolved_by(self, post: Posting, channel: str) -> bool:
        """Whether a post in a channel proves that the cause is resolved."""
        if self.person_id is not None:
            if self.kind is ResponderProblem.ON_CALL and self.code != NO_SUCH_MEMBER:
                # A person who receives messages may still be unable to act.
                return False
            return post.kind is PostingKind.REMINDER and post.person_id == self.person_id
        if self.code in {CARD_DELETED, CARD_EDIT_CLOSED}:
            # The same may happen to the next card.
            return False
        if self.code in _APP_CODES or channel == self.channel:
            return True
        # The settings may name another channel now; reminders each have a channel of their own.
        has_own = self.kind is PostingKind.REMINDER and self.channel is not None
        return not has_own and (post.team, post.kind.regular) == (self.team, self.kind)


def _regular_kind(kind: PostingKind | ResponderProblem) -> PostingKind | ResponderProblem:
    return kind.regular if isinstance(kind, PostingKind) else ResponderProblem.ON_CALL
