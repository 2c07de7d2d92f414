"""The arguments of a Web API call: by query, form or JSON (docs.slack.dev/apis/web-api)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from sandbox.slack.refusal import Refusal

_JSON: Final = "application/json"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_TRUE: Final = frozenset({"1", "true"})
_FALSE: Final = frozenset({"0", "false"})


@dataclass(frozen=True)
class Given:
    """A call as it came: raw arguments, and the token apart from them."""

    arguments: dict[str, Any]
    token: str | None


async def read_call(request: web.Request) -> Given:
    """Read the arguments of a request; raises Refusal for a body Slack cannot read."""
    arguments: dict[str, Any] = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        arguments |= await _body(request)
    in_arguments = arguments.pop("token", None)
    header = request.headers.get("Authorization", "")
    scheme, _, from_header = header.partition(" ")
    token = from_header.strip() if scheme.lower() == "bearer" else in_arguments
    present = {name: value for name, value in arguments.items() if value is not None}
    return Given(present, str(token) if token else None)


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == _JSON:
        return _json_object(await request.text())
    if request.content_type in _FORMS:
        return dict(await request.post())
    if not await request.read():
        return {}
    raise Refusal("invalid_post_type")


def _json_object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    return body


def parsed(raw: Mapping[str, Any], kinds: Mapping[str, str], required: Iterable[str]) -> dict[str, Any]:
    """Turn raw arguments into values of their kinds; raises Refusal for unknown, missing and malformed ones."""
    wrong = [f"unknown argument: {name}" for name in raw if name not in kinds]
    wrong += [f"missing required field: {name}" for name in required if raw.get(name, "") == ""]
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name in kinds:
            try:
                values[name] = _READERS[kinds[name]](value)
            except ValueError as error:
                wrong.append(f"{name} {error}")
    if wrong:
        raise Refusal("invalid_arguments", *wrong)
    return values


def _text(value: Any) -> str:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004 - read as a bad value by `parsed`
    return value


def _flag(value: Any) -> bool:  # noqa: ANN401 - whatever was sent
    word = str(value).lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueError("must be true or false")


def _number(value: Any) -> int:  # noqa: ANN401 - whatever was sent
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit():
        raise ValueError("must be a whole number")
    return int(value)


def _json(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("must be JSON") from None


def _objects(value: Any) -> list[Any]:  # noqa: ANN401 - whatever was sent
    held = _json(value)
    if not isinstance(held, list):
        raise ValueError("must be a list")  # noqa: TRY004 - read as a bad value by `parsed`
    return held


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever was sent
    held = _json(value)
    if not isinstance(held, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - read as a bad value by `parsed`
    return held


def _names(value: Any) -> list[str]:  # noqa: ANN401 - whatever was sent
    if isinstance(value, list):
        return [_text(one) for one in value]
    return [one.strip() for one in _text(value).split(",") if one.strip()]


def _ts(value: Any) -> str:  # noqa: ANN401 - whatever was sent
    seconds, _, rest = _text(value).partition(".")
    if not (seconds.isdigit() and (rest.isdigit() or not rest)):
        raise ValueError("must be the time stamp of a message")
    return str(value)


_READERS: Final = {
    "text": _text,
    "flag": _flag,
    "number": _number,
    "objects": _objects,
    "object": _object,
    "names": _names,
    "ts": _ts,
}
