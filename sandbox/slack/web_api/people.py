"""users.*, usergroups.*, bots.* and auth.*: people and groups."""

from typing import Final

from sandbox.slack.conversation.messages import bot_profile
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.method import Arguments, Method, Result, person
from sandbox.slack.workspace import Person, UserGroup
from sandbox.slack.world import World

_ZONES: Final = {
    "Europe/Berlin": ("Central European Time", 3_600),
    "Asia/Shanghai": ("China Standard Time", 28_800),
}


def _auth_test(world: World, _: Arguments) -> Result:
    workspace = world.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.app.name.lower(),
        "team_id": workspace.id,
        "user_id": workspace.app.user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
    }


def _info(world: World, arguments: Arguments) -> Result:
    if arguments["user"] == world.workspace.app.user_id:
        return {"user": _bot_user(world)}
    found = person(world, arguments["user"])
    record = _user(world, found)
    return {"user": record | ({"locale": found.locale} if arguments.get("include_locale") else {})}


def _lookup_by_email(world: World, arguments: Arguments) -> Result:
    """Find members of this workspace by e-mail; other organisations are not searched."""
    wanted = arguments["email"].lower()
    home = (one for one in world.workspace.people.values() if one.team_id == world.workspace.id and not one.is_deleted)
    found = next((one for one in home if one.email.lower() == wanted), None)
    if found is None:
        raise Refusal("users_not_found")
    return {"user": _user(world, found)}


def _user(world: World, one: Person) -> Result:
    """Return the record of a person (docs.slack.dev/reference/objects/user-object)."""
    label, offset = _ZONES.get(one.tz, (one.tz, 0))
    profile: Result = {
        "real_name": one.real_name,
        "real_name_normalized": one.real_name,
        "display_name": one.name,
        "display_name_normalized": one.name,
        "title": one.title,
        "status_text": "",
        "status_emoji": "",
        "team": one.team_id,
    }
    if "users:read.email" in world.workspace.app.scopes:
        profile["email"] = one.email
    record: Result = {
        "id": one.id,
        "team_id": one.team_id,
        "name": one.name,
        "real_name": one.real_name,
        "deleted": one.is_deleted,
        "tz": one.tz,
        "tz_label": label,
        "tz_offset": offset,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": one.is_guest,
        "is_ultra_restricted": False,
        "is_bot": one.is_bot,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": 1767225600,
    }
    return record | _origin(world, one)


def _origin(world: World, one: Person) -> Result:
    """Return the fields about a person's origin.

    `is_stranger` is false once they are in a channel with the app; people of a Grid carry the workspaces they are in.
    """
    if one.is_stranger:
        return {"is_stranger": not world.workspace.are_together(one.id, world.workspace.app.user_id)}
    if one.is_bot:
        return {"is_workflow_bot": True}
    if world.workspace.enterprise is None:
        return {}
    in_grid = {"id": one.id.replace("U", "W", 1), "enterprise_id": world.workspace.enterprise, "teams": [one.team_id]}
    return {"enterprise_user": in_grid}


def _bot_user(world: World) -> Result:
    app = world.workspace.app
    return {
        "id": app.user_id,
        "team_id": world.workspace.id,
        "name": app.name.lower(),
        "real_name": app.name,
        "deleted": False,
        "is_bot": True,
        "is_app_user": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {"real_name": app.name, "display_name": "", "api_app_id": app.id, "bot_id": app.bot_id},
        "updated": 1767225600,
    }


def _bots_info(world: World, arguments: Arguments) -> Result:
    app = world.workspace.app
    if arguments.get("bot", app.bot_id) != app.bot_id:
        raise Refusal("bot_not_found")
    return {"bot": bot_profile(app, world.workspace.id)}


def _groups(world: World, arguments: Arguments) -> Result:
    """List user groups; disabled ones have a `date_delete` and are included on request only.

    docs.slack.dev/reference/methods/usergroups.list
    """
    _check_plan(world)
    with_users, with_count = arguments.get("include_users"), arguments.get("include_count")
    with_disabled = bool(arguments.get("include_disabled"))
    groups = [one for one in world.workspace.groups.values() if with_disabled or not one.is_disabled]
    return {
        "usergroups": [_group(world, one, with_users=bool(with_users), with_count=bool(with_count)) for one in groups]
    }


def _group(world: World, group: UserGroup, *, with_users: bool, with_count: bool) -> Result:
    record: Result = {
        "id": group.id,
        "team_id": world.workspace.id,
        "is_usergroup": True,
        "is_subteam": True,
        "is_external": False,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "date_create": 1767225600,
        "date_update": 1767225600,
        "date_delete": 1767225600 if group.is_disabled else 0,
        "prefs": {"channels": [], "groups": []},
    }
    if with_count:
        record["user_count"] = len(group.users)
    return record | ({"users": list(group.users)} if with_users else {})


def _group_users(world: World, arguments: Arguments) -> Result:
    _check_plan(world)
    group = _find_group(world, arguments)
    if group.is_disabled and not arguments.get("include_disabled"):
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def _check_plan(world: World) -> None:
    """Require a plan with user groups; raises Refusal (docs.slack.dev/reference/methods/usergroups.users.list)."""
    if not world.workspace.has_user_groups:
        raise Refusal("plan_upgrade_required")


def _update_group_users(world: World, arguments: Arguments) -> Result:
    """Replace a group's members: at least one, and only full members of the workspace.

    docs.slack.dev/reference/methods/usergroups.users.update
    """
    if not world.workspace.app.may_change_groups:
        raise Refusal("permission_denied")
    _check_plan(world)
    group = _find_group(world, arguments)
    wanted: list[str] = arguments.get("users", [])
    if not wanted:
        raise Refusal("no_users_provided")
    for one in wanted:
        _check_may_join(world, one)
    group.users[:] = list(dict.fromkeys(wanted))
    world.notices.send("group", {"group": group.id, "users": list(group.users)})
    return {"usergroup": _group(world, group, with_users=True, with_count=True)}


def _check_may_join(world: World, user_id: str) -> None:
    one = world.workspace.people.get(user_id)
    if one is None or one.is_deleted or one.is_guest:
        raise Refusal("invalid_users")
    if one.team_id != world.workspace.id:
        raise Refusal("failed_for_some_users")


def _find_group(world: World, arguments: Arguments) -> UserGroup:
    group = world.workspace.groups.get(arguments["usergroup"])
    if group is None:
        raise Refusal("no_such_subteam")
    return group


_GROUP: Final = {"usergroup": "text", "include_disabled": "flag", "include_count": "flag", "team_id": "text"}

PEOPLE_METHODS: Final = {
    "auth.test": Method(_auth_test, {}),
    "bots.info": Method(
        run=_bots_info, takes={"bot": "text", "team_id": "text"}, needs=(), scope="users:read", takes_json=False
    ),
    "users.info": Method(
        run=_info,
        takes={"user": "text", "include_locale": "flag"},
        needs=("user",),
        scope="users:read",
        takes_json=False,
    ),
    "users.lookupByEmail": Method(
        run=_lookup_by_email, takes={"email": "text"}, needs=("email",), scope="users:read.email", takes_json=False
    ),
    "usergroups.list": Method(
        run=_groups,
        takes={"include_users": "flag", "include_count": "flag", "include_disabled": "flag", "team_id": "text"},
        needs=(),
        scope="usergroups:read",
        takes_json=False,
    ),
    "usergroups.users.list": Method(
        run=_group_users, takes=_GROUP, needs=("usergroup",), scope="usergroups:read", takes_json=False
    ),
    "usergroups.users.update": Method(
        run=_update_group_users, takes={**_GROUP, "users": "names"}, needs=("usergroup",), scope="usergroups:write"
    ),
}
