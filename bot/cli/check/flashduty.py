"""Checks against Flashduty: the owner and account of each key, its permissions, and the ids in the settings."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.cli.check.custom_actions import check_custom_actions
from bot.cli.check.flashduty_ids import check_flashduty_ids
from bot.cli.check.permissions import check_permissions, flashduty_failure
from bot.cli.check.results import Finding, failed, not_checked, passed
from bot.config.group_plans import GroupSource
from bot.config.names.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.flashduty import Account, Flashduty, FlashdutyError, KeyOwner, Schedule, Unreachable, open_pool
from bot.flashduty.api.people import MEMBER_INFO
from bot.messages.language import ENGLISH, language_of
from bot.oncall.shifts import is_computed, spans

FLASHDUTY_TIMEOUT_SECONDS: Final = 30.0
# A role that nobody has within this time is reported as wrong.
ROLE_LOOKAHEAD: Final = timedelta(days=14)


async def check_keys(settings: Settings, now: datetime) -> list[Finding]:
    """Read the owner of every team's key, and check the team's Flashduty settings with it."""
    teams = settings.flashduty_teams
    limits = {team.account: Account() for team in teams.values()}
    deadline = asyncio.get_running_loop().time() + FLASHDUTY_TIMEOUT_SECONDS
    async with open_pool(settings.flashduty_api_url, settings.outbound, redaction=settings.redaction) as pool:
        clients = {
            name: Flashduty(pool, limits[team.account], team=name, app_key=team.app_key).until(deadline)
            for name, team in teams.items()
        }
        results = dict(zip(teams, await asyncio.gather(*map(_read_owner, clients.values())), strict=True))
        owners = {name: result for name, result in results.items() if isinstance(result, KeyOwner)}
        of_teams = [
            await _check_team(name, team, clients[name], owner=results[name], now=now) for name, team in teams.items()
        ]
    return [*(finding for findings in of_teams for finding in findings), *_rate_limits(settings, owners)]


async def _check_team(
    name: str, team: TeamSettings, client: Flashduty, owner: KeyOwner | FlashdutyError, now: datetime
) -> list[Finding]:
    if not isinstance(owner, KeyOwner):
        # Nothing else can be checked without a key that works.
        schedules = [not_checked(_group_schedules(name))] if team.oncall_usergroups else []
        return [_key(name, owner), not_checked(f"{name}: permissions"), *schedules]
    return [
        _key(name, owner),
        _language(name, team, owner),
        *await check_permissions(name, team, client, owner=owner, now=now),
        *await check_flashduty_ids(name, team, client),
        *await check_custom_actions(name, team, client, now=now),
        *([await _check_group_schedules(name, team, client, now=now)] if team.oncall_usergroups else []),
    ]


async def _read_owner(client: Flashduty) -> KeyOwner | FlashdutyError:
    try:
        owner = await client.key_owner()
    except FlashdutyError as error:
        return error
    if owner.member_id is None and owner.account_id is None:
        # The responses of another service may have a `data` object as well.
        return Unreachable("not_json", operation=MEMBER_INFO, team=client.team, is_ambiguous=False)
    return owner


def _group_schedules(team: str) -> str:
    return f"{team}: schedules of user groups"


async def _check_group_schedules(name: str, team: TeamSettings, client: Flashduty, now: datetime) -> Finding:
    """Check the schedules and roles that user groups follow; the remedy lists the existing ones."""
    subject = _group_schedules(name)
    try:
        schedules = await client.schedules(now, now + ROLE_LOOKAHEAD, team_ids=team.flashduty_team_ids)
    except FlashdutyError as error:
        return flashduty_failure(subject, error, name)
    enabled = {schedule.id: schedule for schedule in schedules if schedule.is_enabled}
    sources = dict.fromkeys(source for plan in team.oncall_usergroups for source in plan.sources)
    missing = dict.fromkeys(str(source.schedule_id) for source in sources if source.schedule_id not in enabled)
    setting = setting_name(name, "oncall_usergroups")
    if missing:
        existing = ", ".join(f"{schedule.id} {schedule.name}" for schedule in enabled.values()) or "none at all"
        remedy = f"Correct {setting}; this team has {existing}."
        return failed(subject, f"not there, or switched off: {', '.join(missing)}", remedy)
    unassigned = [source for source in sources if not _is_assigned(source, enabled[source.schedule_id])]
    if unassigned:
        return _unassigned_roles(subject, unassigned, enabled, setting=setting)
    return passed(subject, ", ".join(dict.fromkeys(enabled[source.schedule_id].name for source in sources)))


def _is_assigned(source: GroupSource, schedule: Schedule) -> bool:
    """Whether somebody has the role within `ROLE_LOOKAHEAD`; assumed for a schedule without computed shifts."""
    return source.role_id is None or not is_computed(schedule) or source.role_id in _assigned_roles(schedule)


def _assigned_roles(schedule: Schedule) -> list[int]:
    """List the ids of the roles that somebody has within `ROLE_LOOKAHEAD`."""
    duties = (duty for span in spans(schedule) for duty in span.duties)
    return sorted({duty.role_id for duty in duties if duty.person_ids})


def _unassigned_roles(
    subject: str, unassigned: Sequence[GroupSource], enabled: Mapping[int, Schedule], setting: str
) -> Finding:
    """Report the roles that nobody has; the remedy lists the assigned roles of those schedules."""
    missing = ", ".join(f"{source.schedule_id}/{source.role_id}" for source in unassigned)
    schedules = {source.schedule_id: enabled[source.schedule_id] for source in unassigned}.values()
    existing = "; ".join(f"{schedule.id} {schedule.name} has {_listed_roles(schedule)}" for schedule in schedules)
    what = f"nobody has this role in the next {ROLE_LOOKAHEAD.days} days: {missing}"
    return failed(subject, what, f"Correct {setting}; {existing}.")


def _listed_roles(schedule: Schedule) -> str:
    roles = [str(role) for role in _assigned_roles(schedule)]
    if not roles:
        return "nobody on call"
    return f"the role {roles[0]}" if len(roles) == 1 else f"the roles {', '.join(roles)}"


def _key(team: str, owner: KeyOwner | FlashdutyError) -> Finding:
    subject = f"{team}: APP key"
    if isinstance(owner, KeyOwner):
        return passed(subject, f"of {_person(owner)}, account {owner.account_name} ({owner.account_id})")
    return flashduty_failure(subject, owner, team)


def _language(name: str, team: TeamSettings, owner: KeyOwner) -> Finding:
    """Say in which language the team's channels are spoken to, and why."""
    setting = setting_name(name, "language")
    if team.language != "auto":
        return passed(f"{name}: language", f"{team.language} in channels, by {setting}")
    language = language_of(owner.locale or "")
    why = f"that of {owner.name} in Flashduty" if language else f"as {owner.name} has none of en, zh in Flashduty"
    return passed(f"{name}: language", f"{(language or ENGLISH).code} in channels, {why}; {setting} changes it")


def _person(owner: KeyOwner) -> str:
    return f"{owner.name} <{owner.email}>" if owner.email else str(owner.name)


def _rate_limits(settings: Settings, owners: dict[str, KeyOwner]) -> Iterable[Finding]:
    by_account: dict[object, dict[str, list[str]]] = {}
    by_limit: dict[str, dict[object, list[str]]] = {}
    for team, owner in owners.items():
        limit = settings.flashduty_teams[team].account
        by_account.setdefault(owner.account_id, {}).setdefault(limit, []).append(team)
        by_limit.setdefault(limit, {}).setdefault(owner.account_id, []).append(team)
    for limits in by_account.values():
        if len(limits) > 1:
            teams = sorted(team for sharing in limits.values() for team in sharing)
            yield failed(
                f"{_joined(teams)}: rate limit",
                "one Flashduty account, whose limit they share, but different values of ACCOUNT",
                f"Give them the same value: {_account_settings(teams)}.",
            )
    for accounts in by_limit.values():
        if len(accounts) > 1:
            teams = sorted(team for sharing in accounts.values() for team in sharing)
            yield failed(
                f"{_joined(teams)}: rate limit",
                "different Flashduty accounts, but one value of ACCOUNT, so they slow each other down",
                f"Give each account a value of its own: {_account_settings(teams)}.",
            )


def _joined(teams: list[str]) -> str:
    return ", ".join(teams)


def _account_settings(teams: list[str]) -> str:
    return ", ".join(setting_name(team, "account") for team in teams)
