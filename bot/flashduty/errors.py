"""How Flashduty fails: codes as they come over the wire, and the two kinds of exception that callers tell apart."""

from enum import StrEnum
from typing import Final, Literal

from bot.flashduty.operations import Operation


class Code(StrEnum):
    """`error.code` of an answer; UNKNOWN stands for a code that is not in the published list."""

    OK = "OK"
    INVALID_PARAMETER = "InvalidParameter"
    BAD_REQUEST = "BadRequest"
    INVALID_CONTENT_TYPE = "InvalidContentType"
    RESOURCE_NOT_FOUND = "ResourceNotFound"
    NO_LICENSE = "NoLicense"
    REFERENCE_EXIST = "ReferenceExist"
    UNAUTHORIZED = "Unauthorized"
    BALANCE_NOT_ENOUGH = "BalanceNotEnough"
    ACCESS_DENIED = "AccessDenied"
    ROUTE_NOT_FOUND = "RouteNotFound"
    METHOD_NOT_ALLOWED = "MethodNotAllowed"
    UNDONED_ORDER_EXIST = "UndonedOrderExist"
    REQUEST_LOCKED = "RequestLocked"
    ENTITY_TOO_LARGE = "EntityTooLarge"
    REQUEST_TOO_FREQUENTLY = "RequestTooFrequently"
    REQUEST_VERIFY_REQUIRED = "RequestVerifyRequired"
    DANGEROUS_OPERATION = "DangerousOperation"
    INTERNAL_ERROR = "InternalError"
    SERVICE_UNAVAILABLE = "ServiceUnavailable"
    UNKNOWN = "Unknown"

    @classmethod
    def _missing_(cls, _value: object) -> "Code":
        return cls.UNKNOWN


_TRANSIENT: Final = frozenset(
    {Code.REQUEST_TOO_FREQUENTLY, Code.INTERNAL_ERROR, Code.SERVICE_UNAVAILABLE, Code.REQUEST_LOCKED, Code.UNKNOWN}
)


class FlashdutyError(Exception):
    """Flashduty refused or failed; `message` is its own text, untrusted and in the language of the request.

    Source: /en/openapi/rate-limits and the schema ErrorCode of the OpenAPI document.
    """

    def __init__(
        self,
        *,
        operation: Operation,
        team: str,
        code: Code = Code.UNKNOWN,
        raw_code: str = "",
        message: str = "",
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{operation.path}: {raw_code or code.value} (request id {request_id})")
        self.operation = operation
        self.team = team
        self.code = code
        self.raw_code = raw_code or ("" if code is Code.UNKNOWN else code.value)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after

    @property
    def is_worth_retrying(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.code in _TRANSIENT


Reason = Literal["no_connection", "timed_out", "cut_off", "not_json", "too_busy"]


class Unreachable(FlashdutyError):  # noqa: N818 - reads as what happened
    """No answer of Flashduty came back; `is_ambiguous` when it may have carried the request out all the same."""

    def __init__(
        self,
        reason: Reason,
        *,
        operation: Operation,
        team: str,
        is_ambiguous: bool,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(operation=operation, team=team, raw_code="", status=status, request_id=request_id)
        self.args = (f"{operation.path}: {reason}",)
        self.reason: Reason = reason
        self.is_ambiguous = is_ambiguous

    @property
    def is_worth_retrying(self) -> bool:
        """Whether the same request may succeed a little later: always."""
        return True
