"""Who has an incident, who is paged for it, and how."""

from datetime import timedelta

import pytest

ALICE, BOB, XIAOMING, CAROL, DANA, PRIYA, ERIK, KENJI = 7001, 7002, 7003, 7004, 7005, 7006, 7007, 7008
RULE, RETIRED, OF_SEARCH = "6500000000000000000000a1", "6500000000000000000000b1", "6500000000000000000000a3"
BY_SMS = {"follow_preference": False, "personal_channels": ["sms"]}


@pytest.fixture
def fresh(desk):
    incident_id = desk.flashduty.raise_incident(title="Something broke")["incident_id"]
    desk.account.pages.clear()
    return incident_id


def paged(desk):
    return [(one.person_id, one.by) for one in desk.account.pages]


async def assign(desk, *ids, **target):
    return await desk.gets("/incident/assign", {"incident_ids": list(ids), "assigned_to": target})


async def newest(desk, incident_id):
    items = (await desk.gets("/incident/feed", {"incident_id": incident_id, "asc": True, "limit": 100}))["items"]
    return [(one["type"], one["creator_id"], one["detail"]) for one in items][3:]


async def test_assign__to_people__replaces_the_responders_and_pages_them(desk, fresh):
    await assign(desk, fresh, person_ids=[CAROL, BOB])
    incident = await desk.incident(fresh)
    assert [one["person_id"] for one in incident["responders"]] == [CAROL, BOB]
    assert (incident["assigned_to"]["type"], incident["assigned_to"]["person_ids"]) == ("reassign", [CAROL, BOB])
    assert incident["assigned_to"]["escalate_rule_id"] == "0" * 24
    assert paged(desk) == [(CAROL, "voice"), (BOB, "voice")]
    (given, who, detail), (page, system, _) = await newest(desk, fresh)
    assert (given, who, detail["to"], page, system) == ("i_assign", DANA, [CAROL, BOB], "i_notify", 0)


async def test_assign__keeps_who_has_acknowledged(desk, fresh):
    await desk.gets("/incident/ack", {"incident_ids": [fresh]})
    await assign(desk, fresh, person_ids=[CAROL])
    incident = await desk.incident(fresh)
    assert [one["person_id"] for one in incident["responders"]] == [CAROL, DANA]
    assert incident["progress"] == "Processing"


async def test_assign__to_a_level__pages_whom_it_names_in_its_own_ways(desk, fresh):
    desk.clock.shift(timedelta(minutes=1))
    await assign(desk, fresh, escalate_rule_id=RULE, layer_idx=1)
    given = (await desk.incident(fresh))["assigned_to"]
    assert (given["type"], given["layer_idx"], given["escalate_rule_name"]) == (
        "escalate",
        1,
        "Payments, day and night",
    )
    assert given["assigned_at"] == desk.now + 60
    # The level says voice and SMS for what is critical.
    people = given["person_ids"]
    assert people
    assert paged(desk) == [(one, way) for way in ("voice", "sms") for one in people]


async def test_assign__to_a_level_and_to_people__is_for_all_of_them_in_the_ways_that_are_asked_for(desk, fresh):
    await assign(desk, fresh, escalate_rule_id=RULE, layer_idx=2, person_ids=[ALICE, DANA], notify=BY_SMS)
    assert paged(desk) == [(DANA, "sms"), (ALICE, "sms")]


async def test_assign__of_several__gives_them_all(desk, fresh):
    other = desk.flashduty.raise_incident()["incident_id"]
    await assign(desk, fresh, other, fresh.upper(), person_ids=[CAROL])
    assert [(one.person_id, one.incident_id) for one in desk.account.pages[-2:]] == [(CAROL, fresh), (CAROL, other)]


@pytest.mark.parametrize(
    ("target", "code", "named"),
    [
        ({}, "InvalidParameter", "assigned_to"),
        ({"person_ids": []}, "InvalidParameter", "assigned_to.person_ids"),
        ({"person_ids": [ALICE] * 101}, "InvalidParameter", "assigned_to.person_ids"),
        ({"person_ids": ["7001"]}, "InvalidParameter", "assigned_to.person_ids[0]"),
        ({"person_ids": [ALICE, 1]}, "ResourceNotFound", "member 1"),
        ({"person_ids": [ERIK]}, "InvalidParameter", "assigned_to.person_ids"),
        ({"person_ids": [ALICE], "type": "assign"}, "InvalidParameter", "assigned_to.type"),
        ({"person_ids": [ALICE], "assigned_at": 1}, "InvalidParameter", "assigned_to.assigned_at"),
        ({"person_ids": [ALICE], "layer_idx": 0}, "InvalidParameter", "assigned_to.layer_idx"),
        ({"escalate_rule_id": RULE}, "InvalidParameter", "assigned_to.layer_idx"),
        ({"escalate_rule_id": RULE, "layer_idx": -1}, "InvalidParameter", "assigned_to.layer_idx"),
        ({"escalate_rule_id": RULE, "layer_idx": 3}, "InvalidParameter", "assigned_to.layer_idx"),
        ({"escalate_rule_id": RETIRED, "layer_idx": 0}, "InvalidParameter", "assigned_to.escalate_rule_id"),
        ({"escalate_rule_id": OF_SEARCH, "layer_idx": 0}, "ResourceNotFound", OF_SEARCH),
        ({"escalate_rule_id": "0" * 24, "layer_idx": 0}, "ResourceNotFound", "0" * 24),
        ({"person_ids": [ALICE], "notify": {"follow_preference": None}}, "InvalidParameter", "follow_preference"),
        ({"person_ids": [ALICE], "notify": {"follow_preference": False}}, "InvalidParameter", "personal_channels"),
        ({"person_ids": [ALICE], "notify": {"personal_channels": ["fax"]}}, "InvalidParameter", "personal_channels[0]"),
        ({"person_ids": [ALICE], "notify": {"template_id": "x"}}, "InvalidParameter", "template_id"),
    ],
)
async def test_assign__to_nobody_or_to_what_is_not_there__is_refused_and_pages_nobody(desk, fresh, target, code, named):
    before = await desk.incident(fresh)
    answer = await desk.ask("/incident/assign", {"incident_ids": [fresh], "assigned_to": target})
    assert (answer.status, answer.code, named in answer.message) == (400, code, True)
    assert (await desk.incident(fresh), paged(desk)) == (before, [])


async def test_assign__names_incidents_in_one_of_two_ways(desk, fresh):
    target = {"assigned_to": {"person_ids": [ALICE]}}
    assert (await desk.ask("/incident/assign", {"incident_id": fresh, **target})).status == 200
    both = {"incident_id": fresh, "incident_ids": [fresh], **target}
    for body in (target, both, {"incident_ids": [], **target}):
        assert (await desk.ask("/incident/assign", body)).code == "InvalidParameter"


async def test_responders_added__are_paged_and_nobody_loses_it(desk, fresh):
    await desk.gets("/incident/responder/add", {"incident_id": fresh, "person_ids": [CAROL, PRIYA]})
    people = [one["person_id"] for one in (await desk.incident(fresh))["responders"]]
    assert people == [ALICE, BOB, CAROL, PRIYA]
    (added, who, detail), (page, system, told) = await newest(desk, fresh)
    assert (added, who, detail, page, system) == ("i_a_rspd", DANA, {"to": [CAROL, PRIYA]}, "i_notify", 0)
    # Whoever has not accepted the invitation cannot be reached.
    assert [one.get("failed_reason", "") for one in told["persons"]] == [
        "",
        "The member has not accepted the invitation",
    ]
    assert [one.failed_reason for one in desk.account.pages] == ["", "The member has not accepted the invitation"]


@pytest.mark.parametrize(
    ("notify", "ways"),
    [
        (None, ["email", "voice"]),
        ({"follow_preference": True, "personal_channels": ["sms"]}, ["email", "voice"]),
        ({"personal_channels": ["sms"]}, ["email", "voice"]),
        ({"follow_preference": False, "personal_channels": ["sms", "email"]}, ["sms", "email"]),
    ],
)
async def test_channels__count_only_where_the_preference_is_switched_off(desk, fresh, notify, ways):
    desk.account.preferences[CAROL] = ("email", "voice")
    body = {"incident_id": fresh, "person_ids": [CAROL]} | ({"notify": notify} if notify else {})
    await desk.gets("/incident/responder/add", body)
    assert paged(desk) == [(CAROL, way) for way in ways]
    assert [detail["by"] for kind, _, detail in await newest(desk, fresh) if kind == "i_notify"] == ways


async def test_a_page__that_does_not_arrive__has_its_reason(desk, fresh):
    desk.account.unreachable[CAROL] = "The number is switched off"
    await desk.gets("/incident/responder/add", {"incident_id": fresh, "person_ids": [CAROL]})
    assert (await newest(desk, fresh))[-1][2]["persons"] == [
        {"person_id": CAROL, "failed_reason": "The number is switched off"}
    ]


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({}, "InvalidParameter", "person_ids"),
        ({"person_ids": []}, "InvalidParameter", "person_ids"),
        ({"person_ids": [1]}, "ResourceNotFound", "member 1"),
        ({"person_ids": [ERIK]}, "InvalidParameter", "person_ids"),
        ({"person_ids": [ALICE], "incident_ids": ["a" * 24]}, "InvalidParameter", "incident_ids"),
        ({"person_ids": [ALICE], "notify": []}, "InvalidParameter", "notify"),
        ({"person_ids": [ALICE], "notify": {"follow_preference": False}}, "InvalidParameter", "personal_channels"),
    ],
)
async def test_responders__that_cannot_be_added__are_refused(desk, fresh, body, code, named):
    answer = await desk.ask("/incident/responder/add", {"incident_id": fresh, **body})
    assert (answer.status, answer.code, named in answer.message) == (400, code, True)
    assert paged(desk) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/incident/assign", {"assigned_to": {"person_ids": [ALICE]}}),
        ("/incident/responder/add", {"person_ids": [ALICE]}),
    ],
)
async def test_a_closed_incident__is_given_to_nobody(desk, fresh, path, body):
    await desk.gets("/incident/resolve", {"incident_ids": [fresh]})
    answer = await desk.ask(path, {"incident_id": fresh, **body})
    assert (answer.code, fresh in answer.message, paged(desk)) == ("InvalidParameter", True, [])
