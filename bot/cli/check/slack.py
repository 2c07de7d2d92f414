"""The half of `python -m bot check` that asks Slack: tokens, scopes, workspaces, channels and people."""

from collections.abc import Iterable, Mapping
from typing import Final

import aiohttp

from bot.cli.check.channels import check_channels, named_channels
from bot.cli.check.people import check_people, named_people
from bot.cli.check.probe import APPS_PAGE, SlackAnswer, SlackProbe, refusal_found
from bot.cli.check.results import Finding, bad, good, unseen
from bot.cli.check.socket_mode import hello, judged
from bot.cli.manifest import scopes
from bot.config.setting_names import setting_name
from bot.config.settings import Settings

_BOT_TOKEN_CURE: Final = f"Copy the Bot User OAuth Token from “OAuth & Permissions” of the app at {APPS_PAGE}."
_APP_TOKEN_CURE: Final = f"Make an app-level token with connections:write in “Basic Information” at {APPS_PAGE}."
_BOT_TOKEN_CURES: Final = {
    "invalid_auth": _BOT_TOKEN_CURE,
    "not_authed": _BOT_TOKEN_CURE,
    "token_revoked": f"Install the app again. {_BOT_TOKEN_CURE}",
    "token_expired": f"Turn token rotation off and install the app again. {_BOT_TOKEN_CURE}",
    "account_inactive": f"The app was removed from the workspace: install it again. {_BOT_TOKEN_CURE}",
}
_SOCKET_MODE_OFF: Final = f"Turn Socket Mode on for the app at {APPS_PAGE}."
_APP_TOKEN_CURES: Final = {
    "invalid_auth": _APP_TOKEN_CURE,
    "not_authed": _APP_TOKEN_CURE,
    "token_revoked": _APP_TOKEN_CURE,
    "missing_scope": _APP_TOKEN_CURE,
    "not_allowed_token_type": _APP_TOKEN_CURE,
    "socket_mode_not_enabled": _SOCKET_MODE_OFF,
    "forbidden_no_socket_mode": _SOCKET_MODE_OFF,
}


async def check_slack(
    settings: Settings, desk: SlackProbe, who: SlackAnswer, session: aiohttp.ClientSession, patience: float
) -> list[Finding]:
    """Look at everything that Slack can tell; `who` is the answer of auth.test, `patience` is in seconds."""
    app = await _app(desk, who) if who.error is None else None
    way_in = await _way_in(settings, desk, session, app=app, patience=patience)
    if who.error is not None:
        return [refusal_found("SLACK_BOT_TOKEN", who, _BOT_TOKEN_CURES), *way_in, *_not_looked_at(settings)]
    workspace = workspace_of(who)
    return [
        good("SLACK_BOT_TOKEN", f"{who.data.get('user')} in {who.data.get('team')} ({workspace})"),
        _scopes(who.headers, scopes(_features(settings))),
        *way_in,
        *_workspaces(settings, workspace),
        *await check_channels(settings, desk),
        *_unserved(settings),
        *await check_people(settings, desk, workspace),
    ]


def workspace_of(who: SlackAnswer) -> str:
    """Tell where the bot is installed."""
    return str(who.data.get("team_id"))


async def _app(desk: SlackProbe, who: SlackAnswer) -> str | None:
    """Tell which app the bot token belongs to; docs.slack.dev/reference/methods/bots.info."""
    answer = await desk.ask("bots.info", bot=str(who.data.get("bot_id")))
    app = answer.object("bot").get("app_id")
    return app if isinstance(app, str) else None


def _not_looked_at(settings: Settings) -> list[Finding]:
    """List what only somebody with a bot token can find out."""
    limited = [name for name, team in settings.flashduty_teams.items() if team.slack_workspaces]
    return [
        unseen("scopes"),
        *(unseen(f"{name}: workspaces") for name in limited),
        *(unseen(f"channel {channel}") for channel in named_channels(settings)),
        *_unserved(settings),
        *(unseen(f"{kind} {one}") for kind, one, _ in named_people(settings)),
    ]


async def _way_in(
    settings: Settings, desk: SlackProbe, session: aiohttp.ClientSession, app: str | None, patience: float
) -> list[Finding]:
    token = settings.slack_app_token
    if token is None:
        return [good("SLACK_SIGNING_SECRET", "set; only a request from Slack can prove it right")]
    # slack_sdk takes the token of this one method as an argument.
    answer = await desk.ask("apps.connections.open", token=token.get_secret_value())
    if answer.error is not None:
        return [refusal_found("SLACK_APP_TOKEN", answer, _APP_TOKEN_CURES)]
    said = await hello(session, str(answer.data.get("url")), patience)
    return list(judged(said, app, shares_data=settings.database_kind == "PostgreSQL"))


def _workspaces(settings: Settings, workspace: str) -> Iterable[Finding]:
    return [
        bad(
            f"{name}: workspaces",
            f"the bot is installed in {workspace}, which is not among the team's workspaces",
            f"Add {workspace} to {setting_name(name, 'slack_workspaces')}, or leave that setting out.",
        )
        for name, team in settings.flashduty_teams.items()
        if team.slack_workspaces and workspace not in team.slack_workspaces
    ]


def _unserved(settings: Settings) -> Iterable[Finding]:
    teams = settings.flashduty_teams
    return [
        good(f"{name}: channels", f"none; its responders reach it in direct messages and with team:{name}")
        for name, team in teams.items()
        if len(teams) > 1 and not team.channels
    ]


def _features(settings: Settings) -> list[str]:
    """Name what the settings ask for beyond the usual."""
    teams = settings.flashduty_teams.values()
    wanted = {
        "user-groups": any(team.oncall_usergroups for team in teams),
        "topic": any(team.topic for team in teams),
        "reminders": any(team.shift_notices in {"dm", "both"} for team in teams),
    }
    return [feature for feature, is_on in wanted.items() if is_on]


def _scopes(headers: Mapping[str, str], needed: list[str]) -> Finding:
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if told is None:
        return good("scopes", "Slack does not say which the bot has")
    missing = [scope for scope in needed if scope not in {scope.strip() for scope in told.split(",")}]
    if not missing:
        return good("scopes", f"all {len(needed)} the bot needs")
    command = " Without “commands” the app has no slash command either." if "commands" in missing else ""
    cure = f"Add them in “OAuth & Permissions” at {APPS_PAGE}, then install the app again.{command}"
    return bad("scopes", f"missing: {', '.join(missing)}", cure)
