"""Failures of Flashduty: the codes on the wire, and the two exceptions that callers distinguish."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final, Literal

from bot.flashduty.operation import Operation


class Code(StrEnum):
    """`error.code` of a response; UNKNOWN stands for a code that is not in the published list."""

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
    """Flashduty refused or failed.

    `code` is what to decide by; `raw_code` is the code as received. `message` is the server's own text: untrusted, cut
    to 500 characters, in the language of the request. `retry_after` is in seconds. `is_ambiguous` when the request may
    have been carried out all the same: read the state to find out. No attribute contains the key.
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
        is_ambiguous: bool = False,
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
        self.is_ambiguous = is_ambiguous

    @property
    def is_worth_retrying(self) -> bool:
        """Whether the same request may succeed after a short wait."""
        return self.code in _TRANSIENT

    @property
    def is_of_server(self) -> bool:
        """Whether the HTTP status says that the server failed."""
        return self.status is not None and self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


Reason = Literal[
    "no_connection",
    "timed_out",
    "cut_off",
    "not_json",
    "unusable",
    "too_busy",
    "proxy_down",
    "proxy_password",
    "proxy_refused",
    "unknown_authority",
    "expired",
    "other_name",
    "no_tls",
]


class Unreachable(FlashdutyError):  # noqa: N818 - reads as what happened
    """No response of Flashduty came back.

    * `no_connection`: nothing was sent, because no connection could be opened.
    * `timed_out`: the time-out passed before the response came.
    * `cut_off`: the connection broke, or the response ended in the middle.
    * `not_json`: the response is not one of Flashduty's; `status` and the header's `request_id` are kept.
    * `unusable`: the response is larger than the limit, or packed or nested in a way that cannot be read.
    * `too_busy`: nothing was sent, because the account's rate limit allows no call in time; `retry_after` is the wait.
    * the others are those of `bot.outbound.connection_failures`: nothing was sent, because of a proxy or a certificate.

    `proxy_setting` is the name of the setting of the proxy for Flashduty, if there is one.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        operation: Operation,
        team: str,
        is_ambiguous: bool,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        proxy_setting: str | None = None,
    ) -> None:
        super().__init__(
            operation=operation,
            team=team,
            status=status,
            request_id=request_id,
            retry_after=retry_after,
            is_ambiguous=is_ambiguous,
        )
        self.args = (f"{operation.path}: {reason}",)
        self.reason: Reason = reason
        self.proxy_setting = proxy_setting

    @property
    def is_worth_retrying(self) -> bool:
        """Whether the same request may succeed after a short wait: always."""
        return True
