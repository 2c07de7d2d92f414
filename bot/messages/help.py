"""The menu of commands, and the answer to an unknown command."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_PRIVATELY, control
from bot.messages.language import CHINESE, Language, Marked
from bot.messages.message import Message
from bot.messages.text import clipped, dotted, lines, mrkdwn
from bot.messages.views import Digest, IncidentList, OnCall, View, ViewValue

_UNLISTED: Final = Marked("")


@dataclass(frozen=True)
class HelpLine:
    """A command as typed, and what it shows; a line without `shows` is not in the menu."""

    usage: str
    shows: Marked = _UNLISTED
    chinese: str = ""
    """The same command in Chinese, which works for every reader and is shown to Chinese ones."""

    def usage_in(self, language: Language) -> str:
        """Return the command as a reader of this language types it."""
        return self.chinese if self.chinese and language.code == CHINESE else self.usage


def menu(to: Audience, team: str, commands: Iterable[HelpLine], *, command: str) -> Message:
    """List the commands, for which team, with buttons to the common ones."""
    listed = (
        mrkdwn(
            "`{command} {usage}` {shows}",
            command=command,
            usage=line.usage_in(to.language),
            shows=to.translated(line.shows),
        )
        for line in commands
        if line.shows
    )
    return Message.of(
        section(to.say("*Flashduty for team {team}*", team=team)),
        section(lines(*listed)),
        actions(
            control(
                to.label("Open incidents"),
                SHOW_PRIVATELY,
                ViewValue(team=team, view=IncidentList()),
                suffix="incidents",
                style="primary",
            ),
            control(to.label("Who is on call"), SHOW_PRIVATELY, ViewValue(team=team, view=OnCall()), suffix="oncall"),
            control(to.label("Today's digest"), SHOW_PRIVATELY, ViewValue(team=team, view=Digest()), suffix="digest"),
        ),
        context(
            dotted(
                to.say("With `team:NAME` behind it, a command asks for another team."),
                to.say("Slash commands do not work inside threads: mention me there with the same words."),
            )
        ),
    )


def not_understood(
    to: Audience, word: str, nearest: tuple[str, View] | None, team: str, commands: Iterable[HelpLine], *, command: str
) -> Message:
    """Say that a command is unknown, with the most similar one and its view, if there is one, and the menu."""
    said, whole = clipped(word, 60), menu(to, team, commands, command=command).blocks
    if nearest is None:
        return Message.of(section(to.say("I do not know “{word}”. This is what I can do:", word=said)), *whole)
    near, view = nearest
    first = to.say("I do not know “{word}”. Did you mean `{near}`?", word=said, near=near)
    show = control(
        to.label("Show {near}", near=near), SHOW_PRIVATELY, ViewValue(team=team, view=view), suffix="nearest"
    )
    return Message.of(section(first), actions(show), *whole)
