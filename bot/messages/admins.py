"""What the people who run the bot are told: what was not posted, why, and the cure."""

from collections.abc import Mapping
from datetime import date
from typing import Final, LiteralString, Protocol

from bot.messages.blocks import section
from bot.messages.dates import short_date
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, mrkdwn


class NotPosted(Protocol):
    """A message that could not be posted."""

    @property
    def team(self) -> str:
        """Whose it is."""

    @property
    def kind(self) -> str:
        """What it is, the ledger's word first."""

    @property
    def on(self) -> date:
        """The local date it is for."""

    @property
    def channel(self) -> str | None:
        """Where it should be."""

    @property
    def why(self) -> str:
        """Slack's or the database's word, with the method."""

    @property
    def code(self) -> str:
        """The word alone."""

    @property
    def is_final(self) -> bool:
        """Whether it is tried no more."""


# Ours, beside Slack's own words.
NOBODY: Final = "nobody_with_that_address"

_GONE: Final = Mrkdwn(
    "The channel is not there any more, or is private and the bot is not in it. Type `/invite @Flashduty` there, or set"
    " the team's `DIGEST_CHANNEL` to another and restart the bot."
)
_OUT: Final = Mrkdwn("The bot is not a member of the channel. Type `/invite @Flashduty` there.")
_TOKEN: Final = Mrkdwn(
    "Slack does not accept the bot's token any more. Install the app again, copy the Bot User OAuth Token into"
    " `SLACK_BOT_TOKEN` and restart the bot."
)
_CURES: Final[Mapping[str, Mrkdwn]] = {
    "is_archived": Mrkdwn(
        "The channel is archived. Unarchive it, or set the team's `DIGEST_CHANNEL` to another and restart the bot."
    ),
    "channel_not_found": _GONE,
    "not_in_channel": _OUT,
    "restricted_action": Mrkdwn(
        "Slack does not let the bot post there: who may post is limited in the channel's settings. Let the app post, or"
        " set the team's `DIGEST_CHANNEL` to another and restart the bot."
    ),
    "missing_scope": Mrkdwn(
        "The Slack app lacks a scope. `python -m bot check` names it; add it and install the app again."
    ),
    "token_revoked": _TOKEN,
    "account_inactive": _TOKEN,
    "invalid_auth": _TOKEN,
    "cannot_dm_bot": Mrkdwn("Slack has no direct messages with that account."),
    "user_disabled": Mrkdwn("That person's Slack account is switched off."),
    NOBODY: Mrkdwn(
        "Nobody in Slack has the e-mail address this person has in Flashduty. The same address in both cures it."
    ),
}
# What does not pass by itself, so that waiting before telling helps nobody.
NEEDS_A_HAND: Final = frozenset(_CURES)


def not_posted(trouble: NotPosted) -> Message:
    """Say what was not posted, why, what cures it, and whether it is still tried."""
    return Message.of(section(lines(_what(trouble), _cure(trouble), _next(trouble))))


_POSTED: Final[Mapping[str, LiteralString]] = {
    "digest": "⚠️ *The digest of team {team} for {on} was not posted in {channel}.*",
    "report": "⚠️ *The weekly report of team {team} for {on} was not posted in {channel}.*",
    "chart": "⚠️ *The chart of the weekly report of team {team} for {on} was not put into {channel}.*",
    "shift": "⚠️ *A hand-over of team {team} on {on} was not told in {channel}.*",
    "group": "⚠️ *A message about a user group of team {team} was not posted in {channel} on {on}.*",
    "reminder": "⚠️ *A reminder of a shift of team {team} on {on} was not sent.*",
}
_OTHER: Final[LiteralString] = "⚠️ *A message of team {team} was not posted in {channel} on {on}.*"


def _what(trouble: NotPosted) -> Mrkdwn:
    team, on = trouble.team, short_date(trouble.on)
    if trouble.code == NOBODY:
        who = clipped(trouble.why.rpartition(": ")[0], 60) or "somebody"
        return mrkdwn("⚠️ *{who} of team {team} cannot be reminded of the shift on {on}.*", who=who, team=team, on=on)
    channel = Mrkdwn(f"<#{trouble.channel}>") if trouble.channel else Mrkdwn("its channel")
    word = "chart" if trouble.kind.endswith("chart") else trouble.kind.partition(" ")[0]
    return mrkdwn(_POSTED.get(word, _OTHER), team=team, on=on, channel=channel)


def _cure(trouble: NotPosted) -> Mrkdwn:
    known = _CURES.get(trouble.code)
    return known or mrkdwn("What was said: `{why}`.", why=clipped(trouble.why, 200))


def _next(trouble: NotPosted) -> Mrkdwn | None:
    if trouble.code == NOBODY:
        return None
    if trouble.is_final:
        return mrkdwn("Its time is over, so it is not tried any more.")
    return mrkdwn("It is tried again and again until its time is over, and comes late once the cause is cured.")
