"""`/flashduty` without words, `/flashduty help`, and unknown commands."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.messages import Message
from bot.messages.help import HelpLine, menu, not_understood
from bot.messages.views import UnknownCommand, View
from handlers.dispatch.context import Request


def draw_menu(request: Request, lines: Sequence[HelpLine]) -> Message:
    """Show the menu of commands."""
    return menu(request.audience, request.team.name, lines, command=request.command)


def draw_unknown(
    request: Request, view: UnknownCommand, *, lines: Sequence[HelpLine], known: Mapping[str, View]
) -> Message:
    """Suggest the most similar known command."""
    word = view.words.partition(" ")[0]
    nearest = get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    near = (nearest[0], known[nearest[0]]) if nearest else None
    return not_understood(request.audience, word, near, team=request.team.name, commands=lines, command=request.command)
