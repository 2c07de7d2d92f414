"""Messages to the operators about outages of the database."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot.delivery.alert_messages import posting_rows
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.message import Message
from bot.messages.text import clipped, lines, moment
from bot.storage.postings import PostingKey

MAX_WAITING_NAMED: Final = 5


def database_away(to: Audience, since: datetime, why: str, waiting: Iterable[PostingKey]) -> Message:
    """Say since when the database is unavailable, which messages wait, and what to check."""
    rows = posting_rows(to, waiting, MAX_WAITING_NAMED)
    return Message.of(
        section(
            lines(
                to.say("⚠️ *The bot's database has been unavailable since {since}.*", since=moment(since)),
                to.say("Digests, reports, notices and reminders wait for it. Commands and buttons still work."),
                to.say("Not posted so far:") if rows else None,
                *rows,
                to.say(
                    "Check the server or the disk of `DATABASE_URL`, and whether the bot may write there. No restart is"
                    " needed."
                ),
                to.say("The database says: `{why}`.", why=clipped(why, 200)),
            )
        )
    )


def database_back(to: Audience, since: datetime) -> Message:
    """Say that the database is available again."""
    return Message.of(
        section(
            lines(
                to.say("✅ *The bot's database is available again.*"),
                to.say(
                    "It was unavailable since {since}. What waited for it is posted now, unless it is too late for that.",
                    since=moment(since),
                ),
            )
        )
    )
