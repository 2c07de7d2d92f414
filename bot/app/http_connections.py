"""What one sender may cost: bounds on heads, on what is sent ahead and on connections, under uvicorn's HTTP/1.1.

Of uvicorn's own protocols `httptools` keeps every header it is sent, and `h11` waits for a head for ever;
`limit_concurrency` counts silent connections, and then answers 503 to whoever comes next.
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.runtime.tally import Tally

# h11 ends a head at any of these; RFC 9112 (section 2.2) knows only the one with two carriage returns.
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_INCOMPLETE: Final = frozenset({h11.IDLE, h11.SEND_BODY})
_CAN_ANSWER: Final = frozenset({h11.IDLE, h11.SEND_RESPONSE})


@dataclass(frozen=True)
class Bounds:
    """Bytes, lines and seconds of one connection, and how many there may be.

    Slack's own requests have heads of about 600 bytes in 12 lines.
    """

    head_bytes: int = 32 * 1024
    head_lines: int = 100
    head_seconds: float = 10.0
    chunks: int = 1000
    # What may wait behind a request that is being answered.
    ahead_bytes: int = 32 * 1024
    # How long a connection stays that was answered before the end of its body: closed at once it could lose the answer.
    rest_seconds: float = 2.0
    connections: int = 512
    # With more than this an answer ends its connection in good order: an idle one that gives way may be just in use.
    kept_alive: int = 500
    # Between two lines of the log.
    telling_seconds: float = 60.0


class Door:
    """All connections of one server: who gives way to newcomers, and what is told of those that were closed."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        # Those without a complete request, in the order in which they began to wait for one.
        self.waiting: dict[BoundedProtocol, None] = {}
        self.closed = Tally("http.connections_closed", bounds.telling_seconds)

    def make_room(self, count: int) -> None:
        """Close whoever has waited longest, if there are more connections than there may be."""
        if count > self.bounds.connections and self.waiting:
            next(iter(self.waiting)).give_up("gave_way")


def bounded(door: Door) -> type[asyncio.Protocol]:
    """Make what uvicorn builds a connection with."""
    return cast("type[asyncio.Protocol]", partial(BoundedProtocol, door=door))


class _Connection(h11.Connection):
    """h11's reading of a connection, which stops at a body of too many chunks: each costs the time of a small head."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(h11.SERVER, bounds.head_bytes)
        self._most = bounds.chunks
        self._chunks = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Parse what came; raises RemoteProtocolError."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = 0
        elif isinstance(event, h11.Data) and event.chunk_start:
            self._chunks += 1
            if self._chunks > self._most:
                raise h11.RemoteProtocolError("too many chunks")
        return event


class BoundedProtocol(H11Protocol):
    """One connection, of which never more is held than a head, a body and a little that was sent ahead."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        door: Door,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door
        self._bounds = door.bounds
        self.conn = _Connection(door.bounds)
        self._timer: asyncio.TimerHandle | None = None
        self._is_answered_early = False
        # Strangers write no lines of ours: uvicorn has one for each malformed request.
        self.logger = _only_defects()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait(self._bounds.head_seconds, "head_too_slow")
        self._door.make_room(len(self.connections))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._rest()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in no more at a time than can be judged before it is parsed."""
        while data and not self._is_answered_early and not self.transport.is_closing():
            size = self._acceptable(data)
            if size:
                super().data_received(data[:size])
                self._look()
            data = data[size:]

    def on_response_complete(self) -> None:
        """Wait for the next request, if this one has ended."""
        has_ended = self.conn.their_state not in _INCOMPLETE
        super().on_response_complete()
        if self.transport.is_closing():
            if self.transport.get_write_buffer_size():
                self._wait(self._bounds.rest_seconds, "answers_not_read")
        elif has_ended:
            self._door.waiting[self] = None
            self._look()
        else:
            self._is_answered_early = True
            # Nobody reads any more what has come of its body.
            self.cycle.body = bytearray()
            self._wait(self._bounds.rest_seconds, "answered_early")

    def pause_writing(self) -> None:
        """Wait no longer for somebody who does not read the answers than for a head."""
        super().pause_writing()
        self._wait(self._bounds.head_seconds, "answers_not_read")

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is malformed, in whatever state that comes to light."""
        if self.cycle is not None:
            # Whoever works on the beginning of this request has nobody left to answer.
            self.cycle.disconnected = True
        self._door.closed.count("malformed")
        if self.conn.our_state in _CAN_ANSWER:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def give_up(self, why: str) -> None:
        """Close the connection and have it told."""
        self._rest()
        self._door.closed.count(why)
        # Whoever does not read would keep a connection that is closed in good order for ever.
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _acceptable(self, data: bytes) -> int:
        """Count the bytes that may be taken in now; 0, and the connection is closed, when they are too many."""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            return min(len(data), self._bounds.ahead_bytes)
        held, _ = self.conn.trailing_data
        if state is h11.IDLE:
            return self._of_head(held, data)
        if len(held) + len(data) > self._bounds.ahead_bytes:
            self.give_up("too_much_ahead")
            return 0
        return len(data)

    def _of_head(self, held: bytes, data: bytes) -> int:
        seen = held + data[: self._bounds.head_bytes - len(held)]
        end = _END_OF_HEAD.search(seen)
        lines = seen.count(b"\n", 0, end.end() if end else len(seen))
        if lines > self._bounds.head_lines or (end is None and len(seen) == self._bounds.head_bytes):
            self.give_up("head_too_large")
            return 0
        return len(seen) - len(held)

    def _look(self) -> None:
        """See how far the request has come."""
        if self.flow.write_paused:
            return
        state = self.conn.their_state
        if state not in _INCOMPLETE:
            self._rest()
            self._keep_no_longer_than_there_is_room()
        elif state is h11.SEND_BODY:
            # The body is waited for by whoever reads it.
            self._stop_timer()
        elif self._timer is None and self.conn.trailing_data[0]:
            self._wait(self._bounds.head_seconds, "head_too_slow")

    def _keep_no_longer_than_there_is_room(self) -> None:
        cycle = self.cycle
        if cycle is None or len(self.connections) <= self._bounds.kept_alive or CLOSE_HEADER in cycle.default_headers:
            return
        cycle.default_headers = [*cycle.default_headers, CLOSE_HEADER]

    def _wait(self, seconds: float, why: str) -> None:
        self._stop_timer()
        self._door.waiting.setdefault(self)
        self._timer = self.loop.call_later(seconds, self.give_up, why)

    def _rest(self) -> None:
        self._stop_timer()
        self._door.waiting.pop(self, None)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _only_defects() -> logging.Logger:
    logger = logging.getLogger("uvicorn.error.defects")
    logger.setLevel(logging.ERROR)
    return logger
