"""Error responses of Flashduty."""

from collections.abc import Mapping
from typing import Final

STATUS: Final[Mapping[str, int]] = {
    "OK": 200,
    "InvalidParameter": 400,
    "BadRequest": 400,
    "InvalidContentType": 400,
    "ResourceNotFound": 400,
    "NoLicense": 400,
    "ReferenceExist": 400,
    "Unauthorized": 401,
    "BalanceNotEnough": 402,
    "AccessDenied": 403,
    "RouteNotFound": 404,
    "MethodNotAllowed": 405,
    "UndonedOrderExist": 409,
    "EntityTooLarge": 413,
    "RequestLocked": 423,
    "RequestVerifyRequired": 428,
    "DangerousOperation": 428,
    "RequestTooFrequently": 429,
    "InternalError": 500,
    "ServiceUnavailable": 503,
}

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "OK": ("OK.", "成功。"),
    "InvalidParameter": ("The specified parameter is not valid.", "参数不合法。"),
    "BadRequest": ("The request could not be understood.", "请求有误。"),
    "InvalidContentType": ("The Content-Type must be application/json.", "Content-Type 必须为 application/json。"),
    "ResourceNotFound": ("The specified resource does not exist.", "指定的资源不存在。"),
    "NoLicense": ("No active license was found for this feature.", "该功能没有有效的许可证。"),
    "ReferenceExist": ("Other resources still refer to it.", "仍有其他资源引用该资源。"),
    "Unauthorized": ("You are unauthorized.", "未授权。"),
    "BalanceNotEnough": ("The balance of the account is not enough.", "账户余额不足。"),
    "AccessDenied": ("Access denied.", "没有访问权限。"),
    "RouteNotFound": ("The requested route does not exist.", "请求的路由不存在。"),
    "MethodNotAllowed": ("The HTTP method is not allowed here.", "不允许使用该 HTTP 方法。"),
    "UndonedOrderExist": ("An order is still being processed.", "存在未完成的订单。"),
    "EntityTooLarge": ("The request body is too large.", "请求体过大。"),
    "RequestLocked": ("Locked after repeated failures. Please try again later.", "多次失败后已被锁定，请稍后再试。"),
    "RequestVerifyRequired": ("A second factor is required.", "需要二次验证。"),
    "DangerousOperation": ("This operation needs verification.", "高危操作，需要验证。"),
    "RequestTooFrequently": ("Request too frequently.", "请求过于频繁。"),
    "InternalError": ("An internal error occurred. Please try again later.", "服务器内部错误，请稍后再试。"),
    "ServiceUnavailable": ("The service is unavailable. Please try again later.", "服务暂不可用，请稍后再试。"),
}


class Refusal(Exception):  # noqa: N818 - a refused request, not a failure of the sandbox
    """An error response: a code, and a message in English and Chinese.

    Statuses are those of the table in the document's `ErrorCode` schema.
    """

    def __init__(
        self,
        code: str,
        english: str = "",
        chinese: str = "",
        *,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {english}")
        default = _SENTENCES.get(code, (code, code))
        self.code = code
        self.english = english or default[0]
        self.chinese = chinese or english or default[1]
        self.status = status or STATUS.get(code, 400)
        self.retry_after = retry_after

    def message(self, *, in_chinese: bool) -> str:
        """Return the message in the requested language."""
        return self.chinese if in_chinese else self.english


def invalid(field: str, english: str, chinese: str) -> Refusal:
    """Build the error for an invalid parameter, with its name and the reason."""
    return Refusal(
        "InvalidParameter",
        f"The specified parameter {field} is not valid: {english}.",
        f"参数 {field} 不合法：{chinese}。",
    )


def not_found(what: str, number: object) -> Refusal:
    """Build the error for an object that does not exist."""
    return Refusal("ResourceNotFound", f"The {what} {number} does not exist.", f"{what} {number} 不存在。")


def prefers_chinese(accept_language: str) -> bool:
    """Return whether an Accept-Language header prefers Chinese to English."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in accept_language.lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.split("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameters))
    return weights["zh"] > weights["en"]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
