"""Strict parsing of requests."""

import json
from typing import Any, Final, NoReturn

from aiohttp import web

from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import Refusal, invalid

LARGEST_BODY: Final = 1024 * 1024


def require_json(request: web.Request) -> None:
    """Refuse another method than POST and another type than JSON."""
    if request.method != "POST":
        raise Refusal("MethodNotAllowed")
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal("InvalidContentType")


def given_keys(request: web.Request) -> list[str]:
    """Return every `app_key` in the query string."""
    return request.query.getall("app_key", [])


def refuse_other_parameters(request: web.Request) -> None:
    """Refuse other parameters than the key in the query string."""
    for name in request.query:
        if name != "app_key":
            raise invalid(name, "there is no such query parameter", "没有这个查询参数")


async def read_body(request: web.Request) -> Record:
    """Read the JSON object of a request; raises Refusal."""
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge as large:
        raise Refusal("EntityTooLarge") from large
    try:
        body = json.loads(raw.decode(), object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise Refusal("BadRequest", "The body is not valid JSON.", "请求体不是合法的 JSON。") from wrong
    if not isinstance(body, dict):
        raise Refusal("BadRequest", "The body must be a JSON object.", "请求体必须为 JSON 对象。")
    return body


def _without_repeats(pairs: list[tuple[str, Any]]) -> Record:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field comes twice")
    return dict(pairs)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
