"""Send one request and read its response."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import httpx
from pydantic import SecretStr

from bot.flashduty.errors import Reason
from bot.flashduty.http import reading
from bot.flashduty.http.transport import APP_KEY, FlashdutyHindered

REQUEST_ID_HEADER: Final = "Flashcat-Request-Id"
LONGEST_RETRY_AFTER: Final = 3600.0


class HttpResponse(NamedTuple):
    """What came back, whoever it came from."""

    status: int
    content: bytes | bytearray
    request_id: str | None
    retry_after: float | None

    def __repr__(self) -> str:
        # In tracebacks with locals: what came back may repeat the key.
        return f"Answer(status={self.status}, {len(self.content)} bytes, request_id={self.request_id!r})"


class NoResponse(NamedTuple):
    """That nothing came back, and whether Flashduty may have had the whole request."""

    reason: Reason
    is_ambiguous: bool


class _RequestBody(httpx.AsyncByteStream):
    """The body of a request; knows whether it was handed over, which nothing can happen before."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.length = len(content)
        self.is_posted = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_posted = True
        yield self._content


async def post(
    pool: httpx.AsyncClient, path: str, body: Mapping[str, Any], *, app_key: SecretStr, deadline: float
) -> HttpResponse | NoResponse:
    """Send one request and wait for the whole answer, at most until `deadline`, a time of the event loop.

    Gives back failures instead of raising them: an exception would bring the frames along in which it happened.
    """
    if deadline <= asyncio.get_running_loop().time():
        return NoResponse("timed_out", is_ambiguous=False)
    # Only ASCII leaves, so that half a surrogate pair in a search text cannot break the encoding.
    content = json.dumps(body, separators=(",", ":")).encode("ascii")
    letter = _RequestBody(content)
    request = _request(pool, path, letter, app_key=app_key)
    try:
        async with asyncio.timeout_at(deadline):
            return await _answer(await pool.send(request))
    except FlashdutyHindered as error:
        return NoResponse(error.hindrance.value, is_ambiguous=False)
    except (httpx.TimeoutException, TimeoutError):
        reason: Reason = "timed_out"
    except httpx.HTTPError:
        reason = "cut_off"
    except reading.Unreadable:
        return NoResponse("unusable", is_ambiguous=True)
    return NoResponse(reason if letter.is_posted else "no_connection", letter.is_posted)


def _request(pool: httpx.AsyncClient, path: str, letter: _RequestBody, app_key: SecretStr) -> httpx.Request:
    """Write what `pool.build_request` writes, for a third of the time: the address is worked out once per operation."""
    address = _address(pool.base_url, path)
    headers = httpx.Headers(pool.headers)
    headers["Host"] = address.netloc.decode("ascii")
    headers["Content-Length"] = str(letter.length)
    extensions = {APP_KEY: app_key, "timeout": pool.timeout.as_dict()}
    return httpx.Request("POST", address, headers=headers, stream=letter, extensions=extensions)


@lru_cache(maxsize=64)
def _address(base_url: httpx.URL, path: str) -> httpx.URL:
    return base_url.copy_with(raw_path=base_url.raw_path.rstrip(b"/") + path.encode("ascii"))


async def _answer(response: httpx.Response) -> HttpResponse:
    headers = response.headers
    request_id = headers.get(REQUEST_ID_HEADER)
    try:
        content = await reading.read_body(response.aiter_raw(), headers.get("Content-Encoding", ""))
    finally:
        await response.aclose()
    return HttpResponse(
        response.status_code,
        content,
        request_id,
        retry_after=_seconds(headers.get("Retry-After")),
    )


def _seconds(header: str | None) -> float | None:
    """Read `Retry-After`, which Flashduty gives in seconds; a date, or more than an hour, is not Flashduty's."""
    if header is None or not header.strip().isdecimal():
        return None
    seconds = float(header)
    return seconds if seconds <= LONGEST_RETRY_AFTER else None
