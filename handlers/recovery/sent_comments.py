"""A comment that is about to be sent, as it is noted to be looked up after a crash."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import StringConstraints

from bot.messages.buttons import IncidentValue, Words

# The action under which it is noted.
SENT_COMMENT: Final = "sent comment"

Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}\z")]


@dataclass(frozen=True, kw_only=True)
class SentComment(IncidentValue):
    """Which incident it is on, and fingerprints of the text as it is sent and of the words as they were typed.

    The words themselves are a draft under the name `draft_key`, for an hour.
    """

    text: Fingerprint
    words: Fingerprint
    draft_key: Words
