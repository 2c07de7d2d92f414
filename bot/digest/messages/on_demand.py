"""Answers to a request to post a digest or a weekly report now."""

from bot.messages.blocks import actions, section
from bot.messages.buttons import REFRESH, control
from bot.messages.errors import Retry, retry_actions
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, mrkdwn
from bot.messages.views import Digest, ViewValue


def posted_on_demand(channel: str, *, is_week: bool = False) -> Message:
    """Say where it was posted."""
    where = Mrkdwn(f"<#{channel}>")
    if is_week:
        return Message.of(section(mrkdwn("The week's report is in {channel}; its chart follows there.", channel=where)))
    return Message.of(section(mrkdwn("Today's digest is in {channel}.", channel=where)))


def not_posted_on_demand(channel: str, request: ViewValue, code: str, *, is_week: bool = False) -> Message:
    """Say that it was not posted, why, and the remedy."""
    remedy = mrkdwn(
        "Slack says `{code}`. Is the bot a member there, and is the channel in use? Type `/invite @Flashduty` there, then"
        " try again.",
        code=clipped(code, 60),
    )
    where = Mrkdwn(f"<#{channel}>")
    if is_week:
        text = mrkdwn("*The week's report was not posted in {channel}.* {remedy}", channel=where, remedy=remedy)
    else:
        text = mrkdwn("*Today's digest was not posted in {channel}.* {remedy}", channel=where, remedy=remedy)
    return Message.of(section(text), retry_actions(Retry(REFRESH, request)))


def not_confirmed_on_demand(channel: str, request: ViewValue, *, is_week: bool = False) -> Message:
    """Say that Slack did not confirm the post; a retry looks for it first."""
    look = Mrkdwn("Look there. “Try again” posts it only if the bot does not find it there.")
    where = Mrkdwn(f"<#{channel}>")
    if is_week:
        text = mrkdwn(
            "*Slack did not confirm that the week's report was posted in {channel}.* {look}", channel=where, look=look
        )
    else:
        text = mrkdwn(
            "*Slack did not confirm that today's digest was posted in {channel}.* {look}", channel=where, look=look
        )
    return Message.of(section(text), retry_actions(Retry(REFRESH, request)))


def no_digest_channel(team: str) -> Message:
    """Say that the team has no channel for its digest."""
    return Message.of(
        section(
            mrkdwn(
                "*Team {team} has no channel for its digest.* Whoever runs the bot can set"
                " `FLASHDUTY_TEAMS__{setting}__DIGEST_CHANNEL`.",
                team=team,
                setting=team.upper(),
            )
        )
    )


def unknown_digest_words(words: str, team: str) -> Message:
    """List what can be typed after `digest`."""
    return Message.of(
        section(
            lines(
                mrkdwn("I do not know “{words}” behind `digest`. There are:", words=clipped(words, 60)),
                mrkdwn("• `digest` alone, today's digest, only for you"),
                mrkdwn("• `digest post`, the same for everybody"),
                mrkdwn("• `digest week` and `digest week post`, the week's report"),
            )
        ),
        actions(control("Today's digest", REFRESH, ViewValue(team=team, view=Digest()), suffix="digest")),
    )
