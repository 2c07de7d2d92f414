"""Private messages about a line for a channel that Slack refused or did not confirm, with a control to retry."""

from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.errors import Retry, retry_actions
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines


def line_not_confirmed(
    to: Audience, what: Mrkdwn | None, channel: str, retry: Retry | None, *, may_look: bool
) -> Message:
    """State that Slack may or may not have posted the line, and whether a retry may post it twice."""
    where = Mrkdwn(f"<#{channel}>")
    text = lines(
        to.say(
            "*Slack did not confirm that {what} was posted in {channel}.*",
            what=what or to.say("your message"),
            channel=where,
        ),
        to.say("Look there. “Try again” posts it only if it is not there.")
        if may_look
        else to.say("Look there first: the bot may not, so “Try again” may post it a second time."),
    )
    return Message.of(section(text), retry_actions(to, retry) if retry else None)


def line_refused(
    to: Audience, what: Mrkdwn | None, channel: str, code: str, retry: Retry | None, *, is_passing: bool = False
) -> Message:
    """State that Slack refused the line and what helps; when it `is_passing`, waiting."""
    where = Mrkdwn(f"<#{channel}>")
    if is_passing:
        words = "*Not posted in {channel}: {what}.* Slack takes no more messages just now. Try again in a minute."
        return Message.of(
            section(to.say(words, what=what or to.say("your message"), channel=where)),
            retry_actions(to, retry) if retry else None,
        )
    text = to.say(
        "*Not posted in {channel}: {what}.* Slack says `{code}`. Is the bot a member there, and is the channel in use? Type"
        " `/invite @Flashduty` there, then try again.",
        what=what or to.say("your message"),
        channel=where,
        code=clipped(code, 60),
    )
    return Message.of(section(text), retry_actions(to, retry) if retry else None)


def line_posted(to: Audience, channel: str) -> Message:
    """State that the line is in its channel."""
    return Message.of(section(to.say("It is in {channel} now.", channel=Mrkdwn(f"<#{channel}>"))))
