"""The calls that cards need: incidents by ids, their alerts, and escalation rules."""

import math

import pytest
from scripted import ok, refusal

from bot.flashduty import FlashdutyError, Severity
from bot.flashduty.batches import BatchSizes

SOME = [f"{number:024x}" for number in range(1, 151)]


def page(*ids):
    return ok({"items": [{"incident_id": one, "progress": "Triggered"} for one in ids], "total": 0})


async def test_incidents_by_ids__come_a_hundred_a_call__each_once__unknown_ones_missing(client, server):
    server.plays(page(*SOME[:99]), page(*SOME[100:]))
    found = await client.incidents_by_ids([*SOME, SOME[0]])
    assert [body["incident_ids"] for body in server.bodies] == [SOME[:100], SOME[100:]]
    assert list(found) == [*SOME[:99], *SOME[100:]]
    assert {one.path for one in server.asked} == {"/incident/list-by-ids"}


async def test_incidents_by_ids__of_none__make_no_call(client, server):
    assert await client.incidents_by_ids([]) == {}
    assert server.asked == []


def refuses(count):
    return refusal("InvalidParameter", message=f"it must have at most {count} items")


async def test_incidents_by_ids__refused_as_too_many__come_in_halves__from_then_on(client, server):
    server.plays(refuses(30), refuses(30), *(page() for _ in range(4)), *(page() for _ in range(2)))
    await client.incidents_by_ids(SOME[:100])
    assert [len(body["incident_ids"]) for body in server.bodies] == [100, 50, 25, 25, 25, 25]
    assert [one for body in server.bodies[2:] for one in body["incident_ids"]] == SOME[:100]
    await client.until(math.inf).incidents_by_ids(SOME[:30])
    assert [len(body["incident_ids"]) for body in server.bodies[6:]] == [25, 5]


async def test_the_documents_number__is_tried_again_after_an_hour(client, server):
    now = 0.0
    client.account.batch_sizes = BatchSizes(lambda: now)
    server.plays(refuses(50), page(), page(), page())
    await client.incidents_by_ids(SOME[:100])
    now = 3601.0
    await client.incidents_by_ids(SOME[:100])
    assert [len(body["incident_ids"]) for body in server.bodies] == [100, 50, 50, 100]


async def test_one_id_alone_that_is_refused__ends_the_read(client, server):
    server.plays(refuses(0), refuses(0))
    with pytest.raises(FlashdutyError):
        await client.incidents_by_ids(SOME[:2])
    assert [len(body["incident_ids"]) for body in server.bodies] == [2, 1]


async def test_any_other_refusal__is_no_reason_to_ask_for_fewer(client, server):
    server.plays(refusal("AccessDenied", status=403))
    with pytest.raises(FlashdutyError):
        await client.incidents_by_ids(SOME[:2])
    assert len(server.bodies) == 1


async def test_alerts_of__reads_the_first_and_their_number(client, server):
    said = [
        {"alert_id": "a1", "title": "web-01 is down", "alert_severity": "Critical", "alert_status": "Critical"},
        {"alert_id": "a2", "title": "web-02 is down", "alert_severity": "Critical", "alert_status": "Ok"},
        {
            "alert_id": "a3",
            "title": None,
            "alert_severity": "New",
            "alert_status": "Warning",
            "end_time": 1_773_997_289,
        },
    ]
    server.plays(ok({"items": said, "total": 12}))
    found = await client.alerts_of(SOME[0], 5)
    assert (server.asked[0].path, server.bodies[0]) == (
        "/incident/alert/list",
        {"incident_id": SOME[0], "p": 1, "limit": 5},
    )
    assert found.total == 12
    assert [(one.title, one.severity, one.is_firing) for one in found.alerts] == [
        ("web-01 is down", Severity.CRITICAL, True),
        ("web-02 is down", Severity.CRITICAL, False),
        ("", Severity.UNKNOWN, False),
    ]


@pytest.mark.parametrize("data", [None, {"items": None}])
async def test_escalation_rules__of_a_channel_without_any__are_none(client, server, data):
    server.plays(ok(data))
    assert await client.escalation_rules(5001) == ()
    assert (server.asked[0].path, server.bodies[0]) == ("/channel/escalate/rule/list", {"channel_id": 5001})


async def test_escalation_rules__say_whom_each_level_pages_and_how_long_it_waits(client, server):
    target = {"person_ids": None, "team_ids": [4001], "schedule_to_role_ids": {"6001": [0]}, "webhooks": None}
    levels = [
        {"target": {"person_ids": [7001]}, "escalate_window": 30, "notify_step": 0.5},
        {"target": target, "escalate_window": 0, "force_escalate": True},
        {"target": None, "escalate_window": None},
    ]
    server.plays(ok({"items": [{"rule_id": "1" * 24, "rule_name": "Default", "layers": levels}]}))
    (rule,) = await client.escalation_rules(5001)
    assert rule.id == "1" * 24
    assert [(one.target.person_ids, one.window_minutes) for one in rule.levels] == [((7001,), 30), ((), 0), ((), 0)]
    assert rule.levels[1].target.roles_by_schedule == {"6001": (0,)}
    assert rule.levels[1].target.team_ids == (4001,)
