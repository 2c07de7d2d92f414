"""Validation of request bodies: as strict as the document, and stricter where it says nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.flashduty.wire.refusals import invalid

Record = dict[str, Any]
Check = Callable[[str, object], None]

DAY: Final = 86_400
MOST_IDS: Final = 100
# Ten digits: rejects times in milliseconds.
_LATEST_SECOND: Final = 9_999_999_999
_OBJECT_ID: Final = re.compile(r"[0-9a-fA-F]{24}", re.ASCII)


@dataclass(frozen=True)
class Field:
    """One field of a request body."""

    check: Check
    required: bool = False


Fields = Mapping[str, Field]


def check_body(body: Record, fields: Fields) -> None:
    """Validate a body; raises Refusal for a missing, unknown or invalid field."""
    for name in body:
        if name not in fields:
            raise invalid(name, "there is no such field", "没有这个字段")
    for name, field in fields.items():
        if name in body:
            field.check(name, body[name])
        elif field.required:
            raise invalid(name, "it is required", "必填")


def required(check: Check) -> Field:
    """Return a required field."""
    return Field(check, required=True)


def boolean(name: str, value: object) -> None:
    """Accept a boolean."""
    if not isinstance(value, bool):
        raise invalid(name, "it must be a boolean", "必须为布尔值")


def integer(minimum: int | None = None, maximum: int | None = None) -> Check:
    """Accept an integer within the bounds."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(name, "it must be an integer", "必须为整数")
        if minimum is not None and value < minimum:
            raise invalid(name, f"it must be at least {minimum}", f"不能小于 {minimum}")
        if maximum is not None and value > maximum:
            raise invalid(name, f"it must be at most {maximum}", f"不能大于 {maximum}")

    return check


seconds: Final = integer(1, _LATEST_SECOND)
# Thirteen digits.
milliseconds: Final = integer(1_000_000_000_000, 9_999_999_999_999)
identifier: Final = integer(0)


def text(longest: int | None = None, *, may_be_blank: bool = True) -> Check:
    """Accept a string; lengths count characters."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, str):
            raise invalid(name, "it must be a string", "必须为字符串")
        if longest is not None and len(value) > longest:
            raise invalid(name, f"it must have at most {longest} characters", f"最多 {longest} 个字符")
        if not may_be_blank and not value.strip():
            raise invalid(name, "it must not be blank", "不能为空")

    return check


def trimmed_text(longest: int) -> Check:
    """Accept a string that is not blank; lengths count the trimmed string."""

    def check(name: str, value: object) -> None:
        text(may_be_blank=False)(name, value)
        text(longest)(name, str(value).strip())

    return check


def one_of(*words: str) -> Check:
    """Accept one of the words, case-sensitive."""

    def check(name: str, value: object) -> None:
        if value not in words:
            raise invalid(name, f"it must be one of {', '.join(words)}", f"必须为 {'、'.join(words)} 之一")

    return check


def comma_separated(*words: str) -> Check:
    """Accept a comma-separated list of these words, without spaces."""

    def check(name: str, value: object) -> None:
        text()(name, value)
        for word in str(value).split(","):
            one_of(*words)(name, word)

    return check


def array(item: Check, *, most: int = MOST_IDS, least: int = 0) -> Check:
    """Accept an array with a number of items within the bounds, each of which is valid."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, list):
            raise invalid(name, "it must be an array", "必须为数组")
        if not least <= len(value) <= most:
            raise invalid(name, f"it must have {least} to {most} items", f"必须有 {least} 到 {most} 项")
        for index, one in enumerate(value):
            item(f"{name}[{index}]", one)

    return check


def object_id(name: str, value: object) -> None:
    """Accept 24 hexadecimal digits."""
    if not isinstance(value, str) or not _OBJECT_ID.fullmatch(value):
        raise invalid(name, "it must be 24 hexadecimal digits", "必须为 24 位十六进制")


def record(fields: Fields) -> Check:
    """Accept an object with these fields, each of which is valid, and no others."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, dict):
            raise invalid(name, "it must be an object", "必须为对象")
        inner = {f"{name}.{field}": one for field, one in fields.items()}
        check_body({f"{name}.{field}": one for field, one in value.items()}, inner)

    return check


def mapping(item: Check | None = None) -> Check:
    """Accept an object whose values are all valid."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, dict):
            raise invalid(name, "it must be an object", "必须为对象")
        for key, one in value.items():
            if item is not None:
                item(f"{name}.{key}", one)

    return check


def check_window(body: Record, start: str, end: str, *, longest: int, or_exactly: bool) -> None:
    """Refuse a window that is empty, reversed or too long; `longest` in seconds, inclusive if `or_exactly`."""
    span = body[end] - body[start]
    if span <= 0:
        raise invalid(end, f"it must be after {start}", f"必须晚于 {start}")
    if span > longest or (span == longest and not or_exactly):
        days = longest // DAY
        raise invalid(end, f"the window is longer than {days} days allow", f"时间窗口超出 {days} 天的限制")


def check_not_both(body: Record, one: str, other: str) -> None:
    """Refuse two mutually exclusive flags."""
    if body.get(one) and body.get(other):
        raise invalid(other, f"it excludes {one}", f"不能与 {one} 同时使用")
