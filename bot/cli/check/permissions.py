"""The look of `check` at what a team's APP Key may do: one harmless read for each permission to read."""

import html
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.cli.check.results import Finding, bad, doubtful, good, unseen
from bot.config.setting_names import setting_name
from bot.config.team_settings import TeamSettings
from bot.flashduty import (
    Code,
    Flashduty,
    FlashdutyError,
    IncidentQuery,
    InsightQuery,
    KeyOwner,
    Unreachable,
)
from bot.messages.errors import FailedCall, what_and_remedy
from bot.messages.text import Mrkdwn
from bot.outbound.connection_failures import ConnectionFailure, explain_failure

READ, MANAGE, ANALYTICS = "Incidents Read", "Incidents Manage", "Analytics Read"
NEEDED: Final = (READ, MANAGE, ANALYTICS)
AN_HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
_SCOPE: Final = "in the Flashduty console (Account, APP Keys)"
_NETWORK: Final = "Look at FLASHDUTY_API_URL and the network between this machine and Flashduty."


async def check_permissions(
    name: str, team: TeamSettings, client: Flashduty, owner: KeyOwner, now: datetime
) -> list[Finding]:
    """Try what can be tried without changing anything, and say of the rest what its owner's roles tell."""
    granted = await _granted(client, owner)
    return [
        await _tried(f"{name}: {READ}", name, lambda: _incidents(team, client, now)),
        _manage(name, owner, granted),
        await _analytics(name, team, client, now=now),
        await _tried(f"{name}: schedules", name, lambda: _schedules(team, client, now)),
        _scope(name, owner, granted),
    ]


async def _tried(subject: str, team: str, read: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return good(subject, await read())
    except FlashdutyError as error:
        return failed(subject, error, team)


async def _incidents(team: TeamSettings, client: Flashduty, now: datetime) -> str:
    query = IncidentQuery(
        start=now - AN_HOUR,
        end=now,
        team_ids=team.flashduty_team_ids,
        channel_ids=team.flashduty_channel_ids,
        limit=1,
    )
    await client.list_incidents(query)
    return "incidents can be read"


async def _schedules(team: TeamSettings, client: Flashduty, now: datetime) -> str:
    found = await client.schedules(now, now + AN_HOUR, team_ids=team.flashduty_team_ids)
    count = sum(schedule.is_enabled for schedule in found)
    if not count:
        return "none in use, so that nobody is ever on call here"
    return "one can be read" if count == 1 else f"{count} can be read"


async def _analytics(name: str, team: TeamSettings, client: Flashduty, now: datetime) -> Finding:
    """Try the figures; without them the digest and the report say so and come all the same."""
    subject = f"{name}: {ANALYTICS}"
    query = InsightQuery(start=now - A_DAY, end=now, team_ids=team.flashduty_team_ids)
    try:
        await client.figures(query)
    except FlashdutyError as error:
        if error.code in {Code.ACCESS_DENIED, Code.NO_LICENSE}:
            found = failed(subject, error, name)
            return doubtful(subject, f"no figures in digest and report: {found.what}", found.cure)
        return failed(subject, error, name)
    return good(subject, "figures can be read")


async def _granted(client: Flashduty, owner: KeyOwner) -> frozenset[str] | None:
    """Read what the roles of the key's owner allow; None where that is not told."""
    if not owner.role_ids:
        return None
    try:
        return await client.permissions(owner.role_ids) or None
    except FlashdutyError:
        # Not every installation has this operation, and nothing depends on it.
        return None


def _manage(name: str, owner: KeyOwner, granted: frozenset[str] | None) -> Finding:
    subject = f"{name}: {MANAGE}"
    if granted is None:
        return unseen(subject, "cannot be looked at without changing an incident")
    if MANAGE not in granted:
        what = f"no role of {owner.name} allows it, so that nobody can acknowledge from Slack"
        return bad(subject, what, f"Ask an administrator of the Flashduty account to give {owner.name} a role with it.")
    told = f"cannot be looked at without changing an incident; a role of {owner.name} allows it"
    return unseen(subject, told)


def _scope(name: str, owner: KeyOwner, granted: frozenset[str] | None) -> Finding:
    """Say what the key may do beyond the bot's needs if its scope does not forbid it; no operation tells the scope."""
    subject = f"{name}: key's scope"
    more = sorted((granted or frozenset()) - set(NEEDED), key=lambda one: (not one.endswith("Manage"), one))
    only = f"see {_SCOPE} that it has just {', '.join(NEEDED)}"
    if not more:
        return unseen(subject, f"cannot be looked at; {only}")
    some = ", ".join(more[:2])
    return unseen(
        subject,
        f"cannot be looked at, and the roles of {owner.name} allow {len(more)} things the bot has no use for ({some}"
        f"{', …' if len(more) > len(more[:2]) else ''}); {only}",
    )


def failed(subject: str, error: FlashdutyError, team: str) -> Finding:
    """Report a refusal or a silence in the words people read in Slack."""
    if isinstance(error, Unreachable) and error.reason in set(ConnectionFailure):
        return bad(
            subject, *explain_failure(ConnectionFailure(error.reason), "Flashduty", error.through or "HTTPS_PROXY")
        )
    failure = FailedCall(error, team=team, key_setting=setting_name(team, "app_key"))
    explained = what_and_remedy(failure, with_id=False)
    request = f" (request id {error.request_id})" if error.request_id else ""
    # A person in Slack is told to wait; whoever runs the check can do more.
    is_silent = isinstance(error, Unreachable) and error.reason in {"no_connection", "timed_out", "cut_off", "not_json"}
    what = f"{_plain(explained.what).removesuffix('.')}{request}"
    return bad(subject, what, _NETWORK if is_silent else _plain(explained.remedy))


def _plain(text: Mrkdwn) -> str:
    """Write for a terminal what was written for Slack."""
    return html.unescape(text).replace("`", "").replace("*", "")
