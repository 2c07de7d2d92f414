"""Socket Mode: envelopes over WebSockets opened by the bot (docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import hashlib
import json
import random
import secrets
from collections import defaultdict, deque
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import aiohttp
from aiohttp import web

from sandbox.slack.delivery.outcome import FAILED, TIMED_OUT, Outcome, Sending
from sandbox.slack.refusal import Refusal
from sandbox.slack.world import World

SOCKET_PATH: Final = "/link"
MOST_CONNECTIONS: Final = 10

_TYPES: Final = {"command": "slash_commands", "event": "events_api"}
# Kinds whose acknowledgement may carry a payload; others are ignored.
_WANT_AN_ANSWER: Final = frozenset({"command", "view_submission", "block_suggestion"})
_CONNECTION_SECONDS: Final = 3600
# With `debug_reconnects=true` in the address.
_DEBUG_SECONDS: Final = 360
_WARNING_SECONDS: Final = 10
_MAX_ACKNOWLEDGED: Final = 1000
_CLOSING_SECONDS: Final = 1.0


class Sockets:
    """The bot's open connections."""

    def __init__(self, world: World, *, are_refreshed: bool = False) -> None:
        self._world = world
        self._are_refreshed = are_refreshed
        self._is_enabled = True
        self._tickets: set[str] = set()
        self._open: dict[web.WebSocketResponse, web.Request] = {}
        self._awaited: dict[str, list[asyncio.Future[Any]]] = defaultdict(list)
        self._refusals_left = 0
        self._hangs_left = 0
        # Connections opened since the start.
        self.opened = 0
        self.acknowledged: deque[str] = deque(maxlen=_MAX_ACKNOWLEDGED)
        world.new_socket_address = self._new_address

    @property
    def count(self) -> int:
        """Count the open connections."""
        return len(self._open)

    def refuse_handshakes(self, times: int) -> None:
        """Refuse the next handshakes; their URLs are used up."""
        self._refusals_left = times

    def hang_handshakes(self, times: int) -> None:
        """Never answer the next handshakes; their URLs are used up."""
        self._hangs_left = times

    def drop(self) -> None:
        """Drop all connections without a close frame."""
        for request in list(self._open.values()):
            if request.transport is not None:
                request.transport.abort()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Send a disconnect to all connections, and close them unless the reason is `warning`."""
        for connection in list(self._open):
            await _end(connection, reason)

    async def say(self, frame: str) -> None:
        """Send a raw frame over all connections."""
        for connection in list(self._open):
            await connection.send_str(frame)

    async def switch(self, *, is_on: bool) -> None:
        """Switch Socket Mode off or on for the app; off closes every connection with `link_disabled`."""
        self._is_enabled = is_on
        if not is_on:
            await self.disconnect("link_disabled")

    async def stop(self) -> None:
        """Close all connections when the server stops."""
        for connection in list(self._open):
            await connection.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Accept a handshake, and read acknowledgements until the connection closes."""
        ticket = request.query.get("ticket", "")
        is_good = ticket in self._tickets
        self._tickets.discard(ticket)
        if self._hangs_left > 0:
            self._hangs_left -= 1
            await self._world.stopping.wait()
            return web.Response(status=503)
        if self._refusals_left > 0:
            self._refusals_left -= 1
            return web.Response(status=503, text="the handshake was refused")
        if not is_good:
            return web.Response(status=404, text="this address was used, or never given")
        connection = web.WebSocketResponse(timeout=_CLOSING_SECONDS)
        await connection.prepare(request)
        if self.count >= MOST_CONNECTIONS:
            await _end(connection, "too_many_websockets")
            return connection
        return await self._live(connection, request)

    async def send(self, sending: Sending) -> Outcome:
        """Send an envelope over one connection, and wait for its acknowledgement as long as Slack does."""
        if not self._open:
            return Outcome(acked=False, failure=FAILED, reason="connection_failed")
        connection = random.choice(list(self._open))  # noqa: S311 - Slack promises no pattern
        answered = asyncio.get_running_loop().create_future()
        self._awaited[sending.envelope_id].append(answered)
        try:
            async with asyncio.timeout(self._world.ack_seconds):
                await connection.send_json(_envelope(sending))
                answer = await answered
                return Outcome(acked=True, status="acked", answer=answer if sending.kind in _WANT_AN_ANSWER else None)
        except TimeoutError:
            return Outcome(acked=False, failure=TIMED_OUT, reason="timeout")
        except (aiohttp.ClientError, ConnectionError):
            return Outcome(acked=False, failure=FAILED, reason="connection_failed")
        finally:
            self._forget(sending.envelope_id, answered)

    def _forget(self, envelope_id: str, answered: "asyncio.Future[Any]") -> None:
        self._awaited[envelope_id].remove(answered)
        if not self._awaited[envelope_id]:
            del self._awaited[envelope_id]

    def _new_address(self) -> str:
        if not self._is_enabled:
            raise Refusal("socket_mode_not_enabled")
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        # Not the app id of the hello.
        app = hashlib.sha256(self._app.encode()).hexdigest()
        return f"{self._world.origin.replace('http', 'ws', 1)}{SOCKET_PATH}?ticket={ticket}&app_id={app}"

    @property
    def _app(self) -> str:
        """The app id of the token of a connection."""
        return self._world.workspace.app.other_app or self._world.workspace.app.id

    async def _live(self, connection: web.WebSocketResponse, request: web.Request) -> web.WebSocketResponse:
        self._open[connection] = request
        self.opened += 1
        refreshing = asyncio.create_task(self._refresh(connection, request))
        try:
            await connection.send_json(self._hello())
            self._world.notices.changed()
            async for frame in connection:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledge(frame.data)
        except ConnectionError:
            # Dropped during the hello: the bot reconnects.
            pass
        finally:
            refreshing.cancel()
            del self._open[connection]
            self._world.notices.changed()
        return connection

    async def _refresh(self, connection: web.WebSocketResponse, request: web.Request) -> None:
        """Close a connection after its lifetime, with a warning ten seconds before, as Slack does every few hours."""
        is_debugged = request.query.get("debug_reconnects") == "true"
        if not (self._are_refreshed or is_debugged):
            return
        clock, notices = self._world.clock, self._world.notices
        until = clock.now() + timedelta(seconds=_DEBUG_SECONDS if is_debugged else _CONNECTION_SECONDS)
        with suppress(ConnectionError):
            await notices.at(clock, until - timedelta(seconds=_WARNING_SECONDS))
            await _end(connection, "warning")
            await notices.at(clock, until)
            await _end(connection, "refresh_requested")

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {"host": "pretend", "approximate_connection_time": _CONNECTION_SECONDS},
            "connection_info": {"app_id": self._app},
        }

    def _acknowledge(self, data: str) -> None:
        try:
            frame = json.loads(data)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        self.acknowledged.append(str(frame.get("envelope_id")))
        self._world.notices.changed()
        for answered in self._awaited.get(str(frame.get("envelope_id")), ()):
            if not answered.done():
                answered.set_result(frame.get("payload") or None)


async def _end(connection: web.WebSocketResponse, reason: str) -> None:
    await connection.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "pretend"}})
    if reason != "warning":
        await connection.close()


def _envelope(sending: Sending) -> dict[str, Any]:
    envelope = {
        "envelope_id": sending.envelope_id,
        "type": _TYPES.get(sending.kind, "interactive"),
        "payload": sending.payload,
        "accepts_response_payload": sending.kind in _WANT_AN_ANSWER,
    }
    if sending.kind == "event":
        envelope |= {"retry_attempt": sending.retry_number, "retry_reason": sending.retry_reason}
    return envelope
