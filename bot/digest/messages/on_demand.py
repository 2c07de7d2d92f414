"""Answers to a request to post a digest or a weekly report now."""

from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import REFRESH, control
from bot.messages.errors import Retry, retry_actions
from bot.messages.message import Message
from bot.messages.text import channel_link, clipped, lines
from bot.messages.views import Digest, ViewValue


def posted_on_demand(to: Audience, channel: str, *, is_week: bool = False) -> Message:
    """Say where it was posted."""
    where = channel_link(channel)
    if is_week:
        return Message.of(section(to.say("The week's report is in {channel}, with its chart.", channel=where)))
    return Message.of(section(to.say("Today's digest is in {channel}.", channel=where)))


def not_posted_on_demand(
    to: Audience, channel: str, request: ViewValue, code: str, *, is_week: bool = False
) -> Message:
    """Say that it was not posted, why, and the remedy."""
    where = channel_link(channel)
    what = (
        to.say("*The week's report was not posted in {channel}.*", channel=where)
        if is_week
        else to.say("*Today's digest was not posted in {channel}.*", channel=where)
    )
    remedy = to.say(
        "Slack says `{code}`. Check that the channel is in use and the bot is a member: type {invite} there,"
        " then try again.",
        code=clipped(code, 60),
        invite=to.invite_command,
    )
    return Message.of(section(lines(what, remedy)), retry_actions(to, Retry(REFRESH, request)))


def not_confirmed_on_demand(to: Audience, channel: str, request: ViewValue, *, is_week: bool = False) -> Message:
    """Say that Slack did not confirm the post; a retry looks for it first."""
    where = channel_link(channel)
    what = (
        to.say("*Slack did not confirm that the week's report was posted in {channel}.*", channel=where)
        if is_week
        else to.say("*Slack did not confirm that today's digest was posted in {channel}.*", channel=where)
    )
    look = to.say("Look there. “Try again” posts it only if the bot does not find it there.")
    return Message.of(section(lines(what, look)), retry_actions(to, Retry(REFRESH, request)))


def no_digest_channel(to: Audience, team: str) -> Message:
    """Say that the team has no channel for its digest."""
    return Message.of(
        section(
            to.say(
                "*Not posted: team {team} has no channel for its digest.* Ask the bot's administrator to set"
                " `FLASHDUTY_TEAMS__{setting}__DIGEST_CHANNEL`.",
                team=team,
                setting=team.upper(),
            )
        )
    )


def unknown_digest_words(to: Audience, words: str, team: str) -> Message:
    """List what can be typed after `digest`."""
    return Message.of(
        section(
            lines(
                to.say("Unknown: “digest {words}”. Try:", words=clipped(words, 60)),
                to.say("• `digest`: today's digest, only for you"),
                to.say("• `digest post`: the same for everybody"),
                to.say("• `digest week`, `digest week post`: last week's numbers"),
            )
        ),
        actions(control(to.label("Today's digest"), REFRESH, ViewValue(team=team, view=Digest()), suffix="digest")),
    )
