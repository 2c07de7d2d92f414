"""The half of `python -m bot check` that asks Flashduty: whose key it is, of which account, and what it reaches."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.cli.check.flashduty_ids import check_places
from bot.cli.check.permissions import check_permissions, failed
from bot.cli.check.results import Finding, bad, good, unseen
from bot.config.group_plans import GroupSource
from bot.config.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.flashduty import Account, Flashduty, FlashdutyError, KeyOwner, Schedule, Unreachable, open_pool
from bot.flashduty.api.people import MEMBER_INFO
from bot.oncall.shifts import is_computed, spans

FLASHDUTY_TIMEOUT_SECONDS: Final = 30.0
# How far ahead a role has to be held for a group to follow it.
ROLES_AHEAD: Final = timedelta(days=14)


async def check_keys(settings: Settings, now: datetime) -> list[Finding]:
    """Ask for the owner of every team's key, and look at what the settings say of Flashduty with it."""
    teams = settings.flashduty_teams
    limits = {team.account: Account() for team in teams.values()}
    deadline = asyncio.get_running_loop().time() + FLASHDUTY_TIMEOUT_SECONDS
    async with open_pool(settings.flashduty_api_url, settings.outbound, hide=settings.redaction) as pool:
        clients = {
            name: Flashduty(pool, limits[team.account], team=name, app_key=team.app_key).until(deadline)
            for name, team in teams.items()
        }
        told = dict(zip(teams, await asyncio.gather(*map(_owner, clients.values())), strict=True))
        owners = {name: answer for name, answer in told.items() if isinstance(answer, KeyOwner)}
        looked = [
            await _look(name, team, clients[name], owner=told[name], now=now)
            for name, team in settings.flashduty_teams.items()
        ]
    return [*(finding for findings in looked for finding in findings), *_limits(settings, owners)]


async def _look(
    name: str, team: TeamSettings, client: Flashduty, owner: KeyOwner | FlashdutyError, now: datetime
) -> list[Finding]:
    if not isinstance(owner, KeyOwner):
        # A key that does not work says nothing of anything else.
        followed = [unseen(_followed_by(name))] if team.oncall_usergroups else []
        return [_key(name, owner), unseen(f"{name}: permissions"), *followed]
    return [
        _key(name, owner),
        *await check_permissions(name, team, client, owner=owner, now=now),
        *await check_places(name, team, client),
        *([await _followed(name, team, client, now=now)] if team.oncall_usergroups else []),
    ]


async def _owner(client: Flashduty) -> KeyOwner | FlashdutyError:
    try:
        owner = await client.key_owner()
    except FlashdutyError as error:
        return error
    if owner.member_id is None and owner.account_id is None:
        # Another service may have a `data` in its answers as well.
        return Unreachable("not_json", operation=MEMBER_INFO, team=client.team, is_ambiguous=False)
    return owner


def _followed_by(team: str) -> str:
    return f"{team}: schedules of user groups"


async def _followed(name: str, team: TeamSettings, client: Flashduty, now: datetime) -> Finding:
    """Look for the schedules and roles that user groups follow, and name those there are when one is missing."""
    subject = _followed_by(name)
    try:
        found = await client.schedules(now, now + ROLES_AHEAD, team_ids=team.flashduty_team_ids)
    except FlashdutyError as error:
        return failed(subject, error, name)
    there = {schedule.id: schedule for schedule in found if schedule.is_enabled}
    wanted = dict.fromkeys(source for plan in team.oncall_usergroups for source in plan.sources)
    missing = dict.fromkeys(str(source.schedule_id) for source in wanted if source.schedule_id not in there)
    setting = setting_name(name, "oncall_usergroups")
    if missing:
        known = ", ".join(f"{schedule.id} {schedule.name}" for schedule in there.values()) or "none at all"
        cure = f"Correct {setting}; this team has {known}."
        return bad(subject, f"not there, or switched off: {', '.join(missing)}", cure)
    unheld = [source for source in wanted if not _is_held(source, there[source.schedule_id])]
    if unheld:
        return _nobody(subject, unheld, there, setting=setting)
    return good(subject, ", ".join(dict.fromkeys(there[source.schedule_id].name for source in wanted)))


def _is_held(source: GroupSource, schedule: Schedule) -> bool:
    """Tell whether somebody has the role in the days that were read; of a schedule without shifts it is not known."""
    return source.role_id is None or not is_computed(schedule) or source.role_id in _roles(schedule)


def _roles(schedule: Schedule) -> list[int]:
    """List the roles somebody has in the days that were read."""
    duties = (duty for span in spans(schedule) for duty in span.duties)
    return sorted({duty.role_id for duty in duties if duty.person_ids})


def _nobody(subject: str, unheld: Sequence[GroupSource], there: Mapping[int, Schedule], setting: str) -> Finding:
    """Say which roles nobody has, and which ones there are in those schedules."""
    lacking = ", ".join(f"{source.schedule_id}/{source.role_id}" for source in unheld)
    schedules = {source.schedule_id: there[source.schedule_id] for source in unheld}.values()
    known = "; ".join(f"{schedule.id} {schedule.name} has {_listed_roles(schedule)}" for schedule in schedules)
    what = f"nobody has this role in the next {ROLES_AHEAD.days} days: {lacking}"
    return bad(subject, what, f"Correct {setting}; {known}.")


def _listed_roles(schedule: Schedule) -> str:
    roles = [str(role) for role in _roles(schedule)]
    if not roles:
        return "nobody on call"
    return f"the role {roles[0]}" if len(roles) == 1 else f"the roles {', '.join(roles)}"


def _key(team: str, answer: KeyOwner | FlashdutyError) -> Finding:
    subject = f"{team}: APP key"
    if isinstance(answer, KeyOwner):
        return good(subject, f"of {_person(answer)}, account {answer.account_name} ({answer.account_id})")
    return failed(subject, answer, team)


def _person(owner: KeyOwner) -> str:
    return f"{owner.name} <{owner.email}>" if owner.email else str(owner.name)


def _limits(settings: Settings, owners: dict[str, KeyOwner]) -> Iterable[Finding]:
    by_account: dict[object, dict[str, list[str]]] = {}
    by_limit: dict[str, dict[object, list[str]]] = {}
    for team, owner in owners.items():
        limit = settings.flashduty_teams[team].account
        by_account.setdefault(owner.account_id, {}).setdefault(limit, []).append(team)
        by_limit.setdefault(limit, {}).setdefault(owner.account_id, []).append(team)
    for limits in by_account.values():
        if len(limits) > 1:
            teams = sorted(team for group in limits.values() for team in group)
            yield bad(
                f"{_listed(teams)}: rate limit",
                "one Flashduty account, whose limit they share, but different values of ACCOUNT",
                f"Give them the same value: {_names(teams)}.",
            )
    for accounts in by_limit.values():
        if len(accounts) > 1:
            teams = sorted(team for group in accounts.values() for team in group)
            yield bad(
                f"{_listed(teams)}: rate limit",
                "different Flashduty accounts, but one value of ACCOUNT, so they slow each other down",
                f"Give each account a value of its own: {_names(teams)}.",
            )


def _listed(teams: list[str]) -> str:
    return ", ".join(teams)


def _names(teams: list[str]) -> str:
    return ", ".join(setting_name(team, "account") for team in teams)
