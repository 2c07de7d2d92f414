"""The calls that give incidents to people, and those that find people and levels."""

import pytest
from scripted import RESET, html, ok, refusal

from bot.flashduty import FlashdutyError, Kind
from bot.flashduty.api.dispatch import INCIDENT_ASSIGN, RESPONDER_ADD
from bot.flashduty.models.dispatch import PersonalChannel, RuleLevel

SOME, OTHER, RULE = "a" * 24, "b" * 24, "c" * 24
BY_SMS = {"follow_preference": False, "personal_channels": ["sms"]}
LEVEL = RuleLevel(rule_id=RULE, level=0)

ASSIGNMENTS = [
    ({"person_ids": [7002, 7001, 7002]}, {"person_ids": [7002, 7001]}),
    ({"level": LEVEL}, {"escalate_rule_id": RULE, "layer_idx": 0}),
    (
        {"level": LEVEL, "person_ids": [7001], "channels": [PersonalChannel.SMS, PersonalChannel.SMS]},
        {"person_ids": [7001], "escalate_rule_id": RULE, "layer_idx": 0, "notify": BY_SMS},
    ),
]


@pytest.mark.parametrize(("given", "sent"), ASSIGNMENTS)
async def test_assign__names_people_or_a_level_and_no_type(client, server, given, sent):
    server.plays(ok({}))
    await client.assign(SOME, OTHER, **given)
    assert server.asked[0].path == "/incident/assign"
    assert server.bodies == [{"incident_ids": [SOME, OTHER], "assigned_to": sent}]


async def test_responders__are_paged_as_they_prefer_unless_channels_are_named(client, server):
    await client.add_responders(SOME, [7001, 7002, 7001])
    await client.add_responders(SOME, [7001], channels=[PersonalChannel.VOICE, PersonalChannel.EMAIL])
    assert {one.path for one in server.asked} == {"/incident/responder/add"}
    assert server.bodies == [
        {"incident_id": SOME, "person_ids": [7001, 7002]},
        {
            "incident_id": SOME,
            "person_ids": [7001],
            "notify": {"follow_preference": False, "personal_channels": ["voice", "email"]},
        },
    ]


@pytest.mark.parametrize("people", [[], list(range(1, 102))], ids=len)
async def test_nobody_or_too_many__are_not_sent(client, server, people):
    for call in (client.assign(SOME, person_ids=people), client.add_responders(SOME, people)):
        with pytest.raises(ValueError, match="1 to 100"):
            await call
    assert server.asked == []


@pytest.mark.parametrize("trouble", [RESET, html(502), refusal("InternalError", status=500)])
async def test_what_pages_people__is_sent_once_and_its_outcome_is_open(client, server, trouble):
    server.plays(trouble, trouble)
    for call in (client.assign(SOME, person_ids=[7001]), client.add_responders(SOME, [7001])):
        with pytest.raises(FlashdutyError) as caught:
            await call
        assert caught.value.is_ambiguous
    assert len(server.asked) == 2


def test_both__need_the_permission():
    assert {(one.kind, one.permission) for one in (INCIDENT_ASSIGN, RESPONDER_ADD)} == {
        (Kind.WRITE, "Incidents Manage")
    }


async def test_a_rule__has_its_name_state_and_ways_of_notifying(client, server):
    by = {"follow_preference": False, "critical": ["voice", "sms"], "warning": None}
    target = {"person_ids": [7001], "emails": ["noc@harbor.example"], "by": by}
    levels = [{"target": target, "force_escalate": True}, {"target": {"by": {"follow_preference": True}}}]
    told = {"rule_id": RULE, "rule_name": "Day and night", "priority": 2, "status": "disabled", "layers": levels}
    server.plays(ok({"items": [told, {"rule_id": "d" * 24}]}))
    rule, sparse = await client.escalation_rules(5001)
    assert (rule.name, rule.priority, rule.is_enabled) == ("Day and night", 2, False)
    first, second = rule.levels
    assert (first.is_forced, second.is_forced) == (True, False)
    assert first.target.emails == ("noc@harbor.example",)
    assert (first.target.channels.critical, first.target.channels.warning) == (("voice", "sms"), ())
    assert [one.target.channels.follows_preference for one in (first, second)] == [False, True]
    assert (sparse.name, sparse.priority, sparse.is_enabled, sparse.levels) == ("", 0, True, ())


def members(*ids, total):
    return ok({"items": [{"member_id": one, "member_name": f"M{one}"} for one in ids], "total": total, "p": 1})


async def test_all_members__are_read_page_by_page_each_once(client, server):
    server.plays(members(*range(1, 101), total=150), members(*range(100, 151), total=150))
    found = await client.all_members()
    assert ([one.id for one in found.members], found.is_complete) == (list(range(1, 151)), True)
    assert [(body["p"], body["limit"], "query" in body) for body in server.bodies] == [
        (1, 100, False),
        (2, 100, False),
    ]


async def test_all_members__with_words__when_a_page_repeats__say_that_there_may_be_more(client, server):
    server.plays(then=members(1, 2, total=500))
    found = await client.all_members("ali")
    assert ([one.id for one in found.members], found.is_complete) == ([1, 2], False)
    assert [body["query"] for body in server.bodies] == ["ali", "ali"]


@pytest.mark.parametrize(
    ("status", "is_active"), [("enabled", True), ("pending", False), ("deleted", False), (None, True), ("new", False)]
)
async def test_a_member__is_active_when_enabled(client, server, status, is_active):
    server.plays(ok({"items": [{"member_id": 7001, "status": status}], "total": 1}))
    assert [one.is_active for one in await client.members("x")] == [is_active]
