"""Checks against Slack: tokens, scopes, workspaces, channels and people."""

from collections.abc import Iterable, Mapping
from typing import Final

import aiohttp

from bot.cli.check.channels import check_channels, named_channels
from bot.cli.check.people import check_people, named_people
from bot.cli.check.probe import APPS_PAGE, ProbeResponse, SlackProbe, slack_failure
from bot.cli.check.results import Finding, failed, not_checked, passed
from bot.cli.check.socket_mode import connection_findings, receive_hello
from bot.cli.manifest import SUBSCRIBED_EVENTS, scopes, shortcut_names
from bot.config.names.setting_names import setting_name
from bot.config.settings import Settings

_BOT_TOKEN_REMEDY: Final = f"Copy the Bot User OAuth Token from “OAuth & Permissions” of the app at {APPS_PAGE}."
_APP_TOKEN_REMEDY: Final = f"Make an app-level token with connections:write in “Basic Information” at {APPS_PAGE}."
_BOT_TOKEN_REMEDIES: Final = {
    "invalid_auth": _BOT_TOKEN_REMEDY,
    "not_authed": _BOT_TOKEN_REMEDY,
    "token_revoked": f"Install the app again. {_BOT_TOKEN_REMEDY}",
    "token_expired": f"Turn token rotation off and install the app again. {_BOT_TOKEN_REMEDY}",
    "account_inactive": f"The app was removed from the workspace: install it again. {_BOT_TOKEN_REMEDY}",
}
_SOCKET_MODE_REMEDY: Final = f"Turn Socket Mode on for the app at {APPS_PAGE}."
_APP_TOKEN_REMEDIES: Final = {
    "invalid_auth": _APP_TOKEN_REMEDY,
    "not_authed": _APP_TOKEN_REMEDY,
    "token_revoked": _APP_TOKEN_REMEDY,
    "missing_scope": _APP_TOKEN_REMEDY,
    "not_allowed_token_type": _APP_TOKEN_REMEDY,
    "socket_mode_not_enabled": _SOCKET_MODE_REMEDY,
    "forbidden_no_socket_mode": _SOCKET_MODE_REMEDY,
}


async def check_slack(
    settings: Settings,
    probe: SlackProbe,
    identity: ProbeResponse,
    session: aiohttp.ClientSession,
    timeout_seconds: float,
) -> list[Finding]:
    """Check everything that Slack can tell; `identity` is the response of auth.test."""
    app = await _app_id(probe, identity) if identity.error is None else None
    connection = await _check_connection(settings, probe, session, app=app, timeout_seconds=timeout_seconds)
    if identity.error is not None:
        return [
            slack_failure("SLACK_BOT_TOKEN", identity, _BOT_TOKEN_REMEDIES),
            *connection,
            _manifest(),
            *_without_bot_token(settings),
        ]
    workspace = workspace_of(identity)
    return [
        passed("SLACK_BOT_TOKEN", f"{identity.data.get('user')} in {identity.data.get('team')} ({workspace})"),
        _scopes(identity.headers, scopes(_features(settings))),
        _manifest(),
        *connection,
        *_workspaces(settings, workspace),
        *await check_channels(settings, probe, identity),
        *_teams_without_channels(settings),
        *await check_people(settings, probe, workspace),
    ]


def workspace_of(identity: ProbeResponse) -> str:
    """Give the id of the workspace where the bot is installed."""
    return str(identity.data.get("team_id"))


async def _app_id(probe: SlackProbe, identity: ProbeResponse) -> str | None:
    """Give the id of the bot token's app, None where it is unknown; docs.slack.dev/reference/methods/bots.info."""
    response = await probe.call("bots.info", bot=str(identity.data.get("bot_id")))
    app = response.object("bot").get("app_id")
    return app if isinstance(app, str) else None


def _without_bot_token(settings: Settings) -> list[Finding]:
    """List what cannot be checked without a valid bot token."""
    limited_teams = [name for name, team in settings.flashduty_teams.items() if team.slack_workspaces]
    return [
        not_checked("scopes"),
        *(not_checked(f"{name}: workspaces") for name in limited_teams),
        *(not_checked(f"channel {channel}") for channel in named_channels(settings)),
        *_teams_without_channels(settings),
        *(not_checked(f"{role} {slack_id}") for role, slack_id, _ in named_people(settings)),
    ]


async def _check_connection(
    settings: Settings, probe: SlackProbe, session: aiohttp.ClientSession, app: str | None, timeout_seconds: float
) -> list[Finding]:
    token = settings.slack_app_token
    if token is None:
        return [passed("SLACK_SIGNING_SECRET", "set; only a request from Slack can prove it right")]
    # slack_sdk takes the token of this one method as an argument.
    response = await probe.call("apps.connections.open", token=token.get_secret_value())
    if response.error is not None:
        return [slack_failure("SLACK_APP_TOKEN", response, _APP_TOKEN_REMEDIES)]
    hello = await receive_hello(session, str(response.data.get("url")), timeout_seconds)
    return list(connection_findings(hello, app, shares_data=settings.database_kind == "PostgreSQL"))


def _workspaces(settings: Settings, workspace: str) -> Iterable[Finding]:
    return [
        failed(
            f"{name}: workspaces",
            f"the bot is installed in {workspace}, which is not among the team's workspaces",
            f"Add {workspace} to {setting_name(name, 'slack_workspaces')}, or leave that setting out.",
        )
        for name, team in settings.flashduty_teams.items()
        if team.slack_workspaces and workspace not in team.slack_workspaces
    ]


def _teams_without_channels(settings: Settings) -> Iterable[Finding]:
    teams = settings.flashduty_teams
    return [
        passed(f"{name}: channels", f"none; its responders reach it in direct messages and with team:{name}")
        for name, team in teams.items()
        if len(teams) > 1 and not team.channels
    ]


def _features(settings: Settings) -> list[str]:
    """List the manifest features that the settings need."""
    teams = settings.flashduty_teams.values()
    needed = {
        "user-groups": any(team.oncall_usergroups for team in teams),
        "topic": any(team.topic for team in teams),
        "reminders": any(team.shift_notices in {"dm", "both"} for team in teams),
    }
    return [feature for feature, is_on in needed.items() if is_on]


def _manifest() -> Finding:
    """Name what this version's manifest has and no method of Slack tells of an installed app."""
    shortcuts = ", ".join(f"“{name}”" for name in shortcut_names())
    what = f"the Home tab, the events {', '.join(SUBSCRIBED_EVENTS)}, and the shortcuts {shortcuts}"
    return not_checked("manifest", f"Slack does not say whether the app has {what}: compare it with “make manifest”")


def _scopes(headers: Mapping[str, str], needed: list[str]) -> Finding:
    granted = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if granted is None:
        return passed("scopes", "Slack does not say which the bot has")
    missing = [scope for scope in needed if scope not in {scope.strip() for scope in granted.split(",")}]
    if not missing:
        return passed("scopes", f"all {len(needed)} the bot needs")
    command = " Without “commands” the app has no slash command either." if "commands" in missing else ""
    remedy = f"Add them in “OAuth & Permissions” at {APPS_PAGE}, then install the app again.{command}"
    return failed("scopes", f"missing: {', '.join(missing)}", remedy)
