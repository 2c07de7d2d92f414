"""What the people who run the bot are told: what was not posted, why, and the cure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, LiteralString, Protocol

from bot.messages.blocks import section
from bot.messages.dates import short_date
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, moment, mrkdwn


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


class Waiting(Protocol):
    """A message that should have come."""

    @property
    def team(self) -> str:
        """Whose it is."""

    @property
    def kind(self) -> str:
        """What it is, the ledger's word first."""

    @property
    def local_date(self) -> date:
        """The local date it is for."""


class Kept(Protocol):
    """What kept messages back."""

    @property
    def team(self) -> str:
        """Whose message suffered first."""

    @property
    def word(self) -> str:
        """What it was, the ledger's word."""

    @property
    def channel(self) -> str | None:
        """Where it should have been."""

    @property
    def who(self) -> str:
        """Who could not be reminded, empty when it was about no person."""


MOST_NAMED: Final = 10

# Ours, beside Slack's own words.
NOBODY: Final = "nobody_with_that_address"
NO_ADDRESS: Final = "no_address_in_flashduty"
NOT_VERIFIED: Final = "address_not_verified"
NO_RESPONDER: Final = "no_responder"
OF_A_PERSON: Final = frozenset({NOBODY, NO_ADDRESS, NOT_VERIFIED, NO_RESPONDER})
# The kind of what is not a message: somebody is on call, or is soon, and could not act.
ON_CALL: Final = "oncall"
SOON_ON_CALL: Final = f"{ON_CALL} soon"

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
        "No full member of this Slack workspace has the e-mail address this person has in Flashduty. Use the same"
        " address in both."
    ),
    NO_ADDRESS: Mrkdwn("Flashduty has no e-mail address of theirs. They can add one in their Flashduty profile."),
    NOT_VERIFIED: Mrkdwn(
        "They have not verified their e-mail address in Flashduty. They can do that in their Flashduty profile."
    ),
    NO_RESPONDER: Mrkdwn(
        "They are no responder of the team. Add them to its `RESPONDERS` or a group named there, or where that is not set"
        " to one of its channels. Or set the team's `ONCALL_MAY_ACT` to true, so that whoever is on call may act. A"
        " changed setting needs a restart."
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


_NOW: Final[LiteralString] = "⚠️ *{who} is on call for team {team} and cannot act in Slack.*"
_SOON: Final[LiteralString] = "⚠️ *{who} is soon on call for team {team} and cannot act in Slack.*"


def _what(trouble: NotPosted) -> Mrkdwn:
    team, on = trouble.team, short_date(trouble.on)
    if trouble.code in OF_A_PERSON:
        who = clipped(trouble.why.rpartition(": ")[0], 60) or "somebody"
        if trouble.kind.partition(" ")[0] == ON_CALL:
            return mrkdwn(_SOON if trouble.kind.startswith(SOON_ON_CALL) else _NOW, who=who, team=team)
        return mrkdwn("⚠️ *{who} of team {team} cannot be reminded of the shift on {on}.*", who=who, team=team, on=on)
    channel = Mrkdwn(f"<#{trouble.channel}>") if trouble.channel else Mrkdwn("its channel")
    word = "chart" if trouble.kind.endswith("chart") else trouble.kind.partition(" ")[0]
    return mrkdwn(_POSTED.get(word, _OTHER), team=team, on=on, channel=channel)


def _cure(trouble: NotPosted) -> Mrkdwn:
    known = _CURES.get(trouble.code)
    return known or mrkdwn("What was said: `{why}`.", why=clipped(trouble.why, 200))


def _next(trouble: NotPosted) -> Mrkdwn | None:
    if trouble.code in OF_A_PERSON:
        return None
    if trouble.is_final:
        return mrkdwn("Its time is over, so it is not tried any more.")
    return mrkdwn(
        "It is tried again and again until its time is over, and comes late once the cause is cured. Whatever else it"
        " keeps back is not told again; you are told when it is over."
    )


_WAITS: Final[Mapping[str, LiteralString]] = {
    "digest": "• the digest of team {team} for {on}",
    "report": "• the weekly report of team {team} for {on}",
    "shift": "• the notice of a hand-over of team {team} on {on}",
    "reminder": "• a reminder of a shift of team {team} on {on}",
}
_WAITS_TOO: Final[LiteralString] = "• a message of team {team} for {on}"


def named(waiting: Iterable[Waiting], most: int) -> list[Mrkdwn]:
    """Name messages, a row each, and count those beyond `most`."""
    rows = [
        mrkdwn(_WAITS.get(one.kind.partition(" ")[0], _WAITS_TOO), team=one.team, on=short_date(one.local_date))
        for one in waiting
    ]
    more = [mrkdwn("• and {count} more", count=len(rows) - most)] if len(rows) > most else []
    return [*rows[:most], *more]


def never_begun(missed: Iterable[Waiting]) -> Message:
    """Say what nobody began in its time, and why that must be."""
    return Message.of(
        section(
            lines(
                Mrkdwn("⚠️ *Not posted in its time:*"),
                *named(missed, MOST_NAMED),
                Mrkdwn(
                    "The bot was not running then, or its database was away; its log of that time says which. It is not"
                    " tried any more. `/flashduty digest post` and `/flashduty digest week post` bring one now."
                ),
            )
        )
    )


_CURED: Final[Mapping[str, LiteralString]] = {
    "digest": "✅ *The digest of team {team} is posted again.*",
    "report": "✅ *The weekly report of team {team} is posted again.*",
    "chart": "✅ *The chart of team {team} is posted again.*",
}
_CURED_TOO: Final[LiteralString] = "✅ *Messages of team {team} are posted again.*"


def cured(cause: Kept, since: datetime) -> Message:
    """Say that what was told is over."""
    if cause.word == ON_CALL:
        text = mrkdwn("✅ *{who} of team {team} can act in Slack now.*", who=clipped(cause.who, 60), team=cause.team)
    elif cause.who:
        text = mrkdwn("✅ *{who} of team {team} is reminded again.*", who=clipped(cause.who, 60), team=cause.team)
    elif cause.channel:
        text = mrkdwn("✅ *Messages are posted in {channel} again.*", channel=Mrkdwn(f"<#{cause.channel}>"))
    else:
        text = mrkdwn(_CURED.get(cause.word, _CURED_TOO), team=cause.team)
    return Message.of(section(lines(text, mrkdwn("You were told of the trouble at {since}.", since=moment(since)))))
