"""Turn what came back into data, or into the exception that says why not. The one place where codes become errors."""

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
from bot.runtime.redaction import NOTHING_KNOWN, Redaction

T = TypeVar("T")

LONGEST_MESSAGE: Final = 500
LONGEST_CODE: Final = 100
LONGEST_REQUEST_ID: Final = 128


@dataclass(frozen=True)
class Expected(Generic[T]):
    """The answer of an operation; `for_null` makes the data where null is an answer too."""

    envelope: type[Envelope[T]]
    for_null: Callable[[], T] | None = None


DONE: Final = Expected(Envelope[object], object)


@dataclass(frozen=True)
class ResponseReader:
    """Who asked for what, as every error tells."""

    operation: Operation
    team: str
    app_key: SecretStr
    known: Redaction = NOTHING_KNOWN

    def read(self, answer: HttpResponse, expected: Expected[T]) -> tuple[T, str | None]:
        """Give the data and the request id; an `error` is a failure whatever the HTTP status.

        Raises FlashdutyError, or Unreachable for what is not an answer of Flashduty.
        """
        if not is_parseable(answer.content):
            raise self._foreign(answer, "unusable")
        try:
            envelope = expected.envelope.model_validate_json(answer.content)
        except ValidationError as mismatch:
            failure = self._not_understood(answer, _what_is_wrong(mismatch))
        else:
            request_id = self._request_id(answer, envelope.request_id)
            data = expected.for_null() if envelope.data is None and expected.for_null else envelope.data
            if envelope.refusal is not None:
                failure = self._refused(answer, envelope.refusal, request_id)
            elif data is None or not envelope.is_one or answer.status >= HTTPStatus.BAD_REQUEST:
                failure = self._foreign(answer)
            else:
                return data, request_id
        # Raised here and not above: the mismatch quotes the answer.
        raise failure

    def _not_understood(self, answer: HttpResponse, reason: Reason) -> FlashdutyError:
        """Look for an `error`: it counts even where the rest of the answer has a shape nobody knows."""
        if reason == "cut_off":
            return self._foreign(answer, reason)
        try:
            refusal = ErrorBody.model_validate_json(answer.content)
        except ValidationError:
            return self._foreign(answer, reason)
        if refusal.error.is_none:
            return self._foreign(answer, reason)
        return self._refused(answer, refusal.error, self._request_id(answer, refusal.request_id))

    def _refused(self, answer: HttpResponse, complaint: ErrorDetail, request_id: str | None) -> FlashdutyError:
        code = Code(complaint.code)
        return FlashdutyError(
            operation=self.operation,
            team=self.team,
            code=code,
            raw_code=self._hide.told(complaint.code, LONGEST_CODE),
            message=self._hide.told(complaint.message, LONGEST_MESSAGE),
            status=answer.status,
            request_id=request_id,
            retry_after=answer.retry_after,
            is_ambiguous=code is Code.INTERNAL_ERROR or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        )

    def _foreign(self, answer: HttpResponse, reason: Reason = "not_json") -> Unreachable:
        # A redirect or a refusal by something on the way did not reach Flashduty; anything else may have.
        turned_away = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return Unreachable(
            reason,
            operation=self.operation,
            team=self.team,
            is_ambiguous=not turned_away,
            status=answer.status,
            request_id=self._request_id(answer),
            retry_after=answer.retry_after,
        )

    def _request_id(self, answer: HttpResponse, told: str | None = None) -> str | None:
        return self._hide.told(told or answer.request_id, LONGEST_REQUEST_ID) or None

    @property
    def _hide(self) -> Redaction:
        """The door: whatever the other side says may repeat the key, or any other secret, in any encoding."""
        return self.known.knowing(self.app_key.get_secret_value())


# What pydantic says of numbers nobody can mean; the shape is right then.
_OF_SIZE: Final = frozenset(
    {"greater_than_equal", "less_than_equal", "finite_number", "int_parsing_size", "int_from_float"}
)
# Each costs memory to be written out, and the first ones tell.
_MOST_TOLD: Final = 1_000


def _what_is_wrong(mismatch: ValidationError) -> Reason:
    """Tell the beginning of JSON without its end, and what is too deep or too large, from what is not Flashduty's."""
    if mismatch.error_count() > _MOST_TOLD:
        return "not_json"
    problems = mismatch.errors(include_url=False, include_context=True)
    first = problems[0]
    if first["type"] != "json_invalid":
        return "unusable" if any(problem["type"] in _OF_SIZE for problem in problems) else "not_json"
    if "recursion limit" in first["msg"] or "out of range" in first["msg"]:
        return "unusable"
    return "cut_off" if "EOF while parsing" in first["msg"] and first["input"] else "not_json"
