"""Why somebody may not; never names another team's business."""

from typing import Final

from bot.messages.blocks import section
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, mrkdwn
from bot.teams import Refusal, Refused

_SENTENCES: Final = {
    Refusal.GUEST: mrkdwn(
        "Incidents and on-call schedules are open to full members of this workspace only, and you are a guest here."
        " Please ask somebody of the team."
    ),
    Refusal.STRANGER: mrkdwn(
        "Incidents and on-call schedules are open to members of this workspace only, and you belong to another"
        " organisation. Please ask somebody of the team."
    ),
    Refusal.NOT_SERVED: mrkdwn(
        "I am not set up for this channel. Ask in your team's on-call channel; or whoever runs this bot can add this"
        " channel's id to the team's setting `SLACK_CHANNELS`."
    ),
    Refusal.NO_SUCH_TEAM: mrkdwn(
        "I know no team of that name that you may ask for here. Leave `team:` out, or ask in that team's channel."
    ),
}


def refused(why: Refused) -> Message:
    """Say why not, and what to do instead."""
    return Message.of(section(_sentence(why)))


def _sentence(why: Refused) -> Mrkdwn:
    team = why.teams[0] if why.teams else ""
    if why.refusal is Refusal.WHICH_TEAM:
        choices = Mrkdwn(", ").join_all(mrkdwn("`team:{name}`", name=name) for name in why.teams)
        return mrkdwn("Which team do you mean? Add one of these words: {choices}", choices=choices)
    if why.refusal is Refusal.NOT_A_RESPONDER:
        return mrkdwn(
            "You can look here, but acting on incidents of team *{team}* is for its responders. Whoever runs this bot"
            " can add you, or a user group you are in, to the team's setting `RESPONDERS`.",
            team=team,
        )
    if why.refusal is Refusal.NOT_THIS_INCIDENT:
        return mrkdwn(
            "That incident does not belong to team *{team}*, so it cannot be shown or changed from here.",
            team=team,
        )
    return _SENTENCES[why.refusal]
