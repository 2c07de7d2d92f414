"""What is delivered, and what keeps it from being delivered."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from bot.slack.api import SlackError
from bot.storage.fingerprints import bounded_key
from bot.storage.postings import Posting, PostingKey, PostingKind
from bot.storage.tables import SUBJECT_LENGTH

# Codes of ours, beside Slack's own.
NOBODY: Final = "nobody_with_that_address"
NO_ADDRESS: Final = "no_address_in_flashduty"
NOT_VERIFIED: Final = "address_not_verified"
NO_RESPONDER: Final = "no_responder"
OF_A_PERSON: Final = frozenset({NOBODY, NO_ADDRESS, NOT_VERIFIED, NO_RESPONDER})
# Of the whole app, whatever it was about to post.
_OF_THE_APP: Final = frozenset({"token_revoked", "account_inactive", "invalid_auth"})


class ResponderProblem(StrEnum):
    """What is no message: somebody is on call, or is soon, and cannot act in Slack."""

    ON_CALL = "on_call"
    SOON_ON_CALL = "on_call_soon"


@dataclass(frozen=True, kw_only=True)
class ScheduledPost:
    """A message that comes once: `local_date` is the date it is for, and nobody wants it after `window_ends`.

    What somebody asks for on demand is tried again when they say so, and nobody else waits for it.
    """

    team: str
    kind: PostingKind
    subject: str = ""
    local_date: date
    window_ends: datetime
    person_id: int | None = None
    """Whom a reminder is for, in Flashduty."""

    @property
    def key(self) -> PostingKey:
        """Its name in the database."""
        return PostingKey(team=self.team, kind=self.kind, local_date=self.local_date, subject=self.subject)


class PostedAt(NamedTuple):
    """Where a message is: a channel, and the message's `ts` there."""

    channel: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class DeliveryFailure:
    """A message that could not be posted: `why` in Slack's or the database's word, `is_final` when its time is over."""

    team: str
    kind: PostingKind | ResponderProblem
    local_date: date
    channel: str | None
    why: str
    attempts: int
    is_final: bool
    may_be_posted: bool = False
    """Whether Slack may have posted it all the same."""
    person_id: int | None = None
    """Whom it is about, in Flashduty."""
    person_name: str = ""
    not_composed: SlackError | None = None
    """What Slack refused while the content was made; None where sending it failed."""

    @property
    def code(self) -> str:
        """The word for it, without the method."""
        return self.why.rpartition(": ")[2]


DeliveryOutcome = PostedAt | DeliveryFailure | None
"""What became of a delivery: None while another replica is at it, or when it is too early to try again."""


class NotYetError(Exception):
    """The content cannot be made now and may be in a while; the text says why, in a word or two."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What keeps messages from where they belong: a code, and whom or what it is about."""

    code: str
    team: str
    kind: PostingKind | ResponderProblem
    """The kind of what suffered first."""
    channel: str | None
    person_id: int | None
    person_name: str

    @classmethod
    def of(cls, failure: DeliveryFailure) -> "Cause":
        """Find what is behind a failure."""
        is_person, is_scope = failure.code in OF_A_PERSON, failure.code == "missing_scope"
        return cls(
            # With the method: what needs another scope may go on.
            code=failure.why if is_scope else failure.code,
            team=failure.team,
            kind=_regular(failure.kind),
            channel=None if is_person or is_scope else failure.channel,
            person_id=failure.person_id if is_person else None,
            person_name=failure.person_name if is_person else "",
        )

    @property
    def key(self) -> str:
        """The name under which it is stored: the same for all that have it in common."""
        about = f" {self.person_id or self.channel or f'{self.team} {self.kind}'}"
        if self.code in _OF_THE_APP:
            about = ""
        if self.code == NO_RESPONDER:
            # What somebody is to one team says nothing of another.
            about = f" {self.person_id} {self.team}"
        return bounded_key(f"{self.code}{about}", SUBJECT_LENGTH)

    def is_over_with(self, post: Posting, channel: str) -> bool:
        """Tell whether it must be over, as this was posted there."""
        if self.person_id is not None:
            if self.kind is ResponderProblem.ON_CALL and self.code != NOBODY:
                # That somebody can be written to does not say that they may act.
                return False
            return post.kind is PostingKind.REMINDER and post.person_id == self.person_id
        if self.code in _OF_THE_APP or channel == self.channel:
            return True
        # In a channel that was changed in the settings, unless each has a channel of its own.
        has_own = self.kind is PostingKind.REMINDER and self.channel is not None
        return not has_own and (post.team, post.kind.regular) == (self.team, self.kind)


def _regular(kind: PostingKind | ResponderProblem) -> PostingKind | ResponderProblem:
    return kind.regular if isinstance(kind, PostingKind) else ResponderProblem.ON_CALL
