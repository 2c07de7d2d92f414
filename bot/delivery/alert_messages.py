"""Messages to the operators: what was not posted, why, and the remedy."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, LiteralString

from bot.delivery.model import (
    NO_ADDRESS,
    NO_RESPONDER,
    NO_SUCH_MEMBER,
    NOT_VERIFIED,
    PERSON_CODES,
    Cause,
    DeliveryFailure,
    ResponderProblem,
)
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.dates import short_date
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, moment
from bot.storage.postings import PostingKey, PostingKind

MAX_MISSED_NAMED: Final = 10

_CHANNEL_NOT_FOUND: Final = Mrkdwn(
    "The channel is not there any more, or is private and the bot is not in it. Type `/invite @Flashduty` there, or set"
    " the team's `DIGEST_CHANNEL` to another and restart the bot."
)
_NOT_IN_CHANNEL: Final = Mrkdwn("The bot is not a member of the channel. Type `/invite @Flashduty` there.")
_TOKEN_REJECTED: Final = Mrkdwn(
    "Slack does not accept the bot's token any more. Install the app again, copy the Bot User OAuth Token into"
    " `SLACK_BOT_TOKEN` and restart the bot."
)
_REMEDIES: Final[Mapping[str, Mrkdwn]] = {
    "is_archived": Mrkdwn(
        "The channel is archived. Unarchive it, or set the team's `DIGEST_CHANNEL` to another and restart the bot."
    ),
    "channel_not_found": _CHANNEL_NOT_FOUND,
    "not_in_channel": _NOT_IN_CHANNEL,
    "restricted_action": Mrkdwn(
        "Slack does not let the bot post there: who may post is limited in the channel's settings. Let the app post, or"
        " set the team's `DIGEST_CHANNEL` to another and restart the bot."
    ),
    "missing_scope": Mrkdwn(
        "The Slack app lacks a scope. `python -m bot check` names it; add it and install the app again."
    ),
    "token_revoked": _TOKEN_REJECTED,
    "account_inactive": _TOKEN_REJECTED,
    "invalid_auth": _TOKEN_REJECTED,
    "cannot_dm_bot": Mrkdwn("Slack has no direct messages with that account."),
    "user_disabled": Mrkdwn("That person's Slack account is switched off."),
    NO_SUCH_MEMBER: Mrkdwn(
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
# These causes last until an operator acts, so that an alert is sent without delay.
NEEDS_OPERATOR: Final = frozenset(_REMEDIES)


def not_posted(to: Audience, failure: DeliveryFailure) -> Message:
    """Say what was not posted, why, the remedy, and whether the bot still tries."""
    return Message.of(section(lines(_what(to, failure), _remedy(to, failure), _next(to, failure))))


_CHART: Final[LiteralString] = "⚠️ *The chart of the weekly report of team {team} for {on} was not put into {channel}.*"
_NOT_POSTED: Final[Mapping[PostingKind, LiteralString]] = {
    PostingKind.DIGEST: "⚠️ *The digest of team {team} for {on} was not posted in {channel}.*",
    PostingKind.REPORT: "⚠️ *The weekly report of team {team} for {on} was not posted in {channel}.*",
    PostingKind.CHART: _CHART,
    PostingKind.CHART_ON_DEMAND: _CHART,
    PostingKind.SHIFT_NOTICE: "⚠️ *A hand-over of team {team} on {on} was not told in {channel}.*",
    PostingKind.USER_GROUP: "⚠️ *A message about a user group of team {team} was not posted in {channel} on {on}.*",
    PostingKind.REMINDER: "⚠️ *A reminder of a shift of team {team} on {on} was not sent.*",
}
_OTHER_NOT_POSTED: Final[LiteralString] = "⚠️ *A message of team {team} was not posted in {channel} on {on}.*"


_ON_CALL_NOW: Final[LiteralString] = "⚠️ *{who} is on call for team {team} and cannot act in Slack.*"
_ON_CALL_SOON: Final[LiteralString] = "⚠️ *{who} is soon on call for team {team} and cannot act in Slack.*"


def _what(to: Audience, failure: DeliveryFailure) -> Mrkdwn:
    team, on = failure.team, short_date(to, failure.local_date)
    if failure.code in PERSON_CODES:
        who = clipped(failure.person_name, 60) or "somebody"
        if isinstance(failure.kind, ResponderProblem):
            return to.say(
                _ON_CALL_SOON if failure.kind is ResponderProblem.SOON_ON_CALL else _ON_CALL_NOW, who=who, team=team
            )
        return to.say("⚠️ *{who} of team {team} cannot be reminded of the shift on {on}.*", who=who, team=team, on=on)
    channel = Mrkdwn(f"<#{failure.channel}>") if failure.channel else Mrkdwn("its channel")
    template = (
        _NOT_POSTED.get(failure.kind, _OTHER_NOT_POSTED) if isinstance(failure.kind, PostingKind) else _OTHER_NOT_POSTED
    )
    return to.say(template, team=team, on=on, channel=channel)


def _remedy(to: Audience, failure: DeliveryFailure) -> Mrkdwn:
    remedy = _REMEDIES.get(failure.code)
    return remedy or to.say("What was said: `{why}`.", why=clipped(failure.why, 200))


def _next(to: Audience, failure: DeliveryFailure) -> Mrkdwn | None:
    if failure.code in PERSON_CODES:
        return None
    if failure.is_final:
        return to.say("Its time is over, so it is not tried any more.")
    return to.say(
        "It is tried again and again until its time is over, and comes late once the cause is cured. Whatever else it"
        " keeps back is not told again; you are told when it is over."
    )


_REPORT_WAITING: Final[LiteralString] = "• the weekly report of team {team} for {on}"
_WAITING: Final[Mapping[PostingKind, LiteralString]] = {
    PostingKind.DIGEST: "• the digest of team {team} for {on}",
    PostingKind.REPORT: _REPORT_WAITING,
    PostingKind.CHART: _REPORT_WAITING,
    PostingKind.SHIFT_NOTICE: "• the notice of a hand-over of team {team} on {on}",
    PostingKind.REMINDER: "• a reminder of a shift of team {team} on {on}",
}
_OTHER_WAITING: Final[LiteralString] = "• a message of team {team} for {on}"


def posting_rows(to: Audience, waiting: Iterable[PostingKey], max_rows: int) -> list[Mrkdwn]:
    """Name messages in a row each, and count those beyond `max_rows`."""
    rows = [
        to.say(_WAITING.get(one.kind.regular, _OTHER_WAITING), team=one.team, on=short_date(to, one.local_date))
        for one in waiting
    ]
    more = [to.say("• and {count} more", count=len(rows) - max_rows)] if len(rows) > max_rows else []
    return [*rows[:max_rows], *more]


def never_started(to: Audience, missed: Iterable[PostingKey], *, command: str) -> Message:
    """Say which messages were not started within their window, and the possible causes."""
    return Message.of(
        section(
            lines(
                Mrkdwn("⚠️ *Not posted in its time:*"),
                *posting_rows(to, missed, MAX_MISSED_NAMED),
                to.say(
                    "The bot was not running then, or its database was away; its log of that time says which. It is not"
                    " tried any more. `{command} digest post` and `{command} digest week post` bring one now.",
                    command=command,
                ),
            )
        )
    )


_RESOLVED: Final[Mapping[PostingKind, LiteralString]] = {
    PostingKind.DIGEST: "✅ *The digest of team {team} is posted again.*",
    PostingKind.REPORT: "✅ *The weekly report of team {team} is posted again.*",
    PostingKind.CHART: "✅ *The chart of team {team} is posted again.*",
}
_OTHER_RESOLVED: Final[LiteralString] = "✅ *Messages of team {team} are posted again.*"


def resolved(to: Audience, cause: Cause, since: datetime) -> Message:
    """Say that a reported cause is resolved."""
    who = clipped(cause.person_name, 60)
    if isinstance(cause.kind, ResponderProblem):
        text = to.say("✅ *{who} of team {team} can act in Slack now.*", who=who, team=cause.team)
    elif cause.person_name:
        text = to.say("✅ *{who} of team {team} is reminded again.*", who=who, team=cause.team)
    elif cause.channel:
        text = to.say("✅ *Messages are posted in {channel} again.*", channel=Mrkdwn(f"<#{cause.channel}>"))
    else:
        text = to.say(_RESOLVED.get(cause.kind, _OTHER_RESOLVED), team=cause.team)
    return Message.of(section(lines(text, to.say("You were told of the trouble at {since}.", since=moment(since)))))
