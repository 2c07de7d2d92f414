"""`python -m bot check`: asks Slack and Flashduty whether the settings will work."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from bot.check_flashduty import check_keys
from bot.digest_times import DigestPlan, upcoming
from bot.findings import Finding, bad, good, table, unseen
from bot.manifest import scopes
from bot.redaction import Redaction
from bot.settings import Settings, TeamSettings
from bot.settings_sources import setting_name
from bot.slack_calls import UNUSABLE, SlackUnwilling, ask
from bot.slack_client import TOO_OFTEN, SlackClient
from bot.slack_session import open_session

__all__ = ["check", "table"]

ANSWER_SECONDS: Final = 10.0
_PAGE: Final = "https://api.slack.com/apps"
_SLOW_DOWN: Final = "Wait a minute and run the check again; Slack limits how often it may be asked."
_NETWORK: Final = "Look at SLACK_API_URL and the network between this machine and Slack."


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def check(
    settings: Settings, *, now: Callable[[], datetime] = _utc_now, patience: float = ANSWER_SECONDS
) -> list[Finding]:
    """Look at tokens, scopes, keys, channels, responders and digests; nothing is posted or changed.

    Every answer of Slack is waited for `patience` seconds.
    """
    async with open_session(settings.outbound) as session:
        slack, keys = await asyncio.gather(_Slack(settings, session, patience).look(), check_keys(settings))
    teams = settings.flashduty_teams.items()
    digests = [_digest(name, team, now()) for name, team in teams if team.digest_channel is not None]
    found = [*slack, *keys, *digests]
    hide = Redaction(settings.secrets)
    return [replace(finding, what=hide(finding.what), cure=hide(finding.cure)) for finding in found]


def _digest(name: str, team: TeamSettings, now: datetime) -> Finding:
    plan = DigestPlan(team.digest_channel or "", team.digest_time, team.timezone, team.digest_days)
    due = next(upcoming(plan, now))
    local = due.at.astimezone(team.timezone)
    return good(f"{name}: digest", f"next on {local:%a %Y-%m-%d at %H:%M} {team.timezone.key}")


@dataclass(frozen=True)
class _Answer:
    """What Slack said: the body, or the word it refused with."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]
    error: str | None = None


def _object(answer: _Answer, name: str) -> Mapping[str, Any]:
    told = answer.data.get(name)
    return told if isinstance(told, dict) else {}


class _Slack:
    """The half of the check that asks Slack."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, patience: float) -> None:
        self._settings = settings
        token = settings.slack_bot_token.get_secret_value()
        self._client = SlackClient(token, settings.slack_api_url, session, seconds=patience)

    async def look(self) -> list[Finding]:
        """Look at everything that Slack can tell."""
        who = await self._ask("auth.test")
        if who.error is not None:
            return [_bot_token_refused(who.error), await self._way_in(), *self._not_looked_at()]
        return [
            good(
                "SLACK_BOT_TOKEN",
                f"{who.data.get('user')} in {who.data.get('team')} ({who.data.get('team_id')})",
            ),
            _scopes(who.headers, scopes(_features(self._settings))),
            await self._way_in(),
            *self._workspaces(str(who.data.get("team_id"))),
            *await self._channels(),
            *self._unserved(),
            *[await self._one(f"{kind} {one}", one, where) for kind, one, where in self._people()],
        ]

    def _not_looked_at(self) -> list[Finding]:
        """List what only somebody with a bot token can find out."""
        limited = [name for name, team in self._settings.flashduty_teams.items() if team.slack_workspaces]
        return [
            unseen("scopes"),
            *(unseen(f"{name}: workspaces") for name in limited),
            *(unseen(f"channel {channel}") for channel in self._named_channels()),
            *self._unserved(),
            *(unseen(f"{kind} {one}") for kind, one, _ in self._people()),
        ]

    async def _ask(self, method: str, **arguments: str) -> _Answer:
        try:
            answer = await ask(self._client, method, params=arguments)
        except SlackUnwilling as error:
            return _Answer({}, {}, _said(error))
        return _Answer(answer.data, answer.headers)

    async def _way_in(self) -> Finding:
        token = self._settings.slack_app_token
        if token is None:
            return good("SLACK_SIGNING_SECRET", "set; only a request from Slack can prove it right")
        # slack_sdk takes the token of this one method as an argument.
        answer = await self._ask("apps.connections.open", token=token.get_secret_value())
        if answer.error is None:
            return good("SLACK_APP_TOKEN", "opens Socket Mode connections")
        return bad(
            "SLACK_APP_TOKEN",
            _refused(answer.error),
            _APP_TOKEN_CURES.get(answer.error, _general(answer.error)),
        )

    def _workspaces(self, workspace: str) -> list[Finding]:
        return [
            bad(
                f"{name}: workspaces",
                f"the bot is installed in {workspace}, which is not among the team's workspaces",
                f"Add {workspace} to {setting_name(name, 'slack_workspaces')}, or leave that setting out.",
            )
            for name, team in self._settings.flashduty_teams.items()
            if team.slack_workspaces and workspace not in team.slack_workspaces
        ]

    def _unserved(self) -> list[Finding]:
        teams = self._settings.flashduty_teams
        return [
            good(f"{name}: channels", f"none; its responders reach it in direct messages and with team:{name}")
            for name, team in teams.items()
            if len(teams) > 1 and not team.channels
        ]

    def _named_channels(self) -> dict[str, list[str]]:
        named: dict[str, list[str]] = {}
        for name, team in self._settings.flashduty_teams.items():
            for channel in team.slack_channels:
                named.setdefault(channel, []).append(setting_name(name, "slack_channels"))
            if team.digest_channel is not None:
                named.setdefault(team.digest_channel, []).append(setting_name(name, "digest_channel"))
        return named

    async def _channels(self) -> list[Finding]:
        return [await self._channel(channel, settings) for channel, settings in self._named_channels().items()]

    async def _channel(self, channel: str, settings: list[str]) -> Finding:
        if channel.startswith("D"):
            return good(f"channel {channel}", "a direct message; Slack does not tell the bot more about it")
        answer = await self._ask("conversations.info", channel=channel)
        subject, where = f"channel {channel}", " and ".join(settings)
        if answer.error == "channel_not_found":
            cure = f"Correct {where}; or, if it is a private channel, type “/invite @Flashduty” there."
            return bad(subject, "does not exist, or is private and the bot is not in it", cure)
        if answer.error is not None:
            return bad(subject, _refused(answer.error), _general(answer.error))
        told = _object(answer, "channel")
        name = f"#{told.get('name')}"
        if told.get("is_archived"):
            return bad(subject, f"{name} is archived", f"Unarchive it, or take it out of {where}.")
        if not told.get("is_member"):
            return bad(subject, f"the bot is not a member of {name}", f"Type “/invite @Flashduty” in {name}.")
        return good(subject, f"{name}, the bot is a member")

    def _people(self) -> Iterator[tuple[str, str, str]]:
        """List everybody the settings name, groups as well: as what, who, and in which settings."""
        named: dict[tuple[str, str], list[str]] = {}
        for name, team in self._settings.flashduty_teams.items():
            for one in team.responders:
                named.setdefault(("responder", one), []).append(setting_name(name, "responders"))
        for name, team in self._settings.flashduty_teams.items():
            for kind, one in _followers(team):
                named.setdefault((kind, one), []).append(setting_name(name, "oncall_usergroups"))
        for admin in self._settings.admins:
            named.setdefault(("admin", admin), []).append("ADMINS")
        return ((kind, one, " and ".join(dict.fromkeys(where))) for (kind, one), where in named.items())

    async def _one(self, subject: str, responder: str, where: str) -> Finding:
        if responder.startswith("S"):
            answer = await self._ask("usergroups.users.list", usergroup=responder)
            users = answer.data.get("users")
            what = f"a user group of {len(users) if isinstance(users, list) else 0}"
        else:
            answer = await self._ask("users.info", user=responder)
            user = _object(answer, "user")
            what = str(user.get("real_name") or user.get("name"))
            if user.get("deleted") or user.get("is_restricted") or user.get("is_ultra_restricted"):
                cure = f"Take them out of {where}: only full members count."
                return bad(subject, f"{what} is a guest or deactivated", cure)
        if answer.error in {"user_not_found", "no_such_subteam", "subteam_not_found"}:
            return bad(subject, "does not exist in this workspace", f"Correct {where}.")
        if answer.error is not None:
            return bad(subject, _refused(answer.error), _general(answer.error))
        return good(subject, what)


def _followers(team: TeamSettings) -> Iterator[tuple[str, str]]:
    """List the groups that follow who is on call, and the people pinned in them."""
    for plan in team.oncall_usergroups:
        yield "user group", plan.group
        yield from (("pinned", one) for one in sorted(plan.pinned))


_BOT_TOKEN_CURE: Final = f"Copy the Bot User OAuth Token from “OAuth & Permissions” of the app at {_PAGE}."
_APP_TOKEN_CURE: Final = f"Make an app-level token with connections:write in “Basic Information” at {_PAGE}."
_BOT_TOKEN_CURES: Final = {
    "invalid_auth": _BOT_TOKEN_CURE,
    "not_authed": _BOT_TOKEN_CURE,
    "token_revoked": f"Install the app again. {_BOT_TOKEN_CURE}",
    "token_expired": f"Turn token rotation off and install the app again. {_BOT_TOKEN_CURE}",
    "account_inactive": f"The app was removed from the workspace: install it again. {_BOT_TOKEN_CURE}",
}
_APP_TOKEN_CURES: Final = {
    "invalid_auth": _APP_TOKEN_CURE,
    "not_authed": _APP_TOKEN_CURE,
    "token_revoked": _APP_TOKEN_CURE,
    "missing_scope": _APP_TOKEN_CURE,
    "not_allowed_token_type": _APP_TOKEN_CURE,
    "socket_mode_not_enabled": f"Turn Socket Mode on for the app at {_PAGE}.",
    "forbidden_no_socket_mode": f"Turn Socket Mode on for the app at {_PAGE}.",
}


# How what was in the way begins (bot.hindrances): a sentence, and the cure behind it.
_HINDERED: Final = "Slack could not be reached"


def _bot_token_refused(error: str) -> Finding:
    return bad("SLACK_BOT_TOKEN", _refused(error), _BOT_TOKEN_CURES.get(error, _general(error)))


def _said(error: SlackUnwilling) -> str:
    """Give Slack's own word for why it refuses, or say that there was none."""
    if error.hindered is not None:
        return str(error.hindered)
    if error.is_from_slack:
        return error.code
    if error.code == UNUSABLE:
        return "no answer of its own: something else, a proxy perhaps, is at that address"
    if error.code == "TimeoutError":
        return "no answer in time"
    is_there = error.may_be_done
    return "no answer: the connection broke" if is_there else "no answer: it cannot be reached from this machine"


def _refused(error: str) -> str:
    if error.startswith(_HINDERED):
        return error.partition(". ")[0]
    return f"Slack gave {error}" if error.startswith("no answer") else f"Slack refuses: {error}"


def _general(error: str) -> str:
    if error == TOO_OFTEN:
        return _SLOW_DOWN
    if error == "missing_scope":
        return "Add the missing scopes and install the app again (see the line on scopes)."
    if error.startswith(_HINDERED):
        return error.partition(". ")[2]
    return _NETWORK if error.startswith("no answer") else f"See what Slack says about it: {_PAGE}."


def _features(settings: Settings) -> list[str]:
    """Name what the settings ask for beyond the usual."""
    teams = settings.flashduty_teams.values()
    asked = {
        "user-groups": any(team.oncall_usergroups for team in teams),
        "topic": any(team.topic for team in teams),
        "reminders": any(team.shift_notices in {"dm", "both"} for team in teams),
    }
    return [feature for feature, is_on in asked.items() if is_on]


def _scopes(headers: Mapping[str, str], needed: list[str]) -> Finding:
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if told is None:
        return good("scopes", "Slack does not say which the bot has")
    missing = [scope for scope in needed if scope not in {scope.strip() for scope in told.split(",")}]
    if not missing:
        return good("scopes", f"all {len(needed)} the bot needs")
    cure = f"Add them in “OAuth & Permissions” at {_PAGE}, then install the app again."
    return bad("scopes", f"missing: {', '.join(missing)}", cure)
