"""The look of `check` at people and user groups of Slack that the settings name: whether they count."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.cli.check.probe import SlackAnswer, SlackProbe, refusal_found
from bot.cli.check.results import Finding, bad, good
from bot.config.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.slack.api import SlackError
from bot.slack.users import described
from bot.teams.access import MemberStatus

# Slack's words for a plan without user groups (docs.slack.dev/reference/methods/usergroups.list).
_NO_GROUPS: Final = frozenset({"plan_upgrade_required", "paid_teams_only"})
_ONLY_MEMBERS: Final = "only full members of this workspace count"

Named = tuple[str, str, str]


async def check_people(settings: Settings, desk: SlackProbe, workspace: str) -> list[Finding]:
    """Look at everybody the settings name, groups as well."""
    named = list(named_people(settings))
    groups = await _groups(desk) if any(one.startswith("S") for _, one, _ in named) else None
    return [
        _group(kind, one, where, groups=groups)
        if one.startswith("S") and groups is not None
        else await _person(desk, f"{kind} {one}", one, where=where, workspace=workspace)
        for kind, one, where in named
    ]


def named_people(settings: Settings) -> Iterator[Named]:
    """List everybody the settings name, groups as well: as what, who, and in which settings."""
    named: dict[tuple[str, str], list[str]] = {}
    for name, team in settings.flashduty_teams.items():
        for one in team.responders:
            named.setdefault(("responder", one), []).append(setting_name(name, "responders"))
    for name, team in settings.flashduty_teams.items():
        for kind, one in _followers(team):
            named.setdefault((kind, one), []).append(setting_name(name, "oncall_usergroups"))
    for admin in settings.admins:
        named.setdefault(("admin", admin), []).append("ADMINS")
    return ((kind, one, " and ".join(dict.fromkeys(where))) for (kind, one), where in named.items())


def _followers(team: TeamSettings) -> Iterator[tuple[str, str]]:
    """List the groups that follow who is on call, and the people pinned in them."""
    for plan in team.oncall_usergroups:
        yield "user group", plan.group
        yield from (("pinned", one) for one in sorted(plan.pinned))


async def _groups(desk: SlackProbe) -> SlackAnswer:
    """Read all user groups at once, those that are switched off as well: 20 such calls a minute are the most."""
    wanted = {"include_disabled": "true", "include_users": "true", "include_count": "true"}
    return await desk.ask_for("usergroups", list, "usergroups.list", **wanted)


def _group(kind: str, group: str, where: str, groups: SlackAnswer) -> Finding:
    subject = f"{kind} {group}"
    if groups.error in _NO_GROUPS:
        cure = f"Name people (U…) in {where} instead of user groups, or ask for a plan that has them."
        if kind == "user group":
            cure = f"Take {where} out, or ask for a plan that has them."
        return bad(subject, "this workspace's plan has no user groups", cure)
    if groups.error is not None:
        return refusal_found(subject, groups)
    found = next((one for one in groups.objects("usergroups") if one.get("id") == group), None)
    if found is None:
        return bad(subject, "does not exist in this workspace", f"Correct {where}.")
    handle = f"@{found.get('handle')}"
    if found.get("date_delete"):
        cure = f"Switch it on again under “People & user groups” in Slack, or take it out of {where}."
        return bad(subject, f"{handle} is switched off", cure)
    users = found.get("users")
    count = len(users) if isinstance(users, list) else 0
    if kind == "responder" and not count:
        return bad(
            subject, f"{handle} has nobody in it, so that nobody may act by it", f"Add people, or correct {where}."
        )
    return good(subject, f"{handle}, a user group of {count}")


async def _person(desk: SlackProbe, subject: str, user: str, where: str, workspace: str) -> Finding:
    answer = await desk.ask_for("user", dict, "users.info", user=user)
    if answer.error in {"user_not_found", "user_not_visible"}:
        return bad(subject, "does not exist in this workspace", f"Correct {where}.")
    if answer.error is not None:
        return refusal_found(subject, answer)
    told = answer.object("user")
    try:
        person = described("users.info", told, workspace, asked=user)
    except SlackError:
        return bad(subject, "Slack does not say who that is", "Run the check again in a minute.")
    why = _why_not(person.status, told)
    if why is None:
        return good(subject, person.name)
    return bad(subject, f"{person.name} {why}", f"Take them out of {where}: {_ONLY_MEMBERS}.")


def _why_not(standing: MemberStatus, told: Mapping[str, Any]) -> str | None:
    """Say why somebody does not count, if they do not."""
    if standing is MemberStatus.MEMBER:
        return None
    if standing is MemberStatus.GUEST:
        return "is a guest"
    if standing is MemberStatus.STRANGER:
        return "is of another organisation or workspace"
    return "is deactivated" if told.get("deleted") else "is not a person"
