"""Excessive responses: hundreds of mebibytes, compressed or not, and absurd numbers."""

import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

from aiohttp import web

_MEBIBYTE: Final = 1024 * 1024
# The beginning of a valid response; JSON allows any number of spaces after it.
_BEGINNING: Final = b'{"ok": true, "request_id": "01FLOOD", "data": {"items": ['
_ENDING: Final = b"]}}"
_SPACES: Final = b" " * _MEBIBYTE


def parts(mebibytes: int, encoding: str) -> Iterator[bytes]:
    """Yield a body of this size in mebibytes, in parts: uncompressed, gzip or deflate."""
    plain = (_BEGINNING, *(_SPACES for _ in range(mebibytes)), _ENDING)
    if not encoding:
        yield from plain
        return
    packing = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else zlib.MAX_WBITS)
    for part in plain:
        yield packing.compress(part)
    yield packing.flush()


async def flood(request: web.Request, mebibytes: int, encoding: str, *, is_announced: bool) -> web.StreamResponse:
    """Answer with `parts`, with Content-Length or in chunks."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    if is_announced:
        answer.content_length = sum(len(part) for part in parts(mebibytes, encoding))
    await answer.prepare(request)
    try:
        for part in parts(mebibytes, encoding):
            await answer.write(part)
    except ConnectionError:
        # The caller has closed the connection.
        return answer
    return answer


def with_numbers(answer: web.StreamResponse, literal: str) -> web.StreamResponse:
    """Replace every number of a response that is no id with this literal."""
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    marked = json.dumps(_marked(json.loads(answer.body)))
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    return web.Response(status=answer.status, headers=headers, body=marked.replace(f'"{_MARK}"', literal).encode())


# Occurs nowhere else in a response.
_MARK: Final = "<<number>>"


def _marked(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _marked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, name) for one in value]
    is_id = name.endswith(("id", "ids"))
    return _MARK if isinstance(value, int | float) and not isinstance(value, bool) and not is_id else value
