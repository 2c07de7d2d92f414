"""Parse a typed line: the name of the command, in either language, and the words behind it."""

import re
from collections.abc import Mapping
from typing import Final

from bot.incidents.open_list import typed_number
from bot.messages import views
from bot.messages.input.typed import normalised, unquoted
from bot.messages.views import View
from handlers.dispatch.route import Subcommand

# A name ends at a space, or at the punctuation that a sentence has there.
_FIRST: Final = re.compile(r"\s*([^\s:：﹕,，、。]+)[\s:：﹕,，、。]*")
# Chinese has no spaces: 认领0E83EE.
_BEHIND_CHINESE: Final = re.compile(r"[0-9A-Fa-f#＃“「『\"０-９Ａ-Ｆａ-ｆ]")
# The second words of commands that have several.
_FURTHER_WORDS: Final = {"本周": "week", "一周": "week", "发布": "post", "发送": "post"}
_ADDRESS: Final = re.compile(r"https?://\S*?(?<![0-9a-fA-F])([0-9a-fA-F]{24})(?![0-9a-fA-F])\S*")


def parse_command_line(words: str, commands: Mapping[str, Subcommand]) -> View:
    """Parse typed words: the longest matching name of a command, and the rest by the command's own parser.

    An incident's number, id or address alone asks for its card.
    """
    if incident := named_incident(words):
        return views.IncidentCard(asked=incident)
    name, rest = split_command(words, commands)
    typed = normalised(rest).split()
    further = [_FURTHER_WORDS.get(word, word.lower()) for word in typed[: max(len(one.split()) for one in commands)]]
    for count in range(len(further), -1, -1):
        longer = " ".join([name, *further[:count]])
        if longer in commands:
            return commands[longer].reads(" ".join(typed[count:]))
    return views.UnknownCommand(words=words.strip())


def named_incident(words: str) -> str:
    """Return the incident that the words name and nothing else: its number, or the id in an address; empty if none."""
    alone = unquoted(words).rstrip(".,;!?")
    address = _ADDRESS.fullmatch(alone)
    return address[1].lower() if address else typed_number(alone)


def split_command(text: str, commands: Mapping[str, Subcommand]) -> tuple[str, str]:
    """Split a line into the full name of its command, or its first word where that is none, and the rest as typed."""
    found = _FIRST.match(text)
    if found is None:
        return "", text.strip()
    full_names = {alias: name for name, command in commands.items() for alias in (name, *command.aliases)}
    first = normalised(found[1]).lower()
    if first in full_names:
        return full_names[first], text[found.end() :]
    glued = [name for name in full_names if name and not name.isascii() and found[1].startswith(name)]
    alias = max(glued, key=len, default="")
    if alias and _BEHIND_CHINESE.match(found[1], len(alias)):
        return full_names[alias], text[found.start(1) + len(alias) :]
    return first, text[found.end() :]
