"""`/flashduty` without words, `/flashduty help`, and unknown commands."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.messages import Message
from bot.messages.help import HelpRow, SimilarCommand, menu, not_understood
from bot.messages.language import Language
from bot.messages.views import UnknownCommand
from handlers.dispatch.context import Request
from handlers.dispatch.route import Subcommand


def draw_menu(request: Request, rows: Sequence[HelpRow]) -> Message:
    """Show the menu."""
    is_admin = not request.origin.is_public and request.services.audit_desk.may_read(request.person.id)
    return menu(request.audience, request.team.name, rows, is_admin=is_admin)


def draw_unknown(request: Request, view: UnknownCommand, *, known: Mapping[str, Subcommand]) -> Message:
    """Suggest the most similar known command, under the name that the reader uses."""
    word, to = view.words.partition(" ")[0], request.audience
    names = {name: command for full, command in known.items() for name in (full, *command.aliases) if " " not in name}
    nearest = get_close_matches(word.lower(), names, n=1, cutoff=0.5)
    similar = _similar(nearest[0], names[nearest[0]], to.language) if nearest else None
    return not_understood(to, word, similar, team=request.team.name)


def _similar(matched: str, command: Subcommand, language: Language) -> SimilarCommand:
    """Name a command in the reader's language; one without a help line is called as it is typed."""
    if not command.help:
        return SimilarCommand(name=matched, view=command.reads(""))
    line = command.help[0]
    name = line.usage_in(language).partition(" ")[0]
    return SimilarCommand(name=name, view=command.reads(""), button=line.button)
