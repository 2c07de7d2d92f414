"""Arguments of Web API calls: query, form or JSON (docs.slack.dev/apis/web-api)."""

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
    """A parsed request: raw arguments, the token, and warnings."""

    arguments: dict[str, Any]
    token: str | None
    warnings: tuple[str, ...] = ()


async def read_call(request: web.Request, *, takes_json: bool) -> Given:
    """Parse a request; raises Refusal for an invalid body.

    A token is accepted in the header or in a form, not in the query or in JSON. Methods without JSON support ignore
    a JSON body, and its arguments are missing.
    Sources: docs.slack.dev/apis/web-api and each method's "Accepted content types"; of the query,
    api.slack.com/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps.
    """
    arguments: dict[str, Any] = dict(request.query)
    arguments.pop("token", None)
    in_form = None
    if request.method == "POST" and request.can_read_body:
        body = await _body(request, takes_json=takes_json)
        in_form = body.pop("token", None) if request.content_type in _FORMS else None
        arguments |= body
    header = request.headers.get("Authorization", "")
    scheme, _, from_header = header.partition(" ")
    token = from_header.strip() if scheme.lower() == "bearer" else in_form
    present = {name: value for name, value in arguments.items() if value is not None}
    return Given(present, str(token) if token else None, _warnings(request))


async def _body(request: web.Request, *, takes_json: bool) -> dict[str, Any]:
    if request.content_type == _JSON:
        body = _json_object(await request.text())
        return body if takes_json else {}
    if request.content_type in _FORMS:
        return dict(await request.post())
    if not await request.read():
        return {}
    raise Refusal("invalid_post_type")


def _warnings(request: web.Request) -> tuple[str, ...]:
    """Return the warnings for a JSON body without a charset, or a form with one (docs.slack.dev/apis/web-api)."""
    if request.method != "POST":
        return ()
    if request.content_type == _JSON and request.charset is None:
        return ("missing_charset",)
    if request.content_type == "multipart/form-data" and request.charset is not None:
        return ("superfluous_charset",)
    return ()


def _json_object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    return body


def parsed(raw: Mapping[str, Any], kinds: Mapping[str, str], required: Iterable[str]) -> dict[str, Any]:
    """Convert raw arguments to values; raises Refusal for unknown, missing and malformed ones."""
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


def _blocks(value: Any) -> list[Any]:  # noqa: ANN401 - whatever was sent
    try:
        return _objects(value)
    except ValueError:
        raise Refusal("invalid_blocks_format") from None


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
    "blocks": _blocks,
    "object": _object,
    "names": _names,
    "ts": _ts,
}
