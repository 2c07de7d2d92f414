"""Recognise a request that is delivered twice: a retry by Slack, a replay, or a delivery to another replica."""

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
# The person waits for the answer.
SEEN_NOTE_TIMEOUT: Final = 0.5


class Deduplicator:
    """Stores the key of every request in memory for 15 minutes; of one that changes something, in the database too.

    The key of a request is what all its deliveries have in common: the `trigger_id` of a command, the channel and `ts`
    of a message (which an `app_mention` and a `message` event share, unlike their `event_id`), the person, `action_ts`
    and `action_id` of a press, and a form's view and state. An HTTP request has its signature as a second key.
    """

    def __init__(self, seen: SeenRequests, *, now: Callable[[], datetime]) -> None:
        self._seen = seen
        self._now = now
        self._memory = SeenKeys(MEMORY_SECONDS)

    def is_new(self, incoming: Incoming) -> bool:
        """Store the request in memory; return whether this process has not seen it before."""
        return self._memory.add(incoming.once)

    async def is_first(self, incoming: Incoming) -> bool:
        """Store a request that changes something; return False when any replica has stored it, also before a restart.

        While the database does not answer, only the memory of this process recognises a replay, and the request is
        carried out. Never raises.
        """
        keys = [incoming.once, *([f"signature {incoming.signature}"] if incoming.signature else [])]
        try:
            async with asyncio.timeout(SEEN_NOTE_TIMEOUT):
                return await self._seen.add(keys, self._now() + SEEN_REQUEST_RETENTION)
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("request.not_noted", why=str(error) or type(error).__name__)
            return True
