"""Faults of the pretend servers, and how they appear on the wire."""

import asyncio
import socket
import struct
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from aiohttp import web

from sandbox.floods import flood, with_numbers
from sandbox.late_answers import passed, twice

FaultKind = Literal[
    "delay",
    "late",
    "hang",
    "reset",
    "error",
    "code",
    "rate_limited",
    "html",
    "says",
    "redirect",
    "half_body",
    "lost_answer",
    "twice",
    "flood",
    "numbers",
]
# A fault planned for this name applies to calls without a fault of their own.
EVERYTHING: Final = "*"
# The target of redirects.
ELSEWHERE: Final = "/elsewhere"

_PROXY_PAGE: Final = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>proxy</body></html>\n"
_HALF_OF_IT: Final = b'{"ok": true, "data": {"items": [{"title": "'


@dataclass(frozen=True)
class Fault:
    """A fault; built with the constructors below.

    `seconds` belongs to delay and late, `retry_after` (seconds) to rate_limited, `word` to error and code, `status` to
    html, code, says, redirect and half_body, `message` to code and says, `content_type` to says, `word` to numbers as
    well, and the rest to flood.
    """

    kind: FaultKind
    seconds: float = 0.0
    word: str = ""
    message: str | None = None
    status: int | None = None
    retry_after: int | None = None
    content_type: str = "application/json"
    mebibytes: int = 200
    encoding: str = ""
    is_announced: bool = True

    @classmethod
    def delay(cls, seconds: float) -> "Fault":
        """Answer correctly after a delay."""
        return cls("delay", seconds=seconds)

    @classmethod
    def late(cls, seconds: float) -> "Fault":
        """Do the work, then answer correctly after a delay."""
        return cls("late", seconds=seconds)

    @classmethod
    def hang(cls) -> "Fault":
        """Never answer, until the caller gives up or the server stops."""
        return cls("hang")

    @classmethod
    def reset(cls) -> "Fault":
        """Drop the connection without doing the work."""
        return cls("reset")

    @classmethod
    def error(cls, word: str) -> "Fault":
        """Refuse with one of the error words of Slack."""
        return cls("error", word=word)

    @classmethod
    def code(cls, word: str, *, message: str | None = None, status: int | None = None) -> "Fault":
        """Refuse with one of the codes of Flashduty."""
        return cls("code", word=word, message=message, status=status)

    @classmethod
    def rate_limited(cls, retry_after: int | None = 1) -> "Fault":
        """Refuse because of too many requests; None leaves the Retry-After header out."""
        return cls("rate_limited", retry_after=retry_after)

    @classmethod
    def html(cls, status: int = 502) -> "Fault":
        """Answer with the HTML page of a proxy."""
        return cls("html", status=status)

    @classmethod
    def says(cls, text: str, *, content_type: str = "application/json", status: int = 200) -> "Fault":
        """Answer with this text, whatever the request."""
        return cls("says", message=text, content_type=content_type, status=status)

    @classmethod
    def redirect(cls, status: int = 302) -> "Fault":
        """Redirect to another path of this server, which answers everything with success."""
        return cls("redirect", status=status)

    @classmethod
    def twice(cls) -> "Fault":
        """Do the work once, and send its response twice over the same connection."""
        return cls("twice")

    @classmethod
    def flood(cls, mebibytes: int = 200, *, encoding: str = "", is_announced: bool = True) -> "Fault":
        """Answer with a huge body: uncompressed, gzip or deflate, with Content-Length or in chunks."""
        return cls("flood", mebibytes=mebibytes, encoding=encoding, is_announced=is_announced)

    @classmethod
    def numbers(cls, literal: str) -> "Fault":
        """Answer correctly, with this literal for every number that is no id: 1e15, 1e400, NaN, -1."""
        return cls("numbers", word=literal)

    @classmethod
    def half_body(cls) -> "Fault":
        """Send the beginning of a valid response with its Content-Length, then stop."""
        return cls("half_body", status=200)

    @classmethod
    def lost_answer(cls) -> "Fault":
        """Do the work, then drop the connection instead of answering."""
        return cls("lost_answer")

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Fault":
        """Read `{"kind": …}` with the fields of this class; raises ValueError with a sentence."""
        kind = given.get("kind")
        unknown = set(given) - set(cls.__dataclass_fields__)
        if kind not in get_args(FaultKind) or unknown:
            raise ValueError(f"a fault has a kind of {', '.join(get_args(FaultKind))} and the fields of its kind")
        defaults = {"html": {"status": 502}, "redirect": {"status": 302}, "half_body": {"status": 200}}.get(
            str(kind), {}
        )
        return cls(**{**defaults, **given})


@dataclass
class Faults:
    """The planned faults, by name of method or path."""

    _planned: dict[str, deque[tuple[Fault, list[int] | None]]] = field(
        default_factory=lambda: defaultdict(deque), repr=False
    )

    def plan(self, name: str, fault: Fault, times: int | None = 1) -> None:
        """Plan a fault for the next `times` calls, or for all with None, which replaces earlier plans."""
        if times is None:
            self._planned[name].clear()
        if times is None or times > 0:
            self._planned[name].append((fault, None if times is None else [times]))

    def take(self, name: str) -> Fault | None:
        """Return the fault of this call and count it; None without one."""
        for key in (name, EVERYTHING):
            if self._planned.get(key):
                return self._next(self._planned[key])
        return None

    def clear(self, name: str | None = None) -> None:
        """Clear the planned faults of one name, or all."""
        if name is None:
            self._planned.clear()
        else:
            self._planned.pop(name, None)

    @staticmethod
    def _next(queue: deque[tuple[Fault, list[int] | None]]) -> Fault:
        fault, left = queue[0]
        if left is not None:
            left[0] -= 1
            if left[0] == 0:
                queue.popleft()
        return fault


async def misbehave(
    fault: Fault,
    request: web.Request,
    *,
    work: Callable[[], Awaitable[web.StreamResponse]],
    refusal: Callable[[Fault], web.StreamResponse],
    stopping: asyncio.Event,
) -> web.StreamResponse:
    """Answer a request with a fault.

    `work` builds the correct response; `refusal` renders error, code and rate_limited in the server's format;
    `stopping` ends hanging and delays when the server stops.
    """
    if fault.kind in {"error", "code", "rate_limited"}:
        return refusal(fault)
    if fault.kind in _WORDS:
        return _WORDS[fault.kind](fault)
    if fault.kind in _STREAMS:
        return await _STREAMS[fault.kind](request, fault)
    if fault.kind in {"twice", "numbers", "late"}:
        return await _changed(fault, request, await work(), stopping=stopping)
    if fault.kind == "delay" and not await passed(fault.seconds, stopping):
        return await work()
    if fault.kind == "hang":
        await stopping.wait()
    if fault.kind == "lost_answer":
        await work()
    return _dropped(request)


async def _changed(
    fault: Fault, request: web.Request, answer: web.StreamResponse, *, stopping: asyncio.Event
) -> web.StreamResponse:
    """Answer with the response to work that was done, in the way of the fault."""
    if fault.kind == "numbers":
        return with_numbers(answer, fault.word)
    if fault.kind == "twice":
        return await twice(request, answer)
    await passed(fault.seconds, stopping)
    return answer


def _page(fault: Fault) -> web.Response:
    title = f"{fault.status} from a proxy"
    return web.Response(status=fault.status or 502, text=_PROXY_PAGE.format(title), content_type="text/html")


def _words(fault: Fault) -> web.Response:
    return web.Response(status=fault.status or 200, text=fault.message or "", content_type=fault.content_type)


def _redirected(fault: Fault) -> web.Response:
    return web.Response(status=fault.status or 302, headers={"Location": ELSEWHERE})


# Faults that answer without reading the request.
_WORDS: Final[Mapping[str, Callable[[Fault], web.Response]]] = {
    "html": _page,
    "says": _words,
    "redirect": _redirected,
}


async def _flood(request: web.Request, fault: Fault) -> web.StreamResponse:
    return await flood(request, fault.mebibytes, fault.encoding, is_announced=fault.is_announced)


async def _half(request: web.Request, _: Fault) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    answer.content_length = 4 * len(_HALF_OF_IT)
    await answer.prepare(request)
    await answer.write(_HALF_OF_IT)
    if request.transport is not None:
        request.transport.close()
    return answer


# Faults that stream a response of their own.
_STREAMS: Final[Mapping[str, Callable[[web.Request, Fault], Awaitable[web.StreamResponse]]]] = {
    "half_body": _half,
    "flood": _flood,
}


async def elsewhere(_: web.Request) -> web.Response:
    """Answer at the target of redirects: well-formed, but not the response to the request."""
    return web.json_response({"ok": True, "data": {}})


def _dropped(request: web.Request) -> web.StreamResponse:
    """Reset the TCP connection; the returned response is never sent."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
