"""The closest past incident and how it was resolved: the first reply in the thread of a critical one. Pure."""

from typing import Final

from bot.flashduty import Incident
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import LONGEST_AGE, closer_name, severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.dates import length_of_time
from bot.messages.literal import literal, plain_lines
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment, mrkdwn

PAST_TEXT_LIMIT: Final = 900
TEXT_LINES: Final = 12


def past_incident(to: Audience, past: Incident, team: str, known: Attribution = UNKNOWN) -> Message:
    """Show a closed incident that is similar to the card's: its resolution, its root cause, and when it was."""
    resolution, cause = plain_lines(past.resolution), plain_lines(past.root_cause)
    title = mrkdwn("{mark} {title}", mark=severity_mark(to, past.severity), title=title_link(to, past))
    return Message.of(
        section(lines(to.say("🕘 *Most similar past incident*"), title)),
        context(when_it_was(to, past, known)),
        *([section(to.say("*Resolution*")), literal(resolution, PAST_TEXT_LIMIT, TEXT_LINES)] if resolution else []),
        *([section(to.say("*Root cause*")), literal(cause, PAST_TEXT_LIMIT, TEXT_LINES)] if cause else []),
        actions(show_incident_control(to, past, team)),
    )


def says_how(past: Incident) -> bool:
    """Whether a past incident says how it was resolved, or why it happened."""
    return bool(plain_lines(past.resolution).strip() or plain_lines(past.root_cause).strip())


def when_it_was(to: Audience, past: Incident, known: Attribution = UNKNOWN) -> Mrkdwn:
    """State when a past incident began, how long it took, and who closed it, by their name in Slack where known."""
    closed, lasted = past.closed_at, None
    if closed is not None and past.started_at < closed < past.started_at + LONGEST_AGE:
        lasted = to.say("closed after {lasted}", lasted=length_of_time(to, closed - past.started_at))
    name = closer_name(past, {}, known=known)
    who = to.say("closed by {who}", who=clipped(name, 60)) if name else None
    return dotted(moment(past.started_at), lasted, who)
