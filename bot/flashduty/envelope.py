"""What every answer of Flashduty is wrapped in."""

from typing import Generic, TypeVar

from pydantic import Field

from bot.flashduty.wire import OptionalText, Text, Wire

T = TypeVar("T")


class Complaint(Wire):
    """`error` of an answer: a code to go by, and a sentence in the language of the request."""

    code: Text
    message: Text = Field(repr=False)


class Refusal(Wire):
    """An answer that has an `error`, whatever else is in it."""

    request_id: OptionalText
    error: Complaint


class Envelope(Wire, Generic[T]):
    """An answer with the data of one operation, or with an `error` (schemas SuccessEnvelope, ErrorResponse)."""

    request_id: OptionalText
    data: T | None = None
    error: Complaint | None = None

    @property
    def is_one(self) -> bool:
        """Whether it looks like an answer of Flashduty at all, and not like somebody else's JSON."""
        return not self.model_fields_set.isdisjoint(("request_id", "data"))
