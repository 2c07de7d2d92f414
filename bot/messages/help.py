"""What can be done here: the menu, and what to say to words nobody understands."""

from collections.abc import Iterable

from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_PRIVATELY, ButtonValue, control
from bot.messages.message import Message
from bot.messages.text import clipped, dotted, lines, mrkdwn


def menu(team: str, *, command: str = "/flashduty") -> Message:
    """List the commands, for which team, with buttons to the common ones."""
    return Message.of(
        section(mrkdwn("*Flashduty for team {team}*", team=team)),
        section(
            lines(
                mrkdwn(
                    "`{command} incidents` open incidents; add `critical`, `triggered`, `closed`, `since:7d` or words to search for",
                    command=command,
                ),
                mrkdwn("`{command} incident 0E83EE` everything about one incident", command=command),
                mrkdwn(
                    "`{command} oncall` who is on call now and next; add a part of a schedule's name, or `at:tomorrow 18:00`",
                    command=command,
                ),
                mrkdwn("`{command} oncall week` the next seven days as a table", command=command),
                mrkdwn("`{command} me` am I on call, my next shifts, my open incidents", command=command),
                mrkdwn(
                    "`{command} digest` today's digest, only for you; `digest post` sends it to the channel, `digest week` shows the week behind you",
                    command=command,
                ),
            )
        ),
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


def not_understood(word: str, nearest: Iterable[str], team: str) -> Message:
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
    return Message.of(section(first), offer, *menu(team).blocks)
