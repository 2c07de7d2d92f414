"""Messages about a change whose outcome was not reported because the bot stopped before."""

from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.errors import Retry, retry_actions
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, lines


def lost(to: Audience, not_done: Mrkdwn) -> Mrkdwn:
    """Say that the change was not made, and why."""
    return lines(not_done, to.say("The bot stopped before it was done."))


def not_done(to: Audience, not_done: Mrkdwn, retry: Retry | None) -> Message:
    """Say that the change was not made, with a control to retry."""
    return Message.of(section(lost(to, not_done)), retry_actions(to, retry))


def in_doubt(to: Audience, in_doubt: Mrkdwn) -> Message:
    """Say that it is unknown whether the change was made."""
    return Message.of(section(lines(in_doubt, to.say("The bot stopped before it could tell you."))))
