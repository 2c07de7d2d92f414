"""Answers that are more than anybody should read: hundreds of mebibytes, packed small or not, or absurd numbers."""

import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

from aiohttp import web

_MEBIBYTE: Final = 1024 * 1024
# A good answer begins like this; spaces are as good as anything where JSON may have them.
_BEGINNING: Final = b'{"ok": true, "request_id": "01FLOOD", "data": {"items": ['
_ENDING: Final = b"]}}"
_SPACES: Final = b" " * _MEBIBYTE


def parts(mebibytes: int, encoding: str) -> Iterator[bytes]:
    """Give an answer that unpacks to so many mebibytes, part by part, packed as gzip, deflate or not at all."""
    plain = (_BEGINNING, *(_SPACES for _ in range(mebibytes)), _ENDING)
    if not encoding:
        yield from plain
        return
    packing = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else zlib.MAX_WBITS)
    for part in plain:
        yield packing.compress(part)
    yield packing.flush()


async def flood(request: web.Request, mebibytes: int, encoding: str, *, is_announced: bool) -> web.StreamResponse:
    """Answer with `parts`; announced by its length, or in chunks that might go on for ever."""
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
        # Whoever asked has read enough.
        return answer
    return answer


def with_numbers(answer: web.StreamResponse, literal: str) -> web.StreamResponse:
    """Put one number, as it is spelt, in place of every number of an answer that is no id."""
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    marked = json.dumps(_marked(json.loads(answer.body)))
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    return web.Response(status=answer.status, headers=headers, body=marked.replace(f'"{_MARK}"', literal).encode())


# Nothing else in an answer is written like this.
_MARK: Final = "<<number>>"


def _marked(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _marked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, name) for one in value]
    is_id = name.endswith(("id", "ids"))
    return _MARK if isinstance(value, int | float) and not isinstance(value, bool) and not is_id else value
