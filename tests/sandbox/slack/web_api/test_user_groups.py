import pytest

ON_CALL = "S0PAYONCALL"


@pytest.fixture
def members(slack):
    """Who is in the group now."""
    return slack.workspace.groups[ON_CALL].users


async def test_user_groups__are_listed_with_their_members(client):
    told = await client.usergroups_list(include_users=True, include_count=True)
    assert [(one["id"], one["handle"], one["name"], one["user_count"]) for one in told["usergroups"]] == [
        ("S0RESPOND", "responders", "Responders", 3),
        (ON_CALL, "payments-oncall", "Payments on call", 1),
    ]
    assert (await client.usergroups_users_list(usergroup=ON_CALL))["users"] == ["U0CAROL"]


@pytest.mark.parametrize(
    "users",
    [["U0ALICE", "U0XIAOMING", "U0ALICE"], "U0ALICE,U0XIAOMING", "U0ALICE, U0XIAOMING"],
    ids=["list", "commas", "commas and spaces"],
)
async def test_user_group__given_members__has_just_those(client, members, users):
    told = await client.usergroups_users_update(usergroup=ON_CALL, users=users)
    assert told["usergroup"]["users"] == members == ["U0ALICE", "U0XIAOMING"]
    assert told["usergroup"]["user_count"] == 2


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "no_users_provided"),
        (" , ", "no_users_provided"),
        ([], "no_users_provided"),
        (["U0ALICE", "U0EVE"], "invalid_users"),
        (["U0ALICE", "u0bob"], "invalid_users"),
        ('["U0ALICE"]', "invalid_users"),
        (["U0ALICE", "U0FLASHBOT"], "invalid_users"),
        (["U0ALICE", "U0GINA"], "invalid_users"),
        (["U0ALICE", "U0OTTO"], "failed_for_some_users"),
        (["U0ALICE", "S0RESPOND"], "invalid_users"),
    ],
)
async def test_user_group__given_somebody_who_may_not_be_in_it__stays_as_it_was(client, members, refused, users, error):
    told = await refused(client.usergroups_users_update(usergroup=ON_CALL, users=users))
    assert told["error"] == error
    assert members == ["U0CAROL"]


async def test_user_group__given_somebody_who_left__stays_as_it_was(client, slack, members, refused):
    slack.workspace.people["U0BOB"].is_deleted = True
    told = await refused(client.usergroups_users_update(usergroup=ON_CALL, users=["U0ALICE", "U0BOB"]))
    assert told["error"] == "invalid_users"
    assert members == ["U0CAROL"]


async def test_user_group__that_is_not_there__is_refused(client, refused):
    told = await refused(client.usergroups_users_update(usergroup="S0NOBODY", users=["U0ALICE"]))
    assert told["error"] == "no_such_subteam"


async def test_user_groups__without_the_scope__are_closed(client, slack, members, refused):
    slack.workspace.app.scopes = ("usergroups:read",)
    told = await refused(client.usergroups_users_update(usergroup=ON_CALL, users=["U0ALICE"]))
    assert (told["error"], told["needed"]) == ("missing_scope", "usergroups:write")
    assert members == ["U0CAROL"]


async def test_message__with_a_user_group__tells_that_it_would_notify_it(client, slack):
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "<!subteam^S0RESPOND>"}}
    await client.chat_postMessage(channel="C0PAYMENTS", text=f"<!subteam^{ON_CALL}> look", blocks=[block])
    (message,) = slack.seen_by("U0ALICE", "C0PAYMENTS")
    assert message["mentions"] == [ON_CALL, "S0RESPOND"]


@pytest.mark.parametrize("method", ["usergroups_list", "usergroups_users_list", "usergroups_users_update"])
async def test_user_groups__on_a_plan_without__are_refused(client, slack, refused, method):
    """docs.slack.dev/reference/methods/usergroups.list: plan_upgrade_required."""
    slack.workspace.has_user_groups = False
    given = {"usergroups_list": {}, "usergroups_users_update": {"usergroup": ON_CALL, "users": ["U0BOB"]}}
    told = await refused(getattr(client, method)(**given.get(method, {"usergroup": ON_CALL})))
    assert told["error"] == "plan_upgrade_required"


async def test_a_user_group__that_is_switched_off__is_shown_on_request_only(client, slack, refused):
    """docs.slack.dev/reference/methods/usergroups.list: include_disabled, date_delete."""
    slack.workspace.groups[ON_CALL].is_disabled = True
    assert [one["id"] for one in (await client.usergroups_list())["usergroups"]] == ["S0RESPOND"]
    whole = {
        one["id"]: one["date_delete"] for one in (await client.usergroups_list(include_disabled=True))["usergroups"]
    }
    assert whole["S0RESPOND"] == 0 < whole[ON_CALL]
    assert (await refused(client.usergroups_users_list(usergroup=ON_CALL)))["error"] == "no_such_subteam"
    assert (await client.usergroups_users_list(usergroup=ON_CALL, include_disabled=True))["users"] == ["U0CAROL"]
