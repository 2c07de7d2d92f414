"""The look of `check` at Slack channels: whether they are there, the bot is in them, and one team has them."""

from bot.cli.check.probe import SlackProbe, refusal_found
from bot.cli.check.results import Finding, bad, good
from bot.config.setting_names import setting_name
from bot.config.settings import Settings


async def check_channels(settings: Settings, desk: SlackProbe) -> list[Finding]:
    """Look at every channel that the settings name."""
    found = [await _channel(desk, channel, names) for channel, names in named_channels(settings).items()]
    return found + _shared(settings)


def named_channels(settings: Settings) -> dict[str, list[str]]:
    """List every channel that the settings name, and in which of them."""
    named: dict[str, list[str]] = {}
    for name, team in settings.flashduty_teams.items():
        for channel in team.slack_channels:
            named.setdefault(channel, []).append(setting_name(name, "slack_channels"))
        if team.digest_channel is not None:
            named.setdefault(team.digest_channel, []).append(setting_name(name, "digest_channel"))
    return named


async def _channel(desk: SlackProbe, channel: str, settings: list[str]) -> Finding:
    subject, where = f"channel {channel}", " and ".join(settings)
    if channel.startswith("D"):
        return good(subject, "a direct message; Slack does not tell the bot more about it")
    answer = await desk.ask_for("channel", dict, "conversations.info", channel=channel)
    if answer.error == "channel_not_found":
        cure = f"Correct {where}; or, if it is a private channel, type “/invite @Flashduty” there."
        return bad(subject, "does not exist, or is private and the bot is not in it", cure)
    if answer.error is not None:
        return refusal_found(subject, answer)
    told = answer.object("channel")
    name = f"#{told.get('name')}"
    if told.get("is_archived"):
        return bad(subject, f"{name} is archived", f"Unarchive it, or take it out of {where}.")
    if not told.get("is_member"):
        return bad(subject, f"the bot is not a member of {name}", f"Type “/invite @Flashduty” in {name}.")
    return good(subject, f"{name}, the bot is a member")


def _shared(settings: Settings) -> list[Finding]:
    """List the channels that several teams serve: people there are asked which team they mean each time."""
    serving: dict[str, list[str]] = {}
    for name, team in settings.flashduty_teams.items():
        for channel in team.channels:
            serving.setdefault(channel, []).append(name)
    return [
        bad(
            f"teams of {channel}",
            f"served by {' and '.join(names)}, so that a command there is asked back for its team",
            f"Take {channel} out of all but one of {', '.join(setting_name(one, 'slack_channels') for one in names)}.",
        )
        for channel, names in serving.items()
        if len(names) > 1 and not _apart(settings, names)
    ]


def _apart(settings: Settings, names: list[str]) -> bool:
    """Whether the teams are in workspaces of their own, none of which two have."""
    workspaces = [settings.flashduty_teams[name].slack_workspaces for name in names]
    return all(workspaces) and len({one for each in workspaces for one in each}) == sum(map(len, workspaces))
