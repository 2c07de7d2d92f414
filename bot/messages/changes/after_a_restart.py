"""What came of a change whose end nobody told, because the bot stopped before it could."""

from bot.messages.blocks import section
from bot.messages.errors import Retry, again
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, lines, mrkdwn

STOPPED: Mrkdwn = mrkdwn("The bot stopped before it was done.")


def not_done(not_done: Mrkdwn, retry: Retry | None) -> Message:
    """Say that it was not done, with the way to do it."""
    return Message.of(section(lines(not_done, STOPPED)), again(retry))


def in_doubt(in_doubt: Mrkdwn) -> Message:
    """Say that nobody knows whether it was done."""
    return Message.of(section(lines(in_doubt, mrkdwn("The bot stopped before it could tell you."))))
