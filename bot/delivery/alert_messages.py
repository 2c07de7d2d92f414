"""Messages to the operators: what was not posted, why, and the remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
from bot.messages.changes.actions import number_of
from bot.messages.dates import short_date
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, channel_link, clipped, lines, moment, one_line
from bot.storage.postings import PostingKey, PostingKind

MAX_MISSED_NAMED: Final = 10
INCIDENT_TITLE_LIMIT: Final = 100

_CHANNEL_NOT_FOUND: Final = N_(
    "The channel no longer exists, or is private and the bot is not in it. Type {invite} there, or set the"
    " team's `DIGEST_CHANNEL` to another and restart the bot."
)
_TOKEN_REJECTED: Final = N_(
    "Slack no longer accepts the bot's token. Install the app again, copy the Bot User OAuth Token into"
    " `SLACK_BOT_TOKEN` and restart the bot."
)
_REMEDIES: Final[Mapping[str, Marked]] = {
    "is_archived": N_(
        "The channel is archived. Unarchive it, or set the team's `DIGEST_CHANNEL` to another and restart the bot."
    ),
    "channel_not_found": _CHANNEL_NOT_FOUND,
    "not_in_channel": N_("The bot is not a member of the channel. Type {invite} there."),
    "restricted_action": N_(
        "The channel's settings limit who may post, and the bot may not. Let the app post, or set the team's"
        " `DIGEST_CHANNEL` to another and restart the bot."
    ),
    "missing_scope": N_(
        "The Slack app lacks a scope. `python -m bot check` names it; add it and install the app again."
    ),
    "token_revoked": _TOKEN_REJECTED,
    "account_inactive": _TOKEN_REJECTED,
    "invalid_auth": _TOKEN_REJECTED,
    "cannot_dm_bot": N_("Slack has no direct messages with that account."),
    "user_disabled": N_("That person's Slack account is deactivated."),
    NO_SUCH_MEMBER: N_(
        "No full member of this Slack workspace has this person's e-mail address in Flashduty. Use the same e-mail in"
        " Slack and Flashduty."
    ),
    NO_ADDRESS: N_("Their Flashduty profile has no e-mail address. They can add one there."),
    NOT_VERIFIED: N_(
        "They have not verified their e-mail address in Flashduty. They can do that in their Flashduty profile."
    ),
    NO_RESPONDER: N_(
        "They are not among the team's responders. Add them to its `RESPONDERS` or a group named there; where that is not"
        " set, to one of its channels. Or set the team's `ONCALL_MAY_ACT` to true, so that people on call may act. A"
        " changed setting needs a restart."
    ),
}
# These causes last until an operator acts, so that an alert is sent without delay.
NEEDS_OPERATOR: Final = frozenset(_REMEDIES)


def not_posted(to: Audience, failure: DeliveryFailure) -> Message:
    """Say what was not posted, why, the remedy, and whether the bot still tries."""
    return Message.of(
        section(lines(_what(to, failure), _incident(to, failure), remedy(to, failure), _next(to, failure)))
    )


@dataclass(frozen=True)
class _NotPosted:
    """The sentences for a message that was not posted: with its channel, and where none is known."""

    in_channel: Marked
    anywhere: Marked


_CHART: Final = _NotPosted(
    N_("⚠️ *The chart of the weekly report of team {team} for {on} was not posted in {channel}.*"),
    N_("⚠️ *The chart of the weekly report of team {team} for {on} was not posted.*"),
)
_REMINDER: Final = N_("⚠️ *A shift reminder of team {team} for {on} was not sent.*")
_MENTION: Final = N_("⚠️ *A mention for an incident of team {team} was not posted on {on}.*")
_NOT_POSTED: Final[Mapping[PostingKind, _NotPosted]] = {
    PostingKind.DIGEST: _NotPosted(
        N_("⚠️ *The digest of team {team} for {on} was not posted in {channel}.*"),
        N_("⚠️ *The digest of team {team} for {on} was not posted.*"),
    ),
    PostingKind.REPORT: _NotPosted(
        N_("⚠️ *The weekly report of team {team} for {on} was not posted in {channel}.*"),
        N_("⚠️ *The weekly report of team {team} for {on} was not posted.*"),
    ),
    PostingKind.CHART: _CHART,
    PostingKind.CHART_ON_DEMAND: _CHART,
    PostingKind.SHIFT_NOTICE: _NotPosted(
        N_("⚠️ *A handoff notice of team {team} on {on} was not posted in {channel}.*"),
        N_("⚠️ *A handoff notice of team {team} on {on} was not posted.*"),
    ),
    PostingKind.USER_GROUP: _NotPosted(
        N_("⚠️ *A message about a user group of team {team} was not posted in {channel} on {on}.*"),
        N_("⚠️ *A message about a user group of team {team} was not posted on {on}.*"),
    ),
    PostingKind.REMINDER: _NotPosted(_REMINDER, _REMINDER),
    PostingKind.CARD_MENTION: _NotPosted(_MENTION, _MENTION),
    PostingKind.CARD: _NotPosted(
        N_("⚠️ *A card of team {team} was not posted in {channel} on {on}.*"),
        N_("⚠️ *A card of team {team} was not posted on {on}.*"),
    ),
    PostingKind.STORM: _NotPosted(
        N_("⚠️ *The message of an incident storm of team {team} was not posted in {channel} on {on}.*"),
        N_("⚠️ *The message of an incident storm of team {team} was not posted on {on}.*"),
    ),
}
_OTHER_NOT_POSTED: Final = _NotPosted(
    N_("⚠️ *A message of team {team} was not posted in {channel} on {on}.*"),
    N_("⚠️ *A message of team {team} was not posted on {on}.*"),
)

_ON_CALL_NOW: Final = N_("⚠️ *{who} is on call for team {team} and cannot act in Slack.*")
_ON_CALL_SOON: Final = N_("⚠️ *{who} is soon on call for team {team} and cannot act in Slack.*")


def _what(to: Audience, failure: DeliveryFailure) -> Mrkdwn:
    team, on = failure.team, short_date(to, failure.local_date)
    if failure.code in PERSON_CODES:
        who = clipped(failure.person_name, 60) or to.say("Somebody")
        if isinstance(failure.kind, ResponderProblem):
            is_soon = failure.kind is ResponderProblem.SOON_ON_CALL
            return to.translated(_ON_CALL_SOON if is_soon else _ON_CALL_NOW, who=who, team=team)
        return to.say("⚠️ *{who} of team {team} cannot be reminded of the shift on {on}.*", who=who, team=team, on=on)
    kind = failure.kind if isinstance(failure.kind, PostingKind) else None
    texts = _NOT_POSTED.get(kind, _OTHER_NOT_POSTED) if kind else _OTHER_NOT_POSTED
    if not failure.channel:
        return to.translated(texts.anywhere, team=team, on=on)
    return to.translated(texts.in_channel, team=team, on=on, channel=channel_link(failure.channel))


def _incident(to: Audience, failure: DeliveryFailure) -> Mrkdwn | None:
    """Name the incident whose card it is by its number, and by its title where that is known."""
    number, title = number_of(failure.incident_id), clipped(one_line(failure.incident_title), INCIDENT_TITLE_LIMIT)
    if not number:
        return None
    if not title:
        return to.say("Incident #{number}", number=number)
    return to.say("Incident #{number} · {title}", number=number, title=title)


def remedy(to: Audience, failure: DeliveryFailure) -> Mrkdwn:
    """Say what mends the cause, or else what Slack answered."""
    known = _REMEDIES.get(failure.code)
    return (
        to.translated(known, invite=to.invite_command)
        if known
        else to.say("The answer was `{why}`.", why=clipped(failure.why, 200))
    )


def _next(to: Audience, failure: DeliveryFailure) -> Mrkdwn | None:
    if failure.code in PERSON_CODES:
        return None
    if failure.is_final:
        return to.say("Too late to post; giving up.")
    return to.say(
        "The bot keeps trying until it is too late. You get no further alert of this cause, only a message when it is"
        " resolved."
    )


_REPORT_WAITING: Final = N_("• the weekly report of team {team} for {on}")
_WAITING: Final[Mapping[PostingKind, Marked]] = {
    PostingKind.DIGEST: N_("• the digest of team {team} for {on}"),
    PostingKind.REPORT: _REPORT_WAITING,
    PostingKind.CHART: _REPORT_WAITING,
    PostingKind.SHIFT_NOTICE: N_("• the handoff notice of team {team} on {on}"),
    PostingKind.REMINDER: N_("• a shift reminder of team {team} for {on}"),
}
_OTHER_WAITING: Final = N_("• a message of team {team} for {on}")


def posting_rows(to: Audience, waiting: Iterable[PostingKey], max_rows: int) -> list[Mrkdwn]:
    """Name messages in a row each, and count those beyond `max_rows`."""
    rows = [
        to.translated(_WAITING.get(one.kind.regular, _OTHER_WAITING), team=one.team, on=short_date(to, one.local_date))
        for one in waiting
    ]
    more = [to.say("• and {count} more", count=len(rows) - max_rows)] if len(rows) > max_rows else []
    return [*rows[:max_rows], *more]


def never_started(to: Audience, missed: Iterable[PostingKey]) -> Message:
    """Say which messages were not started within their window, and the possible causes."""
    return Message.of(
        section(
            lines(
                to.say("⚠️ *Not posted in time:*"),
                *posting_rows(to, missed, MAX_MISSED_NAMED),
                to.say(
                    "The bot was not running then, or its database was unavailable; its log of that time says which. Too"
                    " late to post; giving up. `{command} digest post` and `{command} digest week post` post one now.",
                    command=to.command,
                ),
            )
        )
    )


def webhook_unreadable(to: Audience, team: str) -> Message:
    """Say that webhooks of a team name no incident, and how the body is made readable again."""
    return Message.of(
        section(
            lines(
                to.say("⚠️ *Webhooks of team {team} arrive, but no incident can be found in them.*", team=team),
                to.say(
                    "In the Flashduty console, under Integration Center, Webhook, restore the default body: the bot reads"
                    " `incident.incident_id`. Until then each webhook makes it read all open incidents, and cards may"
                    " change some seconds later."
                ),
            )
        )
    )


_RESOLVED: Final[Mapping[PostingKind, Marked]] = {
    PostingKind.DIGEST: N_("✅ *The digest of team {team} is posted again.*"),
    PostingKind.REPORT: N_("✅ *The weekly report of team {team} is posted again.*"),
    PostingKind.CHART: N_("✅ *The chart of the weekly report of team {team} is posted again.*"),
}
_OTHER_RESOLVED: Final = N_("✅ *Messages of team {team} are posted again.*")


def resolved(to: Audience, cause: Cause, since: datetime) -> Message:
    """Say that a reported cause is resolved."""
    who = clipped(cause.person_name, 60)
    if isinstance(cause.kind, ResponderProblem):
        text = to.say("✅ *{who} of team {team} can act in Slack now.*", who=who, team=cause.team)
    elif cause.person_name:
        text = to.say("✅ *{who} of team {team} is reminded again.*", who=who, team=cause.team)
    elif cause.channel:
        text = to.say("✅ *Messages are posted in {channel} again.*", channel=channel_link(cause.channel))
    else:
        text = to.translated(_RESOLVED.get(cause.kind, _OTHER_RESOLVED), team=cause.team)
    return Message.of(section(lines(text, to.say("You were alerted at {since}.", since=moment(since)))))
