"""What can be done here: the menu, and what to say to words nobody understands."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_PRIVATELY, ButtonValue, control
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, dotted, lines, mrkdwn


@dataclass(frozen=True)
class HelpLine:
    """A command as it is typed, and what it shows; a line without `shows` is not in the menu."""

    usage: str
    shows: str = ""


def menu(team: str, commands: Iterable[HelpLine], *, command: str = "/flashduty") -> Message:
    """List the commands, for which team, with buttons to the common ones."""
    listed = (
        mrkdwn("`{command} {usage}` {shows}", command=command, usage=line.usage, shows=Mrkdwn(line.shows))
        for line in commands
        if line.shows
    )
    return Message.of(
        section(mrkdwn("*Flashduty for team {team}*", team=team)),
        section(lines(*listed)),
        actions(
            control(
                "Open incidents",
                SHOW_PRIVATELY,
                ButtonValue(team=team, words="incidents"),
                place="incidents",
                style="primary",
            ),
            control("Who is on call", SHOW_PRIVATELY, ButtonValue(team=team, words="oncall"), place="oncall"),
            control("Today's digest", SHOW_PRIVATELY, ButtonValue(team=team, words="digest"), place="digest"),
        ),
        context(
            dotted(
                mrkdwn("With `team:NAME` behind it, a command asks for another team."),
                mrkdwn("Slash commands do not work inside threads: mention me there with the same words."),
            )
        ),
    )


def not_understood(word: str, nearest: Iterable[str], team: str, commands: Iterable[HelpLine]) -> Message:
    """Say that a command is unknown, with the nearest one and the menu."""
    near = next(iter(nearest), None)
    said = clipped(word, 60)
    if near is None:
        first = mrkdwn("I do not know “{word}”. This is what I can do:", word=said)
    else:
        first = mrkdwn("I do not know “{word}”. Did you mean `{near}`?", word=said, near=near)
    offer = (
        actions(control(f"Show {near}", SHOW_PRIVATELY, ButtonValue(team=team, words=near), place="nearest"))
        if near
        else None
    )
    return Message.of(section(first), offer, *menu(team, commands).blocks)
