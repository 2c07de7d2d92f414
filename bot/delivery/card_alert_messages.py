"""Messages to the operators about cards: what happened to them in a channel, and the remedy."""

from collections.abc import Mapping
from typing import Final

from bot.delivery.alert_messages import NEEDS_OPERATOR, not_posted, remedy
from bot.delivery.model import CARD_DELETED, CARD_EDIT_CLOSED, DeliveryFailure
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, channel_link, lines
from bot.storage.postings import PostingKind

_NOT_THERE: Final = N_(
    "The bot is not a member of the channel, or the channel no longer exists. Type {invite} there, or set the team's"
    " `CARDS_CHANNEL` or `CARDS_RULES` to another and restart the bot."
)
_ARCHIVED: Final = N_(
    "The channel is archived. Unarchive it, or set the team's `CARDS_CHANNEL` or `CARDS_RULES` to another and restart the"
    " bot."
)
_REMEDIES: Final[Mapping[str, Marked]] = {
    "channel_not_found": _NOT_THERE,
    "not_in_channel": _NOT_THERE,
    "is_archived": _ARCHIVED,
    "is_inactive": _ARCHIVED,
    "restricted_action": N_(
        "The channel's settings limit who may post, and the bot may not. Let the app post, or set the team's"
        " `CARDS_CHANNEL` or `CARDS_RULES` to another and restart the bot."
    ),
}
_KINDS: Final = frozenset({PostingKind.CARD, PostingKind.CARD_REPLY, PostingKind.STORM})
_CODES: Final = NEEDS_OPERATOR | _REMEDIES.keys() | {CARD_DELETED, CARD_EDIT_CLOSED}


def needs_operator(failure: DeliveryFailure) -> bool:
    """Whether the cause lasts until an operator acts, or is one of which they are alerted once."""
    codes = _CODES if failure.kind in _KINDS else NEEDS_OPERATOR
    return failure.code in codes


def alert(to: Audience, failure: DeliveryFailure) -> Message:
    """Say what was not posted or not updated, why, the remedy, and whether the bot still tries."""
    if failure.kind not in _KINDS or failure.is_final or not failure.channel:
        return not_posted(to, failure)
    return Message.of(section(lines(*_card_lines(to, failure, channel_link(failure.channel)))))


def _card_lines(to: Audience, failure: DeliveryFailure, channel: Mrkdwn) -> tuple[Mrkdwn, ...]:
    if failure.code == CARD_DELETED:
        return (
            to.say("⚠️ *A card of team {team} was deleted in {channel}.*", team=failure.team, channel=channel),
            to.say(
                "The bot posts the card of an open incident again once; deleted again, it stays deleted. You get no"
                " further alert of this in the next seven days."
            ),
        )
    if failure.code == CARD_EDIT_CLOSED:
        return (
            to.say(
                "⚠️ *Slack does not let the bot update older cards of team {team} in {channel}.*",
                team=failure.team,
                channel=channel,
            ),
            to.say(
                "The workspace limits how long messages can be edited. The bot posts each of these cards again once; the"
                " old one is not updated any more. Ask an administrator of the workspace to allow editing at any time. You"
                " get no further alert of this in the next seven days."
            ),
        )
    return (
        to.say(
            "⚠️ *The cards of team {team} cannot be posted or updated in {channel}.*",
            team=failure.team,
            channel=channel,
        ),
        to.translated(_REMEDIES[failure.code], invite=to.invite_command)
        if failure.code in _REMEDIES
        else remedy(to, failure),
        to.say(
            "The bot tries again every hour, and soon after the channel takes messages again. You get no further alert of this"
            " cause, only a message when it is resolved."
        ),
    )
