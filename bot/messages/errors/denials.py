"""Why access is denied; never reveals facts of another team."""

from typing import Final

from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, channel_link, lines, mrkdwn
from bot.teams.access import AccessDenied, DenialReason

MAX_CHANNELS: Final = 5

_SENTENCES: Final = {
    DenialReason.GUEST: mrkdwn(
        "Incidents and on-call schedules are open to full members of this workspace only, and you are a guest here."
        " Please ask somebody of the team."
    ),
    DenialReason.STRANGER: mrkdwn(
        "Incidents and on-call schedules are open to members of this workspace only, and you belong to another"
        " organisation. Please ask somebody of the team."
    ),
    DenialReason.NOT_SERVED: mrkdwn(
        "I am not set up for this channel, so nothing is shown here. Ask in your team's on-call channel; or ask the bot's"
        " administrator to add this channel's id to the team's setting `SLACK_CHANNELS`."
    ),
    DenialReason.NO_TEAM_OF_YOURS: mrkdwn(
        "I cannot tell which team you belong to, so nothing is shown here. Join your team's Slack channel, or ask the"
        " bot's administrator to add you to the team's setting `RESPONDERS`."
    ),
    DenialReason.NO_SUCH_TEAM: mrkdwn(
        "There is no team of that name that you can use here. Leave `team:` out, or ask in that team's channel."
    ),
}


def access_denied(to: Audience, why: AccessDenied, not_done: Mrkdwn | None = None) -> Message:
    """Say what was not done, if it was a change, why not, and how to get access."""
    text = _sentence(to, why)
    return Message.of(section(mrkdwn("{not_done} {why}", not_done=not_done, why=text) if not_done else text))


def _sentence(to: Audience, why: AccessDenied) -> Mrkdwn:
    team = why.teams[0] if why.teams else ""
    if why.reason is DenialReason.WHICH_TEAM:
        choices = Mrkdwn(", ").join_all(to.say("`team:{name}`", name=name) for name in why.teams)
        return to.say("Which team do you mean? Add one of these words: {choices}", choices=choices)
    if why.reason is DenialReason.NOT_A_RESPONDER:
        return lines(to.say("Acting for team *{team}* is for {whom}.", team=team, whom=_whom(to, why)), way_in(to, why))
    if why.reason is DenialReason.MEMBERS_UNREAD:
        return _members_unread(to, team)
    if why.reason is DenialReason.ON_CALL_UNREAD:
        return _on_call_unread(to, why)
    if why.reason is DenialReason.NOT_THIS_INCIDENT:
        return to.say(
            "That incident does not belong to team *{team}*, so it cannot be shown or changed from here.",
            team=team,
        )
    return _SENTENCES[why.reason]


def _whom(to: Audience, why: AccessDenied) -> Mrkdwn:
    responders = _responders(to, why)
    return to.say("{responders} and whoever is on call", responders=responders) if why.on_call else responders


def _responders(to: Audience, why: AccessDenied) -> Mrkdwn:
    if not why.channels:
        return to.say("its responders")
    shown = [channel_link(channel) for channel in why.channels[:MAX_CHANNELS]]
    return to.say("the people in {channels}", channels=Mrkdwn(", ").join_all(shown))


def way_in(to: Audience, why: AccessDenied) -> Mrkdwn:
    """Say how to get access."""
    if why.channels:
        return to.say("Join a channel of the team; if you just have, try again in five minutes.")
    return to.say(
        "Ask the bot's administrator to add you, or a user group you are in, to the team's setting `RESPONDERS`."
    )


def _members_unread(to: Audience, team: str) -> Mrkdwn:
    cause = to.say(
        "Slack does not tell me who its people are. Try again in a minute; if it stays so, ask the bot's administrator to"
        " run `python -m bot check`."
    )
    if not team:
        return lines(to.say("I could not find out whether you belong to that team, so nothing is shown."), cause)
    return lines(to.say("I could not find out whether you may act for team *{team}*.", team=team), cause)


def _on_call_unread(to: Audience, why: AccessDenied) -> Mrkdwn:
    cause = to.say("Flashduty did not give me its schedules. Try again in a minute, or use the Flashduty console.")
    if not why.teams:
        return lines(
            to.say("I could not read who is on call, and otherwise know no team of yours, so nothing is shown."), cause
        )
    text = to.say(
        "I could not read who is on call for team *{team}*, and otherwise acting is for {whom}.",
        team=why.teams[0],
        whom=_responders(to, why),
    )
    return lines(text, cause)
