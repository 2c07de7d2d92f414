"""The half of `python -m bot check` that asks Flashduty: whose key it is, and of which account."""

import asyncio
import html
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.findings import Finding, bad, good
from bot.flashduty import Account, Flashduty, FlashdutyError, KeyOwner, open_pool
from bot.messages.errors import Failure, sentence
from bot.settings import Settings, TeamSettings
from bot.settings_sources import setting_name

ANSWER_SECONDS: Final = 15.0


async def check_keys(settings: Settings) -> list[Finding]:
    """Ask for the owner of every team's key, and compare the accounts with the limits the teams share."""
    teams = settings.flashduty_teams
    limits = {team.account: Account() for team in teams.values()}
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    async with open_pool(settings.flashduty_api_url) as pool:
        clients = [
            Flashduty(pool, limits[team.account], team=name, app_key=team.app_key).until(deadline)
            for name, team in teams.items()
        ]
        told = dict(zip(teams, await asyncio.gather(*map(_owner, clients)), strict=True))
        followed = [
            finding
            for (name, team), client in zip(teams.items(), clients, strict=True)
            if team.oncall_usergroups and isinstance(told[name], KeyOwner)
            for finding in await _followed(name, team, client)
        ]
    owners = {name: answer for name, answer in told.items() if isinstance(answer, KeyOwner)}
    return [*(_key(name, answer) for name, answer in told.items()), *_limits(settings, owners), *followed]


async def _owner(client: Flashduty) -> KeyOwner | FlashdutyError:
    try:
        return await client.key_owner()
    except FlashdutyError as error:
        return error


async def _followed(name: str, team: TeamSettings, client: Flashduty) -> list[Finding]:
    """Look for the schedules that user groups follow, and name those there are when one is missing."""
    now = datetime.now(UTC)
    subject = f"{name}: schedules of user groups"
    try:
        found = await client.schedules(now, now + timedelta(days=1), team_ids=team.flashduty_team_ids)
    except FlashdutyError as error:
        return [bad(subject, f"not read: {error.raw_code or type(error).__name__}", "Run the check again.")]
    there = {schedule.id: schedule.name for schedule in found if schedule.is_enabled}
    wanted = dict.fromkeys(source.schedule_id for plan in team.oncall_usergroups for source in plan.sources)
    missing = [str(number) for number in wanted if number not in there]
    if missing:
        known = ", ".join(f"{number} {title}" for number, title in there.items()) or "none at all"
        cure = f"Correct {setting_name(name, 'oncall_usergroups')}; this team has {known}."
        return [bad(subject, f"not there, or switched off: {', '.join(missing)}", cure)]
    return [good(subject, ", ".join(there[number] for number in wanted))]


def _key(team: str, answer: KeyOwner | FlashdutyError) -> Finding:
    subject = f"{team}: APP key"
    if isinstance(answer, KeyOwner):
        return good(subject, f"of {_person(answer)}, account {answer.account_name} ({answer.account_id})")
    said = sentence(Failure(answer, team=team, key_setting=setting_name(team, "app_key")))
    # The sentences begin with what happened in bold; what follows is the cure.
    happened, _, cure = html.unescape(said).replace("`", "").removeprefix("*").partition("*")
    request = f" (request id {answer.request_id})" if answer.request_id else ""
    return bad(subject, f"{happened.strip().removesuffix('.')}{request}", cure.replace("*", "").strip())


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
