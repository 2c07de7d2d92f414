"""Checks of the Slack channels in the settings: each exists, the bot is a member and may post, one team serves it."""

from collections.abc import Iterator
from typing import Final

from bot.cli.check.probe import ProbeResponse, SlackProbe, slack_failure
from bot.cli.check.results import Finding, failed, passed, warning
from bot.config.names.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings

# Where a bot may not post a card: docs.slack.dev/reference/objects/conversation-object.
_CLOSED_TO_POSTS: Final = ("is_read_only", "is_thread_only", "is_frozen")


async def check_channels(settings: Settings, probe: SlackProbe, identity: ProbeResponse) -> list[Finding]:
    """Check every channel that the settings name; `identity` is the response of auth.test."""
    findings: list[Finding] = []
    with_cards = frozenset().union(*map(_with_cards, settings.flashduty_teams.values()))
    for channel, names in named_channels(settings).items():
        findings += await _channel(probe, channel, names, identity=identity, has_cards=channel in with_cards)
    return findings + _shared_channels(settings)


def named_channels(settings: Settings) -> dict[str, list[str]]:
    """List every channel that the settings name, with the names of those settings."""
    named: dict[str, list[str]] = {}
    for name, team in settings.flashduty_teams.items():
        for channel in team.slack_channels:
            named.setdefault(channel, []).append(setting_name(name, "slack_channels"))
        if team.digest_channel is not None:
            named.setdefault(team.digest_channel, []).append(setting_name(name, "digest_channel"))
        for channel in sorted(_with_cards(team)):
            field = "cards_channel" if channel == team.cards_channel else "cards_rules"
            named.setdefault(channel, []).append(setting_name(name, field))
    return named


def _with_cards(team: TeamSettings) -> frozenset[str]:
    return team.card_plan.channels if team.card_plan else frozenset()


async def _invite_command(probe: SlackProbe, identity: ProbeResponse) -> str:
    """Return what somebody types to let the bot into a channel, with its name as people see it.

    Source: docs.slack.dev/reference/methods/users.info
    """
    response = await probe.call("users.info", user=str(identity.data.get("user_id")))
    return f"“/invite @{response.object('user').get('real_name') or identity.data.get('user')}”"


async def _channel(
    probe: SlackProbe, channel: str, setting_names: list[str], *, identity: ProbeResponse, has_cards: bool
) -> list[Finding]:
    if channel.startswith("D"):
        return [passed(f"channel {channel}", "a direct message; Slack does not tell the bot more about it")]
    response = await probe.call_for("channel", dict, "conversations.info", channel=channel)
    found = await _state(probe, channel, setting_names, response=response, identity=identity)
    return [found, *(_of_cards(channel, response) if has_cards and found.ok else ())]


def _of_cards(channel: str, response: ProbeResponse) -> Iterator[Finding]:
    """Check what only matters where cards are posted."""
    info = response.object("channel")
    name = f"#{info.get('name')}"
    if any(info.get(field) for field in _CLOSED_TO_POSTS):
        remedy = f"Let the app post there, in {name}'s settings for who may post, or send the cards elsewhere."
        yield failed(f"cards in {channel}", f"{name} takes no posts from everybody, so cards may not come", remedy)
    if info.get("is_ext_shared") or info.get("is_pending_ext_shared"):
        what = f"{name} is shared with another organisation, whose people read every card and its thread"
        yield warning(f"cards in {channel}", what, "Send the cards to a channel of your own, unless that is meant.")


async def _state(
    probe: SlackProbe, channel: str, setting_names: list[str], *, response: ProbeResponse, identity: ProbeResponse
) -> Finding:
    subject, where = f"channel {channel}", " and ".join(setting_names)
    if response.error == "channel_not_found":
        invite = await _invite_command(probe, identity)
        remedy = f"Correct {where}; or, if it is a private channel, type {invite} there."
        return failed(subject, "does not exist, or is private and the bot is not in it", remedy)
    if response.error is not None:
        return slack_failure(subject, response)
    info = response.object("channel")
    name = f"#{info.get('name')}"
    if info.get("is_archived"):
        return failed(subject, f"{name} is archived", f"Unarchive it, or take it out of {where}.")
    if not info.get("is_member"):
        invite = await _invite_command(probe, identity)
        return failed(subject, f"the bot is not a member of {name}", f"Type {invite} in {name}.")
    return passed(subject, f"{name}, the bot is a member")


def _shared_channels(settings: Settings) -> list[Finding]:
    """List the channels that several teams serve: the bot asks there for the team at each command."""
    teams_of: dict[str, list[str]] = {}
    for name, team in settings.flashduty_teams.items():
        for channel in team.channels:
            teams_of.setdefault(channel, []).append(name)
    return [
        failed(
            f"teams of {channel}",
            f"served by {' and '.join(names)}, so that a command there is asked back for its team",
            f"Take {channel} out of all but one of {', '.join(_channel_settings(names))}.",
        )
        for channel, names in teams_of.items()
        if len(names) > 1 and not _are_in_separate_workspaces(settings, names)
    ]


def _channel_settings(teams: list[str]) -> list[str]:
    return [setting_name(team, "slack_channels") for team in teams]


def _are_in_separate_workspaces(settings: Settings, names: list[str]) -> bool:
    """Whether every team is limited to workspaces, and no two teams have one in common."""
    workspaces = [settings.flashduty_teams[name].slack_workspaces for name in names]
    distinct = {workspace for of_team in workspaces for workspace in of_team}
    return all(workspaces) and len(distinct) == sum(map(len, workspaces))
