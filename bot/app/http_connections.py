"""Limits of connections under uvicorn's HTTP/1.1: heads, pipelined bytes, time-outs and the number of connections.

Of uvicorn's own protocols, `httptools` keeps any number of headers and `h11` waits for a head without a time-out;
`limit_concurrency` counts silent connections and then answers new ones with 503.
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

# h11 accepts each of these as the end of a head; RFC 9112 (section 2.2) has only the one with two carriage returns.
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_INCOMPLETE: Final = frozenset({h11.IDLE, h11.SEND_BODY})
_CAN_RESPOND: Final = frozenset({h11.IDLE, h11.SEND_RESPONSE})


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of bytes, lines and seconds for one connection, and of the number of connections.

    Slack's own requests have heads of about 600 bytes in 12 lines.
    """

    head_bytes: int = 32 * 1024
    head_lines: int = 100
    head_seconds: float = 10.0
    chunks: int = 1000
    # Bytes that may wait behind a request in progress.
    pipelined_bytes: int = 32 * 1024
    # How long a connection stays open after a response before the end of the body: an immediate close may lose it.
    linger_seconds: float = 2.0
    connections: int = 512
    # With more connections, responses close theirs: closing an idle one instead might hit one just in use.
    kept_alive: int = 500
    # Between two log lines.
    log_seconds: float = 60.0


class ConnectionLimiter:
    """All connections of one server: closes waiting ones in favour of new ones, and logs what was closed."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        # Connections without a complete request, longest waiting first.
        self.waiting: dict[LimitedProtocol, None] = {}
        self.closed = Tally("http.connections_closed", limits.log_seconds)

    def make_room(self, count: int) -> None:
        """Close the connection that has waited longest, if there are too many."""
        if count > self.limits.connections and self.waiting:
            next(iter(self.waiting)).close_connection("gave_way")


def limited_protocol(limiter: ConnectionLimiter) -> type[asyncio.Protocol]:
    """Give uvicorn its protocol factory."""
    return cast("type[asyncio.Protocol]", partial(LimitedProtocol, limiter=limiter))


class _Connection(h11.Connection):
    """h11's connection with a limit of chunks in a body: each takes as long to parse as a small head."""

    def __init__(self, limits: ConnectionLimits) -> None:
        super().__init__(h11.SERVER, limits.head_bytes)
        self._most = limits.chunks
        self._chunks = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Parse the next event; raises RemoteProtocolError."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = 0
        elif isinstance(event, h11.Data) and event.chunk_start:
            self._chunks += 1
            if self._chunks > self._most:
                raise h11.RemoteProtocolError("too many chunks")
        return event


class LimitedProtocol(H11Protocol):
    """One connection; it holds a head, a body and a limited number of pipelined bytes at most."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limiter: ConnectionLimiter,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limiter = limiter
        self._limits = limiter.limits
        self.conn = _Connection(limiter.limits)
        self._timer: asyncio.TimerHandle | None = None
        self._responded_early = False
        # Without a log line for each malformed request, which uvicorn would write.
        self.logger = _defect_logger()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Start the time-out of a head."""
        super().connection_made(transport)
        self._wait(self._limits.head_seconds, "head_too_slow")
        self._limiter.make_room(len(self.connections))

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time-outs."""
        self._stop_waiting()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in at most as many bytes at a time as the limits allow, before they are parsed."""
        while data and not self._responded_early and not self.transport.is_closing():
            size = self._acceptable(data)
            if size:
                super().data_received(data[:size])
                self._update_timer()
            data = data[size:]

    def on_response_complete(self) -> None:
        """Wait for the next request, or close after a response before the end of the body."""
        has_ended = self.conn.their_state not in _INCOMPLETE
        super().on_response_complete()
        if self.transport.is_closing():
            if self.transport.get_write_buffer_size():
                self._wait(self._limits.linger_seconds, "answers_not_read")
        elif has_ended:
            self._limiter.waiting[self] = None
            self._update_timer()
        else:
            self._responded_early = True
            # The rest of the body is not read.
            self.cycle.body = bytearray()
            self._wait(self._limits.linger_seconds, "answered_early")

    def pause_writing(self) -> None:
        """Start the time-out of a client that does not read responses."""
        super().pause_writing()
        self._wait(self._limits.head_seconds, "answers_not_read")

    def resume_writing(self) -> None:
        """Continue."""
        super().resume_writing()
        self._update_timer()

    def send_400_response(self, msg: str) -> None:
        """Reject a malformed request in any state."""
        if self.cycle is not None:
            # Ends the handling of the beginning of this request: its response could not be sent.
            self.cycle.disconnected = True
        self._limiter.closed.count("malformed")
        if self.conn.our_state in _CAN_RESPOND:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def close_connection(self, reason: str) -> None:
        """Close the connection and count it for the log."""
        self._stop_waiting()
        self._limiter.closed.count(reason)
        # A client that does not read would keep a graceful close waiting forever.
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _acceptable(self, data: bytes) -> int:
        """Count the bytes that may be taken in now; 0 after closing the connection for too many."""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            return min(len(data), self._limits.pipelined_bytes)
        held, _ = self.conn.trailing_data
        if state is h11.IDLE:
            return self._acceptable_head(held, data)
        if len(held) + len(data) > self._limits.pipelined_bytes:
            self.close_connection("too_much_ahead")
            return 0
        return len(data)

    def _acceptable_head(self, held: bytes, data: bytes) -> int:
        seen = held + data[: self._limits.head_bytes - len(held)]
        end = _END_OF_HEAD.search(seen)
        lines = seen.count(b"\n", 0, end.end() if end else len(seen))
        if lines > self._limits.head_lines or (end is None and len(seen) == self._limits.head_bytes):
            self.close_connection("head_too_large")
            return 0
        return len(seen) - len(held)

    def _update_timer(self) -> None:
        """Start or stop the time-out for the state of the request."""
        if self.flow.write_paused:
            return
        state = self.conn.their_state
        if state not in _INCOMPLETE:
            self._stop_waiting()
            self._close_after_response_when_full()
        elif state is h11.SEND_BODY:
            # The reader of the body has a time-out of its own.
            self._stop_timer()
        elif self._timer is None and self.conn.trailing_data[0]:
            self._wait(self._limits.head_seconds, "head_too_slow")

    def _close_after_response_when_full(self) -> None:
        cycle = self.cycle
        if cycle is None or len(self.connections) <= self._limits.kept_alive or CLOSE_HEADER in cycle.default_headers:
            return
        cycle.default_headers = [*cycle.default_headers, CLOSE_HEADER]

    def _wait(self, seconds: float, reason: str) -> None:
        self._stop_timer()
        self._limiter.waiting.setdefault(self)
        self._timer = self.loop.call_later(seconds, self.close_connection, reason)

    def _stop_waiting(self) -> None:
        self._stop_timer()
        self._limiter.waiting.pop(self, None)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _defect_logger() -> logging.Logger:
    logger = logging.getLogger("uvicorn.error.defects")
    logger.setLevel(logging.ERROR)
    return logger
