"""Reads the bodies of requests: bounded each, and all of them together, whoever sends them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

BODY_SECONDS: Final = 5.0
# A command and a press in a private message have up to 2 KiB. Longer bodies share this much memory, so that many of
# them at once do not take all of it; the others need no leave.
LONG_BYTES: Final = 8 * 1024
MOST_HELD_BYTES: Final = 2 * 1024 * 1024
# What Slack sends is complete within milliseconds.
SLOW_SECONDS: Final = 0.25
TOO_MANY_REQUESTS: Final = "Too many long requests at once. Try again in a moment."


class RequestRejected(Exception):  # noqa: N818 - an answer, not a defect
    """A request is not let in; the text is the whole answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class ClientGone(Exception):  # noqa: N818 - same
    """The sender hung up before the request was complete: nobody is left to answer."""


class BodyBudget:
    """Memory for long bodies, shared by all requests under way: who has waited for the rest too long gives way.

    Without anybody to give way a newcomer is refused: whoever floods us keeps out the long requests of that moment,
    whoever drips keeps out none. It is refused with 429: whether anything is signed is not known before its end.
    """

    def __init__(self, most: int = MOST_HELD_BYTES) -> None:
        self._left = most
        self._held: dict[_Share, int] = {}

    def hold(self, share: "_Share", count: int) -> None:
        """Give a share so many bytes more; raises Refused."""
        while count > self._left:
            oldest = next((one for one in self._held if one is not share), None)
            if oldest is None or not oldest.is_slow:
                raise RequestRejected(429, TOO_MANY_REQUESTS)
            oldest.give_way()
        self._held[share] = self._held.get(share, 0) + count
        self._left -= count

    def free(self, share: "_Share") -> None:
        """Take back what a share holds."""
        self._left += self._held.pop(share, 0)


class _Share:
    """What one request holds of the room, since when, and what ends its waiting."""

    def __init__(self, room: BodyBudget, limit: asyncio.Timeout) -> None:
        self._room = room
        self._limit = limit
        self._since = asyncio.get_running_loop().time()
        self.gave_way = False

    @property
    def is_slow(self) -> bool:
        return asyncio.get_running_loop().time() - self._since > SLOW_SECONDS

    def grow(self, count: int) -> None:
        self._room.hold(self, count)

    def give_way(self) -> None:
        self.gave_way = True
        self._room.free(self)
        if not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())


async def body_of(receive: Receive, most: int, room: BodyBudget) -> bytes:
    """Read a body of at most `most` bytes, counting as it comes; raises Refused and Gone."""
    limit = asyncio.timeout(BODY_SECONDS)
    share = _Share(room, limit)
    try:
        async with limit:
            return await _read(receive, most, share)
    except TimeoutError:
        if share.gave_way:
            raise RequestRejected(429, TOO_MANY_REQUESTS) from None
        raise RequestRejected(408, f"The body did not arrive within {BODY_SECONDS:.0f} s.") from None
    except asyncio.CancelledError:
        # The server ends; it would answer 500, and log a traceback, for a request that may be anybody's.
        raise RequestRejected(408, "The body did not arrive before the bot ended.") from None
    finally:
        room.free(share)


async def _read(receive: Receive, most: int, share: _Share) -> bytes:
    chunks: list[bytes] = []
    length = held = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        chunk = event.get("body", b"")
        length += len(chunk)
        if length > most:
            raise RequestRejected(413, f"The body is longer than {most} bytes.")
        chunks.append(chunk)
        if not event.get("more_body", False):
            return b"".join(chunks)
        if length > LONG_BYTES:
            share.grow(length - held)
            held = length
