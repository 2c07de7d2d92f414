"""`/flashduty` alone, `/flashduty help`, and words nobody understands."""

from difflib import get_close_matches

from bot.messages import Message
from bot.messages.help import menu, not_understood
from handlers.dispatch.context import Request

COMMANDS = ("incidents", "incident", "oncall", "me", "digest", "help")


async def show(request: Request) -> Message:
    """Show what can be done here."""
    return menu(request.team.name)


async def unknown(request: Request) -> Message:
    """Offer the nearest command."""
    word = request.words.split(maxsplit=1)[0]
    return not_understood(word, get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.5), request.team.name)
