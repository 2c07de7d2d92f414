"""What every answer of Flashduty is wrapped in."""

from typing import Generic, TypeVar

from pydantic import Field

from bot.flashduty.wire import OptionalText, Text, Wire

T = TypeVar("T")


class ErrorDetail(Wire):
    """`error` of an answer: a code to go by, and a sentence in the language of the request."""

    code: Text
    message: Text = Field(repr=False)

    @property
    def is_none(self) -> bool:
        """Whether its code is that of a success: empty, 0 or OK, as some of Flashduty's own servers send it."""
        return self.code.strip().lower() in {"", "0", "ok"}


class ErrorBody(Wire):
    """An answer that has an `error`, whatever else is in it."""

    request_id: OptionalText
    error: ErrorDetail


class Envelope(Wire, Generic[T]):
    """An answer with the data of one operation, or with an `error` (schemas SuccessEnvelope, ErrorResponse)."""

    request_id: OptionalText
    data: T | None = None
    error: ErrorDetail | None = None

    @property
    def refusal(self) -> ErrorDetail | None:
        """The `error`, if it is one: beside data, a code may also say that all is well."""
        is_well = self.error is not None and self.error.is_none and "data" in self.model_fields_set
        return None if is_well else self.error

    @property
    def is_one(self) -> bool:
        """Whether it looks like an answer of Flashduty at all, and not like somebody else's JSON."""
        return not self.model_fields_set.isdisjoint(("request_id", "data"))
