"""Why access is denied; never reveals facts of another team."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from slack_sdk.models.blocks import ActionsBlock

from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import RETRY, control
from bot.messages.errors.retry import Retry
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.names import enumerated
from bot.messages.text import Mrkdwn, channel_link, lines, mrkdwn, verbatim
from bot.teams.access import AccessDenied, DenialReason

MAX_CHANNELS: Final = 5
# docs.slack.dev/reference/block-kit/blocks/actions-block
MAX_TEAM_BUTTONS: Final = 25
_NO_RETRIES: Final[Mapping[str, Retry]] = MappingProxyType({})

_SENTENCES: Final[Mapping[DenialReason, Marked]] = {
    DenialReason.GUEST: N_(
        "Incidents and on-call schedules are for full members of this workspace, and you are a guest here. Ask somebody"
        " of the team."
    ),
    DenialReason.STRANGER: N_(
        "Incidents and on-call schedules are for members of this workspace, and you belong to another organisation. Ask"
        " somebody of the team."
    ),
    DenialReason.NOT_SERVED: N_(
        "This channel belongs to no team of the bot, so nothing is shown here. Ask in your team's on-call channel, or ask"
        " the bot's administrator to add this channel's id to the team's setting `SLACK_CHANNELS`."
    ),
    DenialReason.NO_TEAM_OF_YOURS: N_(
        "You belong to no team of the bot, so nothing is shown here. Join your team's Slack channel, or ask the bot's"
        " administrator to add you to the team's setting `RESPONDERS`."
    ),
    DenialReason.NO_SUCH_TEAM: N_(
        "There is no team of that name that you can use here. Leave `team:` out, or ask in that team's channel."
    ),
    DenialReason.NOT_THIS_INCIDENT: N_(
        "That incident does not belong to team *{team}*, so it cannot be shown or changed from here."
    ),
}


def access_denied(
    to: Audience, why: AccessDenied, not_done: Mrkdwn | None = None, *, retries: Mapping[str, Retry] = _NO_RETRIES
) -> Message:
    """Say what was not done, if it was a change, why not, and how to get access.

    `retries` are the controls that repeat the request for a team, where the person must choose one.
    """
    if why.reason is DenialReason.WHICH_TEAM:
        return _which_team(to, why, not_done, retries=retries)
    return Message.of(section(_after(not_done, _sentence(to, why))))


def _after(not_done: Mrkdwn | None, text: Mrkdwn) -> Mrkdwn:
    return mrkdwn("{not_done} {text}", not_done=not_done, text=text) if not_done else text


def _which_team(to: Audience, why: AccessDenied, not_done: Mrkdwn | None, *, retries: Mapping[str, Retry]) -> Message:
    """Ask for the team with a button for each; those without a button are named as words to type."""
    offered = {team: retries[team] for team in why.teams if team in retries}
    buttons = dict(list(offered.items())[:MAX_TEAM_BUTTONS])
    typed = [mrkdwn("`team:{name}`", name=name) for name in why.teams if name not in buttons]
    question = to.say("*Which team do you mean?*")
    words = (
        to.say("Or add one of these to what you typed: {teams}", teams=enumerated(to, typed))
        if buttons
        else (to.say("Add one of these to what you typed: {teams}", teams=enumerated(to, typed)))
    )
    text = lines(_after(not_done, question), words if typed else None)
    return Message.of(section(text), _team_buttons(buttons))


def _team_buttons(retries: Mapping[str, Retry]) -> ActionsBlock | None:
    if not retries:
        return None
    return actions(
        *(
            control(verbatim(team), retry.route, retry.carried, suffix=f"{position}:{RETRY}")
            for position, (team, retry) in enumerate(retries.items())
        )
    )


def _sentence(to: Audience, why: AccessDenied) -> Mrkdwn:
    team = why.teams[0] if why.teams else ""
    if why.reason is DenialReason.NOT_A_RESPONDER:
        return lines(_who_may_act(to, why, team), way_in(to, why))
    if why.reason is DenialReason.MEMBERS_UNREAD:
        return _members_unread(to, team)
    if why.reason is DenialReason.ON_CALL_UNREAD:
        return _on_call_unread(to, why)
    return to.translated(_SENTENCES[why.reason], team=team)


def _who_may_act(to: Audience, why: AccessDenied, team: str) -> Mrkdwn:
    """Say who may change incidents of the team."""
    if not why.channels and why.on_call:
        return to.say("Only its responders, and people on call, can change incidents of team *{team}*.", team=team)
    if not why.channels:
        return to.say("Only its responders can change incidents of team *{team}*.", team=team)
    channels = _channels(to, why.channels)
    if why.on_call:
        return to.say(
            "Only people in {channels}, and people on call, can change incidents of team *{team}*.",
            channels=channels,
            team=team,
        )
    return to.say("Only people in {channels} can change incidents of team *{team}*.", channels=channels, team=team)


def _channels(to: Audience, channels: Iterable[str]) -> Mrkdwn:
    return enumerated(to, [channel_link(channel) for channel in channels][:MAX_CHANNELS])


def way_in(to: Audience, why: AccessDenied) -> Mrkdwn:
    """Say how to get access."""
    if why.channels:
        return to.say("Join a channel of the team. If you have just joined, try again in five minutes.")
    return to.say(
        "Ask the bot's administrator to add you, or a user group you are in, to the team's setting `RESPONDERS`."
    )


def _members_unread(to: Audience, team: str) -> Mrkdwn:
    remedy = to.say(
        "Slack did not list the members. Try again in a minute; if it stays so, ask the bot's administrator to run"
        " `python -m bot check`."
    )
    if not team:
        return lines(to.say("It could not be checked whether you belong to that team, so nothing is shown."), remedy)
    return lines(
        to.say("It could not be checked whether you may change incidents of team *{team}*.", team=team), remedy
    )


def _on_call_unread(to: Audience, why: AccessDenied) -> Mrkdwn:
    remedy = to.say("Flashduty did not return its schedules. Try again in a minute, or open the Flashduty console.")
    if not why.teams:
        return lines(to.say("It could not be checked whether you are on call for a team, so nothing is shown."), remedy)
    return lines(
        to.say("It could not be checked whether you are on call for team *{team}*.", team=why.teams[0]),
        _who_may_act(to, why, why.teams[0]),
        remedy,
    )
