"""Checks of the people and user groups of Slack in the settings: whether they exist and are full members."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.cli.check.probe import ProbeResponse, SlackProbe, slack_failure
from bot.cli.check.results import Finding, failed, passed
from bot.config.names.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.slack.api import SlackError
from bot.slack.users import parse_user
from bot.teams.access import MemberStatus

# Slack's error codes for a plan without user groups (docs.slack.dev/reference/methods/usergroups.list).
_NO_USER_GROUPS: Final = frozenset({"plan_upgrade_required", "paid_teams_only"})
_MEMBERS_ONLY: Final = "only full members of this workspace count"

# Role in the settings, id of a person (U…) or group (S…), names of the settings.
NamedPerson = tuple[str, str, str]


async def check_people(settings: Settings, probe: SlackProbe, workspace: str) -> list[Finding]:
    """Check every person and user group that the settings name."""
    named = list(named_people(settings))
    groups = await _read_groups(probe) if any(slack_id.startswith("S") for _, slack_id, _ in named) else None
    return [
        _group(role, slack_id, where, groups=groups)
        if slack_id.startswith("S") and groups is not None
        else await _person(probe, f"{role} {slack_id}", slack_id, where=where, workspace=workspace)
        for role, slack_id, where in named
    ]


def named_people(settings: Settings) -> Iterator[NamedPerson]:
    """List every person and user group that the settings name, once for each role."""
    named: dict[tuple[str, str], list[str]] = {}
    for name, team in settings.flashduty_teams.items():
        for slack_id in team.responders:
            named.setdefault(("responder", slack_id), []).append(setting_name(name, "responders"))
    for name, team in settings.flashduty_teams.items():
        for role, slack_id in _of_group_plans(team):
            named.setdefault((role, slack_id), []).append(setting_name(name, "oncall_usergroups"))
    for admin in settings.admins:
        named.setdefault(("admin", admin), []).append("ADMINS")
    return ((role, slack_id, " and ".join(dict.fromkeys(where))) for (role, slack_id), where in named.items())


def _of_group_plans(team: TeamSettings) -> Iterator[tuple[str, str]]:
    """List the groups that follow who is on call, and the people pinned in them."""
    for plan in team.oncall_usergroups:
        yield "user group", plan.group
        yield from (("pinned", user) for user in sorted(plan.pinned))


async def _read_groups(probe: SlackProbe) -> ProbeResponse:
    """Read all user groups with one call, disabled ones as well: Slack allows 20 such calls a minute."""
    arguments = {"include_disabled": "true", "include_users": "true", "include_count": "true"}
    return await probe.call_for("usergroups", list, "usergroups.list", **arguments)


def _group(role: str, group: str, where: str, groups: ProbeResponse) -> Finding:
    subject = f"{role} {group}"
    if groups.error in _NO_USER_GROUPS:
        remedy = f"Name people (U…) in {where} instead of user groups, or ask for a plan that has them."
        if role == "user group":
            remedy = f"Take {where} out, or ask for a plan that has them."
        return failed(subject, "this workspace's plan has no user groups", remedy)
    if groups.error is not None:
        return slack_failure(subject, groups)
    info = next((item for item in groups.objects("usergroups") if item.get("id") == group), None)
    if info is None:
        return failed(subject, "does not exist in this workspace", f"Correct {where}.")
    handle = f"@{info.get('handle')}"
    if info.get("date_delete"):
        remedy = f"Switch it on again under “People & user groups” in Slack, or take it out of {where}."
        return failed(subject, f"{handle} is switched off", remedy)
    users = info.get("users")
    count = len(users) if isinstance(users, list) else 0
    if role == "responder" and not count:
        return failed(
            subject, f"{handle} has nobody in it, so that nobody may act by it", f"Add people, or correct {where}."
        )
    return passed(subject, f"{handle}, a user group of {count}")


async def _person(probe: SlackProbe, subject: str, user: str, where: str, workspace: str) -> Finding:
    response = await probe.call_for("user", dict, "users.info", user=user)
    if response.error in {"user_not_found", "user_not_visible"}:
        return failed(subject, "does not exist in this workspace", f"Correct {where}.")
    if response.error is not None:
        return slack_failure(subject, response)
    info = response.object("user")
    try:
        person = parse_user("users.info", info, workspace, expected_id=user)
    except SlackError:
        return failed(subject, "Slack does not say who that is", "Run the check again in a minute.")
    problem = _membership_problem(person.status, info)
    if problem is None:
        return passed(subject, person.name)
    return failed(subject, f"{person.name} {problem}", f"Take them out of {where}: {_MEMBERS_ONLY}.")


def _membership_problem(status: MemberStatus, info: Mapping[str, Any]) -> str | None:
    """Describe why a user is not a full member; None for one who is."""
    if status is MemberStatus.MEMBER:
        return None
    if status is MemberStatus.GUEST:
        return "is a guest"
    if status is MemberStatus.STRANGER:
        return "is of another organisation or workspace"
    return "is deactivated" if info.get("deleted") else "is not a person"
