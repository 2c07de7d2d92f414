"""Failures outside of Flashduty: Slack, the bot's database, the bot itself, and time-outs."""

from collections.abc import Mapping
from typing import Final

from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.errors.retry import Retry, retry_actions
from bot.messages.help import help_button
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines
from bot.runtime.request_trail import Dependency

TOO_MANY: Final = N_("Too many requests at once. Nothing was done: try again in a moment.")
ANOTHER_COMMAND: Final = N_(
    "This bot answers {ours}, not {typed}. Ask the bot's administrator to give the Slack app's command that name."
)
RESTARTING: Final = N_("The bot is restarting. Nothing was done: try again in a few seconds.")

_SLOW: Final[Mapping[Dependency | None, Marked]] = {
    Dependency.FLASHDUTY: N_("*Flashduty timed out.* Try again, or open the Flashduty console."),
    Dependency.SLACK: N_("*Slack timed out.* Try again in a moment."),
    Dependency.DATABASE: N_(
        "*The bot's own database timed out.* Try again in a moment; if it stays so, ask the bot's administrator to check"
        " `DATABASE_URL`."
    ),
    None: N_("*The bot is busy.* Try again in a moment."),
}


def too_slow(to: Audience, who: Dependency | None, retry: Retry | None, not_done: Mrkdwn | None = None) -> Message:
    """Say which dependency the bot was waiting for at the time-out; None for the bot itself."""
    return Message.of(section(lines(not_done, to.translated(_SLOW[who]))), retry_actions(to, retry))


def database_unavailable(to: Audience, retry: Retry | None, in_doubt: Mrkdwn | None = None) -> Message:
    """Say that the database failed, and what is unknown because of it."""
    text = to.say(
        "*The bot's own database does not answer.* Try again in a moment; if it stays so, ask the bot's administrator to"
        " check `DATABASE_URL`."
    )
    return Message.of(section(lines(in_doubt, text)), retry_actions(to, retry))


def defect(to: Audience, reference: str, in_doubt: Mrkdwn | None = None) -> Message:
    """Say that the bot failed, with the reference that is in the log, and what is unknown because of it."""
    text = to.say(
        "*Something went wrong in the bot.* Reference {reference}: the bot's administrator finds it in the log.",
        reference=reference,
    )
    return Message.of(section(lines(text, in_doubt)))


def slack_refused(to: Audience, code: str, not_done: Mrkdwn | None = None) -> Message:
    """Say that Slack refused a call of the bot."""
    text = to.say(
        "*Slack did not let the bot finish this* (`{code}`). Ask the bot's administrator to run `python -m bot check`.",
        code=clipped(code, 60),
    )
    return Message.of(section(lines(not_done, text)))


def slack_silent(to: Audience, retry: Retry | None, not_done: Mrkdwn | None = None) -> Message:
    """Say that Slack could not be reached or gave no usable answer."""
    return too_slow(to, Dependency.SLACK, retry, not_done=not_done)


def restarting(to: Audience, in_doubt: Mrkdwn | None = None) -> Message:
    """Say that the bot is restarting, and what is unknown because of it."""
    if in_doubt is None:
        return Message.of(section(to.translated(RESTARTING)))
    return Message.of(section(lines(to.say("*The bot is restarting.*"), in_doubt)))


def outdated(to: Audience, team: str) -> Message:
    """Say that a control is from a version that is no longer supported."""
    text = to.say("*This button is from an older version of the bot.* Nothing was done. Ask again for what you need.")
    return Message.of(section(text), actions(help_button(to, team)))


def too_many(to: Audience) -> Message:
    """Say that the bot is overloaded."""
    return Message.of(section(to.translated(TOO_MANY)))
