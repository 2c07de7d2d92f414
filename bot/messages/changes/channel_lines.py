"""Private messages about a line for a channel that Slack refused or did not confirm, with a control to retry."""

from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.errors import Retry, retry_actions
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, channel_link, clipped, lines, mrkdwn


def line_not_confirmed(
    to: Audience, what: Mrkdwn | None, channel: str, retry: Retry | None, *, may_look: bool
) -> Message:
    """State that Slack may or may not have posted the line, and whether a retry may post it twice."""
    text = to.say(
        "*Slack did not confirm that {what} was posted in {channel}.*",
        what=what or to.say("your message"),
        channel=channel_link(channel),
    )
    return Message.of(section(lines(text, _where_to_look(to, retry, may_look=may_look))), retry_actions(to, retry))


def _where_to_look(to: Audience, retry: Retry | None, *, may_look: bool) -> Mrkdwn:
    if retry is None:
        return to.say("Look there.")
    if may_look:
        return to.say("Look there. “Try again” posts it only if it is not there.")
    return to.say("Look there first: the bot cannot, so “Try again” may post it a second time.")


def line_refused(
    to: Audience, what: Mrkdwn | None, channel: str, code: str, retry: Retry | None, *, is_passing: bool = False
) -> Message:
    """State that Slack refused the line and what helps; when it `is_passing`, waiting."""
    first = to.say(
        "*Not posted in {channel}: {what}.*", channel=channel_link(channel), what=what or to.say("your message")
    )
    remedy = (
        to.say("Slack takes no more messages just now. Try again in a minute.")
        if is_passing
        else to.say(
            "Slack says `{code}`. Is the bot a member there, and is the channel in use? Type {invite} there,"
            " then try again.",
            code=clipped(code, 60),
            invite=to.invite_command,
        )
    )
    return Message.of(section(mrkdwn("{first} {remedy}", first=first, remedy=remedy)), retry_actions(to, retry))


def line_posted(to: Audience, channel: str) -> Message:
    """State that the line is in its channel."""
    return Message.of(section(to.say("It is in {channel} now.", channel=channel_link(channel))))
