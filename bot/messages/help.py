"""The menu of what the bot does, and the answer to an unknown command."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from slack_sdk.models.blocks import ButtonElement

from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_PRIVATELY, control
from bot.messages.language import CHINESE, Language, Marked
from bot.messages.message import Message
from bot.messages.text import clipped, dotted, mrkdwn
from bot.messages.views import Help, View, ViewValue

_NONE: Final = Marked("")


@dataclass(frozen=True)
class HelpLine:
    """A command as typed, and what it shows; a line without `button` has no row in the menu."""

    usage: str
    shows: Marked = _NONE
    chinese: str = ""
    """The same command in Chinese, which works for every reader and is shown to Chinese ones."""

    button: Marked = _NONE
    """The label of the button that does it."""

    words: str = ""
    """The words behind the name of the command for which the button stands."""

    def usage_in(self, language: Language) -> str:
        """Return the command as a reader of this language types it."""
        return self.chinese if self.chinese and language.code == CHINESE else self.usage


@dataclass(frozen=True, kw_only=True)
class HelpRow:
    """A row of the menu: its line, and the view of its button."""

    line: HelpLine
    view: View


@dataclass(frozen=True, kw_only=True)
class SimilarCommand:
    """The command most similar to an unknown word: its name as it is typed, its view, and the label of its button."""

    name: str
    view: View
    button: Marked = _NONE


def menu(to: Audience, team: str, rows: Iterable[HelpRow], *, is_admin: bool = False) -> Message:
    """List what the bot does for a team, each with a button and the command, and what only administrators can do."""
    return Message.of(
        section(
            to.say(
                "*Flashduty for team {team}.* Press a button, or type `{command}` with these words:",
                team=team,
                command=to.command,
            )
        ),
        *(
            section(
                mrkdwn("`{usage}` {shows}", usage=row.line.usage_in(to.language), shows=to.translated(row.line.shows)),
                control(
                    to.translated_label(row.line.button),
                    SHOW_PRIVATELY,
                    ViewValue(team=team, view=row.view),
                    suffix=row.line.usage.partition(" ")[0],
                ),
            )
            for row in rows
        ),
        context(
            to.say(
                "Also: `incidents critical since:7d` · `incidents mine` · `oncall week` · `oncall at:tomorrow 18:00` · `digest post` ·"
                " `digest week`"
            )
        ),
        context(to.say("For administrators: `audit 7d`, `audit 24h @name`, `audit #0E83EE` – who did what"))
        if is_admin
        else None,
        context(
            dotted(
                to.say("Add `team:NAME` to ask about another team"),
                to.say("In a thread, where slash commands do not work, mention me with the same words"),
            )
        ),
    )


def not_understood(to: Audience, word: str, similar: SimilarCommand | None, *, team: str) -> Message:
    """Say that a command is unknown, with a button for the most similar one, if there is one, and one for the menu."""
    shown = clipped(word, 60)
    if similar is None:
        text = to.say("There is no command “{word}”.", word=shown)
    else:
        text = to.say("There is no command “{word}”. Did you mean `{similar}`?", word=shown, similar=similar.name)
    offered = _button_of(to, similar, team) if similar and not isinstance(similar.view, Help) else None
    return Message.of(section(text), actions(offered, help_button(to, team)))


def _button_of(to: Audience, similar: SimilarCommand, team: str) -> ButtonElement:
    label = to.translated_label(similar.button) if similar.button else to.label("Show {command}", command=similar.name)
    return control(label, SHOW_PRIVATELY, ViewValue(team=team, view=similar.view), suffix="nearest", style="primary")


def help_button(to: Audience, team: str) -> ButtonElement:
    """Draw the button for the menu."""
    return control(to.label("Help"), SHOW_PRIVATELY, ViewValue(team=team, view=Help()), suffix="help")
