"""`/flashduty digest`."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from bot.digest import gather
from bot.messages import Message
from bot.messages.digest import digest
from handlers.request import Request

LONG_OVER: Final = timedelta(days=14)

_ON = re.compile(r"on:(\d{4}-\d{2}-\d{2})")


async def today(request: Request) -> Message:
    """Draw today's digest; a digest that is drawn again keeps the date it was posted for."""
    around = replace(request.surroundings, notifies=False)
    found = await gather(request.flashduty, request.team, request.now, _date(request), around)
    return digest(found, has_thread=request.place.is_public)


def _date(request: Request) -> date | None:
    """Read the date of a digest that is drawn again; one that is long over is drawn for today."""
    found = _ON.search(request.words)
    try:
        on = date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return on if on is not None and abs(on - request.now.date()) < LONG_OVER else None
