"""Recognises a request that comes a second time: Slack's retry, a replay, or the same at another replica."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.runtime.dedupe import SeenKeys
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.requests.seen_requests import SeenRequests
from handlers.dispatch.context import Incoming

log = structlog.get_logger(__name__)

MEMORY_SECONDS: Final = 900.0
# Slack sends an event again for a day, once an hour. Source: docs.slack.dev/apis/events-api ("Delayed events")
SEEN_REQUEST_RETENTION: Final = timedelta(days=2)
# Somebody waits for what they asked for.
SEEN_NOTE_TIMEOUT: Final = 0.5


class Deduplicator:
    """Remembers every request in memory, for 15 minutes, and in the database those that change something.

    The key of a request is what Slack keeps from delivery to delivery: the `trigger_id` of a command, the channel and
    `ts` of a message (which an `app_mention` and a `message` event share, unlike their `event_id`), the person,
    `action_ts` and `action_id` of a press, and a form's view and state. Over HTTP its signature is another.
    """

    def __init__(self, seen: SeenRequests, *, now: Callable[[], datetime]) -> None:
        self._seen = seen
        self._now = now
        self._memory = SeenKeys(MEMORY_SECONDS)

    def is_new(self, incoming: Incoming) -> bool:
        """Return whether this process has not seen the request, and remember it."""
        return self._memory.add(incoming.once)

    async def is_first(self, incoming: Incoming) -> bool:
        """Note a request that changes something; False when any replica has noted it, also before a restart.

        While the database does not answer, the memory of this process must do: nothing people ask for is lost because
        a replay cannot be recognised. Never raises.
        """
        keys = [incoming.once, *([f"signature {incoming.signature}"] if incoming.signature else [])]
        try:
            async with asyncio.timeout(SEEN_NOTE_TIMEOUT):
                return await self._seen.add(keys, self._now() + SEEN_REQUEST_RETENTION)
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("request.not_noted", why=str(error) or type(error).__name__)
            return True
