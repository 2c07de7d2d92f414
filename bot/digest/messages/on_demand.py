"""A digest or a weekly report that somebody asks for: where it is, or why it is not."""

from bot.messages.blocks import actions, section
from bot.messages.buttons import REFRESH, control
from bot.messages.errors import Retry, again
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, mrkdwn
from bot.messages.views import Digest, ViewValue


def posted_by_hand(channel: str, *, is_week: bool = False) -> Message:
    """Tell whoever asked where it is."""
    where = Mrkdwn(f"<#{channel}>")
    if is_week:
        return Message.of(section(mrkdwn("The week's report is in {channel}; its chart follows there.", channel=where)))
    return Message.of(section(mrkdwn("Today's digest is in {channel}.", channel=where)))


def not_posted_by_hand(channel: str, asked: ViewValue, code: str, *, is_week: bool = False) -> Message:
    """Tell whoever asked that it is not there, why, and what cures that."""
    cure = mrkdwn(
        "Slack says `{code}`. Is the bot a member there, and is the channel in use? Type `/invite @Flashduty` there, then"
        " try again.",
        code=clipped(code, 60),
    )
    where = Mrkdwn(f"<#{channel}>")
    if is_week:
        text = mrkdwn("*The week's report was not posted in {channel}.* {cure}", channel=where, cure=cure)
    else:
        text = mrkdwn("*Today's digest was not posted in {channel}.* {cure}", channel=where, cure=cure)
    return Message.of(section(text), again(Retry(REFRESH, asked)))


def not_confirmed_by_hand(channel: str, asked: ViewValue, *, is_week: bool = False) -> Message:
    """Tell whoever asked that Slack did not say whether it is there; trying again looks for it first."""
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
    return Message.of(section(text), again(Retry(REFRESH, asked)))


def no_place_for_digests(team: str) -> Message:
    """Say that there is no channel to post in."""
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


def not_understood(said: str, team: str) -> Message:
    """Say what can be asked for behind `digest`."""
    return Message.of(
        section(
            lines(
                mrkdwn("I do not know “{said}” behind `digest`. There are:", said=clipped(said, 60)),
                mrkdwn("• `digest` alone, today's digest, only for you"),
                mrkdwn("• `digest post`, the same for everybody"),
                mrkdwn("• `digest week` and `digest week post`, the week's report"),
            )
        ),
        actions(control("Today's digest", REFRESH, ViewValue(team=team, view=Digest()), place="digest")),
    )
