"""Messages about comments, which are also shown in the form."""

from typing import Final

from slack_sdk.models.blocks import InteractiveElement

from bot.flashduty import Incident
from bot.incidents.commenting.comments import COMMENT_LIMIT, CommentDraft
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_PRIVATELY, control
from bot.messages.message import Message
from bot.messages.text import Label, Mrkdwn, clipped, mention, mrkdwn, one_line
from bot.messages.views import IncidentComment, ViewValue

QUOTED_LIMIT: Final = 300


def comment_added(to: Audience, incident: Incident, words: str, team: str) -> Message:
    """Confirm to the writer that a comment is on the incident's timeline."""
    quoted = clipped(one_line(words), QUOTED_LIMIT)
    return Message.of(
        section(to.say("💬 Comment added to {title}.", title=title_link(to, incident))),
        context(mrkdwn("“{words}”", words=quoted)) if quoted else None,
        actions(show_incident_control(to, incident, team)),
    )


def add_comment_control(to: Audience, incident: Incident, team: str, *, is_begun: bool = False) -> InteractiveElement:
    """Draw the control that opens the form for a comment on an incident, which may have been begun."""
    label = to.label("Edit comment") if is_begun else to.label("Add comment")
    spoken = (
        to.label("Edit comment on #{num}", num=incident.num)
        if is_begun
        else to.label("Add comment to #{num}", num=incident.num)
    )
    value = ViewValue(team=team, view=IncidentComment(asked=incident.id))
    return control(label, SHOW_PRIVATELY, value, suffix="comment", spoken=spoken)


def comment_too_long(to: Audience, draft: CommentDraft, incident: Incident, team: str) -> Message:
    """Say that a comment typed in the command was not added because it is too long, and offer it in the form."""
    title, why = title_link(to, incident), too_long(to, draft)
    text = to.say("*The comment was not added to {title}.* {why}", title=title, why=why)
    return Message.of(section(text), actions(add_comment_control(to, incident, team, is_begun=True)))


def comment_lost(
    to: Audience, incident: Incident, team: str, *, why: Mrkdwn, words: str, is_about_message: bool
) -> Message:
    """Say that a comment was not added, and where the words are offered again."""
    quoted = clipped(one_line(words), QUOTED_LIMIT)
    where = to.say("What you typed is in the form: choose “Add to incident…” on the message again.")
    control = add_comment_control(to, incident, team, is_begun=bool(words))
    return Message.of(
        section(why),
        context(mrkdwn("“{words}”", words=quoted)) if quoted else None,
        section(where) if is_about_message else actions(control),
    )


def too_long(to: Audience, draft: CommentDraft) -> Label:
    """Say by how much a comment is too long."""
    return to.label(
        "It has {length} characters in Flashduty, with names and escaped characters; a comment holds {limit}. Remove at"
        " least {over}.",
        length=f"{draft.length:,}",
        limit=f"{COMMENT_LIMIT:,}",
        over=f"{draft.length - COMMENT_LIMIT:,}",
    )


def comment_usage(to: Audience) -> Message:
    """Say how a comment is typed where no form can be opened."""
    return Message.of(
        section(
            to.say("What is the comment? Type `comment 0E83EE restarting the database`, with the incident's number.")
        )
    )


def comment_usage_in_thread(to: Audience) -> Message:
    """Say how a comment is typed in the thread of a card."""
    bot = mention(to.bot_user)
    return Message.of(
        section(to.say("What is the comment? Reply here with {bot} `comment restarting the database`.", bot=bot))
    )


def which_of_several(to: Audience, number: str, count: int) -> Message:
    """Say that no comment was added, because several incidents have the number."""
    return Message.of(
        section(
            to.counted(
                count,
                "*The comment was not added.* {count} incident has the number #{number}. Use the 24-character id.",
                "*The comment was not added.* {count} incidents have the number #{number}. Use the 24-character id.",
                number=clipped(number, 40),
            )
        )
    )


def no_incident_for_comment(to: Audience, number: str, team: str) -> Message:
    """Say that no comment was added, because no incident has the number."""
    return Message.of(
        section(
            to.say(
                "*The comment was not added.* No incident #{number} in team {team} (last 6 months). For older ones use the"
                " 24-character id.",
                number=clipped(number, 40),
                team=team,
            )
        )
    )


def not_one_incident(to: Audience, number: str, count: int, team: str) -> Label:
    """Say in the form that no incident has the number, or several."""
    if not count:
        return to.label(
            "No incident #{number} in team {team} (last 6 months). For older ones use the 24-character id.",
            number=clipped(number, 40),
            team=team,
        )
    return to.counted_label(
        count,
        "{count} incident has the number #{number}. Use the 24-character id.",
        "{count} incidents have the number #{number}. Use the 24-character id.",
        number=clipped(number, 40),
    )
