"""`/flashduty` alone, `/flashduty help`, and words that are no command."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.messages import Message
from bot.messages.help import HelpLine, menu, not_understood
from handlers.dispatch.context import Request


def show(request: Request, lines: Sequence[HelpLine]) -> Message:
    """Show what can be done here."""
    return menu(request.team.name, lines)


def unknown(request: Request, lines: Sequence[HelpLine], names: Sequence[str]) -> Message:
    """Offer the nearest command."""
    word = request.words.split(maxsplit=1)[0]
    nearest = get_close_matches(word.lower(), names, n=1, cutoff=0.5)
    return not_understood(word, nearest, request.team.name, lines)
