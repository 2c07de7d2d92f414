"""`/flashduty` without words, `/flashduty help`, and unknown commands."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.messages import Message
from bot.messages.help import HelpLine, menu, not_understood
from bot.messages.views import UnknownCommand
from handlers.dispatch.context import Request
from handlers.dispatch.route import Subcommand


def draw_menu(request: Request, lines: Sequence[HelpLine]) -> Message:
    """Show the menu of commands."""
    return menu(request.audience, request.team.name, lines, command=request.command)


def draw_unknown(
    request: Request, view: UnknownCommand, *, lines: Sequence[HelpLine], known: Mapping[str, Subcommand]
) -> Message:
    """Suggest the most similar known command, under the name that the reader uses."""
    word, to = view.words.partition(" ")[0], request.audience
    names = {name: command for full, command in known.items() for name in (full, *command.aliases) if " " not in name}
    nearest = get_close_matches(word.lower(), names, n=1, cutoff=0.5)
    near = (_shown_name(nearest[0], names[nearest[0]], request), names[nearest[0]].reads("")) if nearest else None
    return not_understood(to, word, near, team=request.team.name, commands=lines, command=request.command)


def _shown_name(matched: str, command: Subcommand, request: Request) -> str:
    """Return the command's name in the reader's language; one that the menu does not list is called as it is typed."""
    return command.help[0].usage_in(request.audience.language).partition(" ")[0] if command.help else matched
