"""The envelope of every Flashduty response."""

from typing import Generic, TypeVar

from pydantic import Field

from bot.flashduty.wire import OptionalText, Text, Wire

T = TypeVar("T")


class ErrorDetail(Wire):
    """`error` of a response: a code to decide by, and a sentence in the language of the request."""

    code: Text
    message: Text = Field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the code means success: empty, 0 or OK, as some of Flashduty's own servers send it."""
        return self.code.strip().lower() in {"", "0", "ok"}


class ErrorBody(Wire):
    """A response that has an `error`, whatever else is in it."""

    request_id: OptionalText
    error: ErrorDetail


class Envelope(Wire, Generic[T]):
    """A response with the data of one operation, or with an `error` (schemas SuccessEnvelope, ErrorResponse)."""

    request_id: OptionalText
    data: T | None = None
    error: ErrorDetail | None = None

    @property
    def refusal(self) -> ErrorDetail | None:
        """The `error`, if there is one; beside data, the code may also mean success."""
        is_success = self.error is not None and self.error.is_success and "data" in self.model_fields_set
        return None if is_success else self.error

    @property
    def is_recognised(self) -> bool:
        """Whether the response has a field of Flashduty's envelope, and is not JSON from another server."""
        return not self.model_fields_set.isdisjoint(("request_id", "data"))
