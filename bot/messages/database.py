"""What the people who run the bot are told about its database."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, LiteralString, Protocol

from bot.messages.blocks import section
from bot.messages.dates import short_date
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, moment, mrkdwn

MOST_NAMED: Final = 5


class Waiting(Protocol):
    """A message that is due."""

    @property
    def team(self) -> str:
        """Whose it is."""

    @property
    def kind(self) -> str:
        """What it is, the ledger's word first."""

    @property
    def nominal(self) -> date:
        """The local date it is for."""


_WAITS: Final[Mapping[str, LiteralString]] = {
    "digest": "• the digest of team {team} for {on}",
    "report": "• the weekly report of team {team} for {on}",
    "shift": "• the notice of a hand-over of team {team} on {on}",
    "reminder": "• a reminder of a shift of team {team} on {on}",
}
_WAITS_TOO: Final[LiteralString] = "• a message of team {team} for {on}"


def database_away(since: datetime, why: str, waiting: Iterable[Waiting]) -> Message:
    """Say since when it is away, what waits for it, and what to look at."""
    rows = [
        mrkdwn(_WAITS.get(one.kind.partition(" ")[0], _WAITS_TOO), team=one.team, on=short_date(one.nominal))
        for one in waiting
    ]
    more = mrkdwn("• and {count} more", count=len(rows) - MOST_NAMED) if len(rows) > MOST_NAMED else None
    return Message.of(
        section(
            lines(
                mrkdwn("⚠️ *The bot's database has been away since {since}.*", since=moment(since)),
                Mrkdwn("Digests, reports, notices and reminders wait for it. Commands and buttons go on working."),
                Mrkdwn("Not posted so far:") if rows else None,
                *rows[:MOST_NAMED],
                more,
                Mrkdwn(
                    "Look at the server or the disk of `DATABASE_URL`, and whether the bot may write there. No restart is"
                    " needed."
                ),
                mrkdwn("What it said: `{why}`.", why=clipped(why, 200)),
            )
        )
    )


def database_back(since: datetime) -> Message:
    """Say that it is back."""
    return Message.of(
        section(
            lines(
                Mrkdwn("✅ *The bot's database is back.*"),
                mrkdwn(
                    "It was away since {since}. What waited for it comes now, unless its time is over.",
                    since=moment(since),
                ),
            )
        )
    )
