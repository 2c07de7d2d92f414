"""Turn a response into data, or into an exception. The only place where codes become errors."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Generic, TypeVar

from pydantic import SecretStr, ValidationError

from bot.flashduty.envelope import Envelope, ErrorBody, ErrorDetail
from bot.flashduty.errors import Code, FlashdutyError, Reason, Unreachable
from bot.flashduty.http.exchange import HttpResponse
from bot.flashduty.operation import Operation
from bot.outbound.response_size import is_parseable
from bot.runtime.redaction import NO_SECRETS, Redaction

T = TypeVar("T")

MAX_MESSAGE_LENGTH: Final = 500
MAX_CODE_LENGTH: Final = 100
MAX_REQUEST_ID_LENGTH: Final = 128


@dataclass(frozen=True)
class Expected(Generic[T]):
    """The data type of an operation; `for_null` makes the data where null is valid too."""

    envelope: type[Envelope[T]]
    for_null: Callable[[], T] | None = None


ANY_DATA: Final = Expected(Envelope[object], object)


@dataclass(frozen=True)
class ResponseReader:
    """Read the responses of one call; its operation and team go into every error."""

    operation: Operation
    team: str
    app_key: SecretStr
    known: Redaction = NO_SECRETS

    def read(self, response: HttpResponse, expected: Expected[T]) -> tuple[T, str | None]:
        """Return the data and the request id; an `error` is a failure whatever the HTTP status.

        Raises FlashdutyError, or Unreachable for what is not a response of Flashduty.
        """
        if not is_parseable(response.content):
            raise self._foreign(response, "unusable")
        try:
            envelope = expected.envelope.model_validate_json(response.content)
        except ValidationError as mismatch:
            failure = self._not_understood(response, _mismatch_reason(mismatch))
        else:
            request_id = self._request_id(response, envelope.request_id)
            data = expected.for_null() if envelope.data is None and expected.for_null else envelope.data
            if envelope.refusal is not None:
                failure = self._refused(response, envelope.refusal, request_id)
            elif data is None or not envelope.is_recognised or response.status >= HTTPStatus.BAD_REQUEST:
                failure = self._foreign(response)
            else:
                return data, request_id
        # Raised here and not above: the mismatch quotes the response.
        raise failure

    def _not_understood(self, response: HttpResponse, reason: Reason) -> FlashdutyError:
        """Read the `error` alone: it counts even where the rest of the response has an unknown shape."""
        if reason == "cut_off":
            return self._foreign(response, reason)
        try:
            refusal = ErrorBody.model_validate_json(response.content)
        except ValidationError:
            return self._foreign(response, reason)
        if refusal.error.is_success:
            return self._foreign(response, reason)
        return self._refused(response, refusal.error, self._request_id(response, refusal.request_id))

    def _refused(self, response: HttpResponse, refusal: ErrorDetail, request_id: str | None) -> FlashdutyError:
        code = Code(refusal.code)
        return FlashdutyError(
            operation=self.operation,
            team=self.team,
            code=code,
            raw_code=self._hide.excerpt(refusal.code, MAX_CODE_LENGTH),
            message=self._hide.excerpt(refusal.message, MAX_MESSAGE_LENGTH),
            status=response.status,
            request_id=request_id,
            retry_after=response.retry_after,
            is_ambiguous=code is Code.INTERNAL_ERROR or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        )

    def _foreign(self, response: HttpResponse, reason: Reason = "not_json") -> Unreachable:
        # A request that an intermediary redirected or refused did not reach Flashduty; any other may have.
        is_rejected = HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return Unreachable(
            reason,
            operation=self.operation,
            team=self.team,
            is_ambiguous=not is_rejected,
            status=response.status,
            request_id=self._request_id(response),
            retry_after=response.retry_after,
        )

    def _request_id(self, response: HttpResponse, in_body: str | None = None) -> str | None:
        return self._hide.excerpt(in_body or response.request_id, MAX_REQUEST_ID_LENGTH) or None

    @property
    def _hide(self) -> Redaction:
        """The redaction for texts of the server, which may repeat the key, or any other secret, in any encoding."""
        return self.known.with_secret(self.app_key.get_secret_value())


# pydantic's error types for numbers out of range; the shape of the response is right then.
_OUT_OF_RANGE: Final = frozenset(
    {"greater_than_equal", "less_than_equal", "finite_number", "int_parsing_size", "int_from_float"}
)
# Each costs memory when they are listed, and the first ones suffice.
_MAX_VALIDATION_ERRORS: Final = 1_000


def _mismatch_reason(mismatch: ValidationError) -> Reason:
    """Distinguish truncated JSON, and JSON that is too deep or has too large numbers, from a foreign response."""
    if mismatch.error_count() > _MAX_VALIDATION_ERRORS:
        return "not_json"
    problems = mismatch.errors(include_url=False, include_context=True)
    first = problems[0]
    if first["type"] != "json_invalid":
        return "unusable" if any(problem["type"] in _OUT_OF_RANGE for problem in problems) else "not_json"
    if "recursion limit" in first["msg"] or "out of range" in first["msg"]:
        return "unusable"
    return "cut_off" if "EOF while parsing" in first["msg"] and first["input"] else "not_json"
