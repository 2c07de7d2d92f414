"""slack_sdk's Socket Mode client, with limits, without leftovers, and with a log that gives nothing away."""

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
from bot.slack.client import SlackClient, UnusableAnswer, json_object

log = structlog.get_logger(__name__)

LAST_ACKNOWLEDGEMENTS_SECONDS: Final = 1.0
CLOSING_SECONDS: Final = 2.0
SOCKET_ANSWERS_PER_TURN: Final = 20

_OF_THE_LINE: Final = (aiohttp.ClientError, OSError, TimeoutError, SlackApiError, UnusableAnswer)
_ADDRESS: Final = re.compile(r"wss?://[^\s'\"]+")


class Handshakes:
    """aiohttp's session as slack_sdk uses it, with a limit round the handshake."""

    def __init__(self, session: aiohttp.ClientSession, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    @property
    def closed(self) -> bool:
        """Tell whether it can open nothing any more."""
        return self._session.closed

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    async def ws_connect(self, address: str, **options: Any) -> Any:  # noqa: ANN401 - aiohttp's own
        """Open a WebSocket; raises TimeoutError, and what aiohttp raises."""
        async with asyncio.timeout(self._seconds):
            return await self._session.ws_connect(address, **options)


class Client(SocketModeClient):
    """slack_sdk's client, which knows what it has under way and can therefore be closed without leftovers."""

    def __init__(
        self, token: str, web: SlackClient, ping_every: float, handshakes: Handshakes, *, is_alone: bool
    ) -> None:
        super().__init__(app_token=token, logger=_sdk_log(), web_client=web, ping_interval=ping_every)
        # The session slack_sdk opens knows neither our proxies nor our authorities.
        self._unused = self.aiohttp_client_session
        self.aiohttp_client_session = handshakes  # type: ignore[assignment]
        self._under_way: set[asyncio.Task[Any]] = set()
        self._turns = LoopThrottle(SOCKET_ANSWERS_PER_TURN)
        self._looks_for_others = is_alone

    async def process_message(self) -> None:
        """Take one frame from the queue; one that is no JSON object is passed over with a line in the log."""
        frame = await self.message_queue.get()
        message = json_object(frame.encode(errors="replace"))
        if message is None:
            log.warning("slack.socket_mode.frame_malformed", characters=len(frame))
            return
        task = asyncio.create_task(self.run_message_listeners(message, frame))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Hand a frame to its listener in its turn."""
        if message.get("type") == "hello" and self._looks_for_others:
            # Only at the first: a connection that is replaced may be counted for a while.
            self._looks_for_others = False
            _tell_of_others(message.get("num_connections"))
        await self._turns.mine()
        if "envelope_id" in message:
            # slack_sdk acknowledges nothing without a payload, and gives up on one of another kind.
            payload = message.get("payload")
            message = {"type": "", **message, "payload": payload if isinstance(payload, dict) else {}}
        await super().run_message_listeners(message, raw_message)

    async def connected(self) -> None:
        """Try to connect until it works."""
        await self.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it without types

    async def finish(self) -> None:
        """Let what is under way be acknowledged, then close."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_ACKNOWLEDGEMENTS_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.close()  # type: ignore[no-untyped-call]  # same
        own = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await ended([*(task for task in own if task is not None), *self._under_way])
        await self._unused.close()
        await self.aiohttp_client_session.close()


def _tell_of_others(count: object) -> None:
    """Warn where Slack counts other connections of the app: each is given a part of what people ask."""
    if isinstance(count, int) and count > 1:
        log.warning(
            "slack.socket_mode.token_shared",
            connections=count,
            why="another process is connected with SLACK_APP_TOKEN, and gets a part of the commands and presses",
            remedy="stop the other one, or give both one PostgreSQL in DATABASE_URL",
        )


async def ended(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel tasks and wait until they are over."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _sdk_log() -> logging.Logger:
    """Give slack_sdk a logger that shows no address and no payload: both let their reader act as the bot."""
    logger = logging.getLogger(f"{__name__}.sdk")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_without_address)
    return logger


def _without_address(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    said = record.getMessage()
    if isinstance(error, _OF_THE_LINE):
        # An attempt that failed is no defect; slack_sdk says of a time-out nothing but "error: ".
        record.exc_info = None
        said = said.replace("error: )", f"error: {type(error).__name__})")
    record.msg, record.args = _ADDRESS.sub("wss://…", said), None
    return True
