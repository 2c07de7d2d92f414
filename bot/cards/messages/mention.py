"""Tell people that Flashduty has just assigned an incident to them: one line for several, or a direct message. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.cards.mentions.model import MAX_MENTIONED, DirectReason
from bot.flashduty import Incident
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.names import enumerated
from bot.messages.text import Mrkdwn, channel_link, lines, mention, mrkdwn

# The title is on the card as well.
MENTION_TITLE_LIMIT: Final = 120
# The names of more would leave no room for the incident in a notification.
MAX_NAMED_FIRST: Final = 2

_REASONS: Final[Mapping[DirectReason, Marked]] = {
    DirectReason.NOT_IN_CHANNEL: N_(
        "You get this as a direct message because you are not in {channel}, where the incident's card is."
    ),
    DirectReason.CHOSEN: N_(
        "You get this as a direct message as you chose in the Home tab. The incident's card is in {channel}."
    ),
    DirectReason.TEAM: N_(
        "You get this as a direct message as your team has set it; you can choose in the Home tab."
        " The incident's card is in {channel}."
    ),
}


def mention_line(to: Audience, incident: Incident, slack_ids: Sequence[str]) -> Message:
    """Mention people in the thread of a card or beside it; raises ValueError for nobody."""
    if not slack_ids:
        raise ValueError("a mention of nobody")
    mentioned, named = slack_ids[:MAX_MENTIONED], _named(to, incident)
    who = enumerated(to, map(mention, mentioned))
    if len(mentioned) <= MAX_NAMED_FIRST:
        return Message.of(section(to.say("📟 Assigned to {who}: {incident}", who=who, incident=named)))
    first = to.counted(
        len(mentioned),
        "📟 Assigned to {count} person: {incident}",
        "📟 Assigned to {count} people: {incident}",
        incident=named,
    )
    return Message.of(section(lines(first, who)))


def mention_directly(to: Audience, incident: Incident, reason: DirectReason, *, channel: str, team: str) -> Message:
    """Tell one person in their conversation with the bot, and why there; `channel` is where the card is.

    Who is neither in the channel nor may act may perhaps not look at incidents here, and has the link to Flashduty.
    """
    may_look = to.may_act or reason is not DirectReason.NOT_IN_CHANNEL
    return Message.of(
        section(to.say("📟 Assigned to you: {incident}", incident=_named(to, incident))),
        context(to.translated(_REASONS[reason], channel=channel_link(channel))),
        actions(show_incident_control(to, incident, team)) if may_look else None,
    )


def _named(to: Audience, incident: Incident) -> Mrkdwn:
    title = title_link(to, incident, MENTION_TITLE_LIMIT)
    return mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title)
