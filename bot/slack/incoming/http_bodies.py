"""Reads the bodies of requests, with a limit for each body and for the memory of all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

BODY_TIMEOUT: Final = 5.0
# A command and a press in a private message have up to 2 KiB. Longer bodies share MAX_HELD_BYTES of memory, so that
# many of them at once do not exhaust it; shorter ones are not counted.
LONG_BODY_BYTES: Final = 8 * 1024
MAX_HELD_BYTES: Final = 2 * 1024 * 1024
# A request of Slack's is complete within milliseconds.
SLOW_BODY_AFTER: Final = 0.25
TOO_MANY_REQUESTS: Final = "Too many long requests at once. Try again in a moment."


class RequestRejected(Exception):  # noqa: N818 - a response, not a defect
    """A request is rejected; the text is the body of the response."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class ClientDisconnected(Exception):  # noqa: N818 - same
    """The client closed the connection before the request was complete, so no response is sent."""


class BodyBudget:
    """Memory for long bodies, shared by all running requests; a request that arrives too slowly loses its share.

    Where no request is that slow, the new one is rejected with 429: a flood blocks the long requests of that moment, a
    slow sender blocks none. Whether a body is signed is not known before it is complete.
    """

    def __init__(self, max_bytes: int = MAX_HELD_BYTES) -> None:
        self._left = max_bytes
        self._held: dict[_Share, int] = {}

    def take(self, share: "_Share", count: int) -> None:
        """Add `count` bytes to a share; raises RequestRejected."""
        while count > self._left:
            oldest = next((one for one in self._held if one is not share), None)
            if oldest is None or not oldest.is_slow:
                raise RequestRejected(429, TOO_MANY_REQUESTS)
            oldest.cancel()
        self._held[share] = self._held.get(share, 0) + count
        self._left -= count

    def free(self, share: "_Share") -> None:
        """Return the bytes of a share."""
        self._left += self._held.pop(share, 0)


class _Share:
    """The memory one request holds, its start, and the timeout that ends it."""

    def __init__(self, budget: BodyBudget, timeout: asyncio.Timeout) -> None:
        self._budget = budget
        self._timeout = timeout
        self._started_at = asyncio.get_running_loop().time()
        self.is_cancelled = False

    @property
    def is_slow(self) -> bool:
        return asyncio.get_running_loop().time() - self._started_at > SLOW_BODY_AFTER

    def grow(self, count: int) -> None:
        self._budget.take(self, count)

    def cancel(self) -> None:
        self.is_cancelled = True
        self._budget.free(self)
        if not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time())


async def receive_body(receive: Receive, max_bytes: int, budget: BodyBudget) -> bytes:
    """Read a body of at most `max_bytes`, counted while reading; raises RequestRejected and ClientDisconnected."""
    timeout = asyncio.timeout(BODY_TIMEOUT)
    share = _Share(budget, timeout)
    try:
        async with timeout:
            return await _read(receive, max_bytes, share)
    except TimeoutError:
        if share.is_cancelled:
            raise RequestRejected(429, TOO_MANY_REQUESTS) from None
        raise RequestRejected(408, f"The body did not arrive within {BODY_TIMEOUT:.0f} s.") from None
    except asyncio.CancelledError:
        # The server stops; without this it would respond 500, and log a traceback, for a request of an unknown sender.
        raise RequestRejected(408, "The body did not arrive before the bot ended.") from None
    finally:
        budget.free(share)


async def _read(receive: Receive, max_bytes: int, share: _Share) -> bytes:
    chunks: list[bytes] = []
    length = counted = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientDisconnected
        chunk = event.get("body", b"")
        length += len(chunk)
        if length > max_bytes:
            raise RequestRejected(413, f"The body is longer than {max_bytes} bytes.")
        chunks.append(chunk)
        if not event.get("more_body", False):
            return b"".join(chunks)
        if length > LONG_BODY_BYTES:
            share.grow(length - counted)
            counted = length
