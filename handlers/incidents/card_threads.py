"""The incident that somebody means who mentions the bot in the thread of its card."""

import asyncio

import structlog

from bot.incidents.acknowledgements import LOOKUP_FAILURES, LOOKUP_TIMEOUT
from handlers.dispatch.context import Origin, Request

log = structlog.get_logger(__name__)


def is_mention_in_thread(origin: Origin) -> bool:
    """Return whether the bot was mentioned in a thread, which may be that of a card."""
    return origin.is_mention and origin.thread is not None


async def incident_of_thread(request: Request) -> str:
    """Return the id of the incident in the thread of whose card the bot was mentioned; empty for any other place.

    Empty as well where the database does not say it in time.
    """
    origin = request.origin
    if not origin.is_mention or origin.thread is None:
        return ""
    try:
        async with asyncio.timeout(LOOKUP_TIMEOUT):
            return await request.services.cards.incident_of(request.team.name, origin.channel, origin.thread) or ""
    except LOOKUP_FAILURES as error:
        log.warning("card.thread_unread", why=str(error))
        return ""
