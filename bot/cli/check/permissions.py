"""Checks of what a team's APP Key may do: one call that reads for each permission to read."""

import html
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.cli.check.results import Finding, failed, not_checked, passed, warning
from bot.config.names.setting_names import setting_name
from bot.config.slash_command import DEFAULT_COMMAND
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
from bot.messages.audience import Audience
from bot.messages.errors import FailedCall, what_and_remedy
from bot.messages.text import Mrkdwn
from bot.outbound.connection_failures import ConnectionFailure, explain_failure

READ, MANAGE, ANALYTICS = "Incidents Read", "Incidents Manage", "Analytics Read"
NEEDED: Final = (READ, MANAGE, ANALYTICS)
NEEDED_FOR_CARDS: Final = "Channels Read"
# Sentences that people read in Slack are used here in English: the command line speaks no other language.
_OPERATOR: Final = Audience(command=DEFAULT_COMMAND, bot_user="", now=datetime.min.replace(tzinfo=UTC))
READ_WINDOW: Final = timedelta(hours=1)
FIGURES_WINDOW: Final = timedelta(days=1)
_SCOPE_LOCATION: Final = "in the Flashduty console (Account, APP Keys)"
_NETWORK_REASONS: Final = frozenset({"no_connection", "timed_out", "cut_off", "not_json"})
_NETWORK_REMEDY: Final = "Look at FLASHDUTY_API_URL and the network between this machine and Flashduty."


async def check_permissions(
    name: str, team: TeamSettings, client: Flashduty, owner: KeyOwner, now: datetime
) -> list[Finding]:
    """Call what changes nothing; for the other permissions read the roles of the key's owner."""
    granted = await _read_granted(client, owner)
    return [
        await _try_read(f"{name}: {READ}", name, lambda: _read_incidents(team, client, now)),
        _check_manage(name, owner, granted),
        await _check_analytics(name, team, client, now=now),
        await _try_read(f"{name}: schedules", name, lambda: _read_schedules(team, client, now)),
        *([await _check_channels(name, team, client, owner=owner, granted=granted)] if team.card_plan else []),
        _check_scope(name, owner, granted, needed=(*NEEDED, NEEDED_FOR_CARDS) if team.card_plan else NEEDED),
    ]


async def _try_read(subject: str, team: str, read: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return passed(subject, await read())
    except FlashdutyError as error:
        return flashduty_failure(subject, error, team)


async def _read_incidents(team: TeamSettings, client: Flashduty, now: datetime) -> str:
    query = IncidentQuery(
        start=now - READ_WINDOW,
        end=now,
        team_ids=team.flashduty_team_ids,
        channel_ids=team.flashduty_channel_ids,
        limit=1,
    )
    await client.list_incidents(query)
    return "incidents can be read"


async def _read_schedules(team: TeamSettings, client: Flashduty, now: datetime) -> str:
    found = await client.schedules(now, now + READ_WINDOW, team_ids=team.flashduty_team_ids)
    count = sum(schedule.is_enabled for schedule in found)
    if not count:
        return "none in use, so that nobody is ever on call here"
    return "one can be read" if count == 1 else f"{count} can be read"


async def _check_analytics(name: str, team: TeamSettings, client: Flashduty, now: datetime) -> Finding:
    """Read the figures; the digest and the report are posted without them as well."""
    subject = f"{name}: {ANALYTICS}"
    query = InsightQuery(start=now - FIGURES_WINDOW, end=now, team_ids=team.flashduty_team_ids)
    try:
        await client.figures(query)
    except FlashdutyError as error:
        if error.code in {Code.ACCESS_DENIED, Code.NO_LICENSE}:
            finding = flashduty_failure(subject, error, name)
            return warning(subject, f"no figures in digest and report: {finding.what}", finding.remedy)
        return flashduty_failure(subject, error, name)
    return passed(subject, "figures can be read")


async def _check_channels(
    name: str, team: TeamSettings, client: Flashduty, *, owner: KeyOwner, granted: frozenset[str] | None
) -> Finding:
    """Read the escalation rules of a Flashduty channel of the settings; cards are posted without them as well."""
    subject, without = f"{name}: {NEEDED_FOR_CARDS}", "cards do not say who is paged next"
    if granted is not None and NEEDED_FOR_CARDS not in granted:
        remedy = f"Ask an administrator of the Flashduty account to give {owner.name} a role with it."
        return warning(subject, f"{without}: no role of {owner.name} allows it", remedy)
    if not team.flashduty_channel_ids:
        return not_checked(subject, "cannot be looked at without a Flashduty channel in the settings")
    try:
        await client.escalation_rules(team.flashduty_channel_ids[0])
    except FlashdutyError as error:
        finding = flashduty_failure(subject, error, name)
        if error.code is Code.ACCESS_DENIED:
            return warning(subject, f"{without}: {finding.what}", finding.remedy)
        return not_checked(subject, finding.what)
    return passed(subject, "escalation rules can be read")


async def _read_granted(client: Flashduty, owner: KeyOwner) -> frozenset[str] | None:
    """Read the permissions of the owner's roles; None where Flashduty does not return them."""
    if not owner.role_ids:
        return None
    try:
        return await client.permissions(owner.role_ids) or None
    except FlashdutyError:
        # Not every installation has this operation, and no other check needs it.
        return None


def _check_manage(name: str, owner: KeyOwner, granted: frozenset[str] | None) -> Finding:
    subject = f"{name}: {MANAGE}"
    if granted is None:
        return not_checked(subject, "cannot be looked at without changing an incident")
    if MANAGE not in granted:
        what = f"no role of {owner.name} allows it, so that nobody can acknowledge from Slack"
        return failed(
            subject, what, f"Ask an administrator of the Flashduty account to give {owner.name} a role with it."
        )
    why = f"cannot be looked at without changing an incident; a role of {owner.name} allows it"
    return not_checked(subject, why)


def _check_scope(name: str, owner: KeyOwner, granted: frozenset[str] | None, *, needed: Sequence[str]) -> Finding:
    """List the permissions of the owner's roles that the bot does not need; no operation returns the key's scope."""
    subject = f"{name}: key's scope"
    excess = sorted((granted or frozenset()) - set(needed), key=_manage_first)
    only = f"see {_SCOPE_LOCATION} that it has just {', '.join(needed)}"
    if not excess:
        return not_checked(subject, f"cannot be looked at; {only}")
    examples = ", ".join(excess[:2])
    more = ", …" if len(excess) > len(excess[:2]) else ""
    what = f"the roles of {owner.name} allow {len(excess)} things the bot has no use for ({examples}{more})"
    return not_checked(subject, f"cannot be looked at, and {what}; {only}")


def _manage_first(permission: str) -> tuple[bool, str]:
    return not permission.endswith("Manage"), permission


def flashduty_failure(subject: str, error: FlashdutyError, team: str) -> Finding:
    """Report an error of a call to Flashduty, in the words that people read in Slack."""
    if isinstance(error, Unreachable) and error.reason in set(ConnectionFailure):
        reason = ConnectionFailure(error.reason)
        return failed(subject, *explain_failure(reason, "Flashduty", error.proxy_setting or "HTTPS_PROXY"))
    failure = FailedCall(error, team=team, key_setting=setting_name(team, "app_key"))
    explained = what_and_remedy(_OPERATOR, failure, with_id=False)
    request = f" (request id {error.request_id})" if error.request_id else ""
    # The remedy in Slack is to wait; an operator can check the network.
    is_network_problem = isinstance(error, Unreachable) and error.reason in _NETWORK_REASONS
    what = f"{_plain(explained.what).removesuffix('.')}{request}"
    return failed(subject, what, _NETWORK_REMEDY if is_network_problem else _plain(explained.remedy))


def _plain(text: Mrkdwn) -> str:
    """Remove Slack's markup and escapes, for a terminal."""
    return html.unescape(text).replace("`", "").replace("*", "")
