"""`/flashduty digest`."""

import re
from datetime import date

from bot.digest import gather
from bot.messages import Message
from bot.messages.digest import digest
from handlers.request import Request

_ON = re.compile(r"on:(\d{4}-\d{2}-\d{2})")


async def today(request: Request) -> Message:
    """Draw today's digest; a digest that is drawn again keeps the date it was posted for."""
    found = await gather(request.flashduty, request.team, request.now, _date(request.words))
    return digest(found)


def _date(words: str) -> date | None:
    found = _ON.search(words)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
