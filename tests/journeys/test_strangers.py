"""Who is a person of this workspace: everybody else can neither look nor act."""

import json

import pytest
from harbor import ALICE, OTTO, PAYMENTS, SHARED, harbor_at

from sandbox.faults import Fault
from sandbox.slack.harbor import outsiders


def with_outsiders(slack):
    workspace = slack.workspace
    workspace.enterprise = "E0COAST"
    workspace.people.update(outsiders())
    for one in outsiders():
        workspace.channels[PAYMENTS].members.append(one)


@pytest.fixture
async def grid():
    async with harbor_at(prepare=with_outsiders) as place:
        yield place


@pytest.mark.parametrize("user", ["U0GREG", "USLACKBOT", "U0FLOW"])
async def test_a_command__of_somebody_who_is_no_person_here__is_refused(grid, user):
    """They are: another workspace of the Grid, Slackbot, a workflow."""
    message = await grid.types("/flashduty incidents", user=user)
    assert "for members of this workspace" in message["text"]
    assert grid.flashduty.calls == []


@pytest.mark.parametrize("user", ["U0GREG", "USLACKBOT", "U0FLOW"])
async def test_a_mention__of_somebody_who_is_no_person_here__is_refused(grid, user):
    """A workflow's mention names a user as well."""
    await grid.slack.say(user, PAYMENTS, "<@U0FLASHBOT> incidents")
    await grid.slack.settled()
    assert grid.flashduty.calls == []
    assert "#" not in "".join(grid.sees(user))


async def test_a_member__of_a_workspace_in_a_grid__is_served(grid):
    assert "incident" in (await grid.types("/flashduty incidents"))["text"]


async def test_a_person__of_another_organisation_in_a_shared_channel__is_refused_though_no_stranger(quay):
    """Slack sets `is_stranger` to false for people in a shared channel."""
    message = await quay.types("/flashduty incidents", user=OTTO, channel=SHARED)
    assert "for members of this workspace" in message["text"]
    assert quay.flashduty.calls == []


def user(**changed):
    whole = {
        "id": ALICE,
        "team_id": "T0HARBOR",
        "name": "alice",
        "deleted": False,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {"real_name": "Alice Chen", "email": "alice@harbor.example"},
    } | changed
    return Fault.says(json.dumps({"ok": True, "user": {name: value for name, value in whole.items() if value != "–"}}))


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "U0MALLORY"},
        {"id": "–"},
        {"id": 7},
        {"team_id": "–"},
        {"team_id": None},
        {"team_id": ["T0HARBOR"]},
        {"team_id": "T0OTHER"},
        {"team_id": "E0COAST", "enterprise_user": {"enterprise_id": "E0COAST", "teams": ["T0PIER"]}},
        {"team_id": "T0PIER", "enterprise_user": {"enterprise_id": "E0COAST", "teams": "T0HARBOR"}},
        {"deleted": True},
        {"deleted": "–"},
        {"deleted": "false"},
        {"is_bot": True},
        {"is_bot": "–"},
        {"is_workflow_bot": True},
        {"is_restricted": "–"},
        {"is_restricted": True},
        {"is_ultra_restricted": 0},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
    ],
    ids=repr,
)
async def test_a_user_object__that_does_not_say_all_of_it__lets_nobody_in(quay, changed):
    """The default is to refuse."""
    quay.slack.fail("users.info", user(**changed), times=None)
    await quay.types("/flashduty incidents")
    await quay.slack.settled()
    assert quay.flashduty.calls == []


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"profile": "–"},
        {"profile": [1], "name": {}, "tz": 5},
        {"team_id": "E0COAST", "enterprise_user": {"enterprise_id": "E0COAST", "teams": ["T0PIER", "T0HARBOR"]}},
    ],
    ids=repr,
)
async def test_a_user_object__of_a_member__lets_them_in_whatever_else_it_holds(quay, changed):
    quay.slack.fail("users.info", user(**changed), times=None)
    assert "incident" in (await quay.types("/flashduty incidents"))["text"]
