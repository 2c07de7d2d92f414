"""A digest or a weekly report that somebody asks for: where it is, or why it is not."""

from bot.messages.blocks import actions, section
from bot.messages.buttons import AGAIN, Carried, control
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, lines, mrkdwn


def posted_by_hand(channel: str, *, is_week: bool = False) -> Message:
    """Tell whoever asked where it is."""
    where = Mrkdwn(f"<#{channel}>")
    if is_week:
        return Message.of(section(mrkdwn("The week's report is in {channel}; its chart follows there.", channel=where)))
    return Message.of(section(mrkdwn("Today's digest is in {channel}.", channel=where)))


def not_posted_by_hand(channel: str, team: str, *, words: str = "digest post") -> Message:
    """Tell whoever asked that it is not there, and what cures that."""
    return Message.of(
        section(
            mrkdwn(
                "*It could not be posted in {channel}.* Is the bot a member there, and is the channel in use? Type"
                " `/invite @Flashduty` there, or try again in a minute.",
                channel=Mrkdwn(f"<#{channel}>"),
            )
        ),
        actions(control("Try again", AGAIN, Carried(team=team, words=words), place="post")),
    )


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
        actions(control("Today's digest", AGAIN, Carried(team=team, words="digest"), place="digest")),
    )
