"""Commands that people type and that only Flashduty's console carries out so far."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from bot.incidents.messages.not_yet import VERBS, in_the_console, in_the_console_without_number
from bot.incidents.queries import find_incidents
from bot.messages.views import NotYet, Verb
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request
from handlers.dispatch.route import Subcommand

_ALIASES: Final[Mapping[Verb, tuple[str, ...]]] = {
    "merge": ("合并",),
}


def _read(verb: Verb, words: str) -> NotYet:
    return NotYet(verb=verb, asked=words)


COMMANDS_NOT_YET: Final[Mapping[str, Subcommand]] = {
    verb: Subcommand(reads=partial(_read, verb), aliases=_ALIASES[verb]) for verb in VERBS
}


async def draw_not_yet(request: Request, view: NotYet) -> Refusal:
    """Say that the bot cannot do it yet, with a link to the incident in Flashduty."""
    first = view.asked.partition(" ")[0]
    found = await find_incidents(request.flashduty, request.team, first, now=request.now) if first else ()
    to = request.to_person
    if not found:
        return Refusal(in_the_console_without_number(to, view.verb), outcome="not yet")
    return Refusal(in_the_console(to, view.verb, found), outcome="not yet")
