"""slack_sdk's Socket Mode client, with time limits, a complete shutdown, and a log without secrets."""

import asyncio
import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.runtime.tasks import LoopThrottle
from bot.slack.client import SlackClient, UnusableResponse, json_object

log = structlog.get_logger(__name__)

ACKNOWLEDGEMENT_TIMEOUT: Final = 1.0
SOCKET_CLOSE_TIMEOUT: Final = 2.0
FRAMES_PER_TURN: Final = 20

_CONNECTION_ERRORS: Final = (aiohttp.ClientError, OSError, TimeoutError, SlackApiError, UnusableResponse)
_SOCKET_URL: Final = re.compile(r"wss?://[^\s'\"]+")


class HandshakeSession:
    """aiohttp's session as slack_sdk uses it, with a time limit for the handshake."""

    def __init__(self, session: aiohttp.ClientSession, timeout: float) -> None:
        self._session = session
        self._timeout = timeout

    @property
    def closed(self) -> bool:
        """Whether the session is closed."""
        return self._session.closed

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    async def ws_connect(self, url: str, **options: Any) -> Any:  # noqa: ANN401 - aiohttp's own
        """Open a WebSocket; raises TimeoutError and aiohttp's errors."""
        async with asyncio.timeout(self._timeout):
            return await self._session.ws_connect(url, **options)


class SocketClient(SocketModeClient):
    """slack_sdk's client, which tracks its running tasks so that all of them end when it is closed."""

    def __init__(
        self, token: str, web: SlackClient, ping_interval: float, handshakes: HandshakeSession, *, is_alone: bool
    ) -> None:
        super().__init__(app_token=token, logger=_sdk_log(), web_client=web, ping_interval=ping_interval)
        # The session that slack_sdk opens has neither the configured proxy nor the configured certificates.
        self._unused_session = self.aiohttp_client_session
        self.aiohttp_client_session = handshakes  # type: ignore[assignment]
        self._running: set[asyncio.Task[Any]] = set()
        self._throttle = LoopThrottle(FRAMES_PER_TURN)
        self._checks_for_others = is_alone

    async def process_message(self) -> None:
        """Start a task for one frame of the queue; a frame that is no JSON object is logged and dropped."""
        frame = await self.message_queue.get()
        message = json_object(frame.encode(errors="replace"))
        if message is None:
            log.warning("slack.socket_mode.frame_malformed", characters=len(frame))
            return
        task = asyncio.create_task(self.run_message_listeners(message, frame))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Pass a frame to its listener."""
        if message.get("type") == "hello" and self._checks_for_others:
            # Only at the first connection: Slack may count a replaced connection for a while.
            self._checks_for_others = False
            _warn_of_other_connections(message.get("num_connections"))
        await self._throttle.wait()
        if "envelope_id" in message:
            # slack_sdk does not acknowledge an envelope without a payload, and fails on a payload of another type.
            payload = message.get("payload")
            message = {"type": "", **message, "payload": payload if isinstance(payload, dict) else {}}
        await super().run_message_listeners(message, raw_message)

    async def connected(self) -> None:
        """Connect, with retries until it succeeds."""
        await self.connect()  # type: ignore[no-untyped-call]  # not typed in slack_sdk

    async def finish(self) -> None:
        """Wait for the acknowledgements of running tasks, then close."""
        if self._running:
            await asyncio.wait(self._running, timeout=ACKNOWLEDGEMENT_TIMEOUT)
        with suppress(TimeoutError):
            async with asyncio.timeout(SOCKET_CLOSE_TIMEOUT):
                await self.close()  # type: ignore[no-untyped-call]  # same
        own = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await cancel_all([*(task for task in own if task is not None), *self._running])
        await self._unused_session.close()
        await self.aiohttp_client_session.close()


def _warn_of_other_connections(count: object) -> None:
    """Warn where Slack counts other connections of the app: each receives a part of the requests."""
    if isinstance(count, int) and count > 1:
        log.warning(
            "slack.socket_mode.token_shared",
            connections=count,
            why="another process is connected with SLACK_APP_TOKEN, and gets a part of the commands and presses",
            remedy="stop the other one, or give both one PostgreSQL in DATABASE_URL",
        )


async def cancel_all(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel tasks and wait until they have ended."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _sdk_log() -> logging.Logger:
    """Return a logger for slack_sdk without URLs and payloads: both allow their reader to act as the bot."""
    logger = logging.getLogger(f"{__name__}.sdk")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_without_url)
    return logger


def _without_url(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    text = record.getMessage()
    if isinstance(error, _CONNECTION_ERRORS):
        # A failed attempt is no defect; slack_sdk logs nothing but "error: " for a time-out.
        record.exc_info = None
        text = text.replace("error: )", f"error: {type(error).__name__})")
    record.msg, record.args = _SOCKET_URL.sub("wss://…", text), None
    return True
