"""What people do in Flashduty's console, and alerts by themselves, as the API tells it afterwards."""

from datetime import timedelta

import pytest

ALICE, BOB, XIAOMING, CAROL, DANA = 7001, 7002, 7003, 7004, 7005
RULE = "6500000000000000000000a1"


@pytest.fixture
def fresh(desk):
    return desk.flashduty.raise_incident(title="Something broke", severity="Warning")["incident_id"]


@pytest.fixture
def console(desk):
    return desk.flashduty.console


async def feed(desk, incident_id, **more):
    page = await desk.gets("/incident/feed", {"incident_id": incident_id, "asc": True, "limit": 100, **more})
    return page["items"]


async def newest(desk, incident_id, *, skip=3):
    """What an incident's timeline got after its beginning."""
    return [(one["type"], one["creator_id"], one["detail"]) for one in (await feed(desk, incident_id))[skip:]]


async def test_an_incident__begins_with_who_has_it_and_who_was_paged(desk, fresh):
    began = await newest(desk, fresh, skip=0)
    assert [(what, who) for what, who, _ in began] == [("i_new", 0), ("i_assign", 0), ("i_notify", 0)]
    assert began[1][2] == {
        "person_ids": [ALICE, BOB],
        "escalate_rule_id": RULE,
        "escalate_rule_name": "Payments, day and night",
        "layer_idx": 0,
        "type": "escalate",
        "assigned_at": desk.now,
        "id": f"as{desk.now:x}",
        "to": [ALICE, BOB],
    }
    assert began[2][2]["persons"] == [{"person_id": ALICE}, {"person_id": BOB}]
    assert (began[2][2]["fire_type"], began[2][2]["layer_idx"], began[2][2]["chats"]) == ("fire", 0, None)


@pytest.mark.parametrize(
    ("act", "given", "entry"),
    [
        ("acknowledge", {"by": "Alice Chen"}, ("i_ack", ALICE, {})),
        ("comment", {"by": "bob", "text": " looking "}, ("i_comm", BOB, {"comment": "looking", "mute_reply": False})),
        ("severity", {"severity": "Critical"}, ("i_r_severity", DANA, {"from": "Warning", "to": "Critical"})),
        ("text", {"name": "title", "text": "New"}, ("i_r_title", DANA, {"from": "Something broke", "to": "New"})),
        ("text", {"name": "impact", "text": "New"}, ("i_r_impact", DANA, {})),
        ("text", {"name": "root_cause", "text": "New"}, ("i_r_rc", DANA, {})),
        ("field", {"name": "shop", "value": ["a"]}, ("i_r_field", DANA, {"field_name": "shop", "to": ["a"]})),
        (
            "custom_action",
            {"by": ALICE},
            ("i_custom", ALICE, {"integration_id": 9101, "integration_name": "Restart the service"}),
        ),
        ("flap", {}, ("i_m_flapping", 0, {"max_changes": 4, "in_mins": 60, "mute_mins": 120})),
        ("close", {"by": BOB, "resolution": "Rolled back"}, ("i_rslv", BOB, {"from": "console"})),
        ("recover", {}, ("i_rslv", 0, {"from": "event"})),
    ],
)
async def test_a_change__stands_in_the_timeline(desk, fresh, act, given, entry):
    getattr(desk.flashduty.console, act)(fresh, **given)
    assert await newest(desk, fresh) == [entry]


async def test_a_snooze__is_of_what_is_acknowledged_and_its_end_is_told_in_seconds(desk, console, fresh):
    with pytest.raises(ValueError, match="acknowledged"):
        console.snooze(fresh)
    console.acknowledge(fresh)
    console.snooze(fresh, minutes=30)
    console.wake(fresh, by="bob")
    console.unacknowledge(fresh)
    assert (await newest(desk, fresh))[1:] == [
        ("i_snooze", DANA, {"minutes": 30}),
        ("i_wake", BOB, {"snoozedBefore": desk.now + 1_800}),
        ("i_unack", DANA, {}),
    ]
    assert (await desk.incident(fresh))["progress"] == "Triggered"


async def test_reopened__it_is_triggered_with_its_reason(desk, console, fresh):
    console.close(fresh)
    console.reopen(fresh, by=ALICE, reason="again")
    entries = (await newest(desk, fresh))[1:]
    assert entries[0] == ("i_reopen", ALICE, {"reason": "again"})
    assert [(what, who) for what, who, _ in entries[1:]] == [("i_assign", 0), ("i_notify", 0)]
    with pytest.raises(ValueError, match="not closed"):
        console.reopen(fresh)


async def test_reassigned__others_have_it_and_are_paged(desk, console, fresh):
    console.acknowledge(fresh, by=ALICE)
    console.reassign(fresh, to=["carol", XIAOMING], by="bob")
    incident = await desk.incident(fresh)
    assert incident["assigned_to"]["person_ids"] == [CAROL, XIAOMING]
    assert (incident["assigned_to"]["type"], incident["assigned_to"]["escalate_rule_id"]) == ("reassign", "0" * 24)
    # Who has acknowledged stays.
    assert [one["person_id"] for one in incident["responders"]] == [CAROL, XIAOMING, ALICE]
    (_, (what, who, detail), (paged, system, page)) = await newest(desk, fresh)
    assert (what, who, detail["to"]) == ("i_assign", BOB, [CAROL, XIAOMING])
    assert (paged, system, page["persons"]) == ("i_notify", 0, [{"person_id": CAROL}, {"person_id": XIAOMING}])


async def test_a_responder_who_is_added__is_paged_beside_the_others(desk, console, fresh):
    console.add_responders(fresh, to=["carol"])
    assert [one["person_id"] for one in (await desk.incident(fresh))["responders"]] == [ALICE, BOB, CAROL]
    assert [(what, who) for what, who, _ in await newest(desk, fresh)] == [("i_a_rspd", DANA), ("i_notify", 0)]


async def test_a_page_that_did_not_arrive__has_its_reason(desk, console, fresh):
    console.page(fresh, to=[BOB], failed_reason="The number is switched off", channel="voice")
    ((what, who, detail),) = await newest(desk, fresh)
    assert (what, who, detail["by"], detail["fire_type"]) == ("i_notify", 0, "voice", "refire")
    assert detail["persons"] == [{"person_id": BOB, "failed_reason": "The number is switched off"}]


async def test_escalated__the_next_level_has_it(desk, console, fresh):
    console.escalate(fresh)
    incident = await desk.incident(fresh)
    assert (incident["assigned_to"]["layer_idx"], incident["assigned_to"]["type"]) == (1, "escalate")
    assert incident["assigned_to"]["person_ids"]
    console.escalate(fresh, by=ALICE)
    assert (await desk.incident(fresh))["assigned_to"]["person_ids"] == [DANA]
    with pytest.raises(ValueError, match="levels 0 to 2"):
        console.escalate(fresh)


async def test_a_level_nobody_acknowledges__goes_on_to_the_next_where_that_is_wanted(desk, fresh):
    desk.clock.shift(timedelta(minutes=15))
    assert (await desk.incident(fresh))["assigned_to"]["layer_idx"] == 0
    desk.flashduty.escalates = True
    assert (await desk.incident(fresh))["assigned_to"]["layer_idx"] == 1
    desk.clock.shift(timedelta(minutes=29, seconds=59))
    assert (await desk.incident(fresh))["assigned_to"]["layer_idx"] == 1
    desk.clock.shift(timedelta(seconds=1))
    assert (await desk.incident(fresh))["assigned_to"]["layer_idx"] == 2
    told = [one for one in await newest(desk, fresh) if one[0] == "i_assign"]
    assert [(who, detail["assigned_at"]) for _, who, detail in told] == [(0, desk.now + 900), (0, desk.now + 2_700)]


async def test_merged__the_sources_are_closed_and_their_alerts_moved(desk, console, fresh):
    other = desk.flashduty.raise_incident(title="The same", alerts=3)["incident_id"]
    console.merge(fresh, sources=[other, fresh], by=ALICE, comment="twins")
    source, target = await desk.incident(other), await desk.incident(fresh)
    assert (source["progress"], source["closer_id"], source["alert_cnt"]) == ("Closed", ALICE, 0)
    assert (target["progress"], target["alert_cnt"], target["active_alert_cnt"]) == ("Triggered", 4, 4)
    for incident_id in (fresh, other):
        ((what, who, detail),) = await newest(desk, incident_id)
        assert (what, who, detail["comment"]) == ("i_merge", ALICE, "twins")
        assert detail["source_incidents"] == [{"incident_id": other, "title": "The same", "progress": "Closed"}]
        assert detail["target_incident"]["incident_id"] == fresh


async def alerts(desk, incident_id, **more):
    return await desk.gets("/incident/alert/list", {"incident_id": incident_id, **more})


async def test_an_alert_that_joins__is_counted_listed_and_raises_the_severity_silently(desk, console, fresh):
    desk.clock.shift(timedelta(seconds=7))
    console.alert(fresh, severity="Critical", title="Worse", labels={"host": "b"})
    incident = await desk.incident(fresh)
    assert (incident["alert_cnt"], incident["active_alert_cnt"], incident["alert_event_cnt"]) == (2, 2, 2)
    assert (incident["incident_severity"], incident["incident_status"]) == ("Critical", "Critical")
    assert incident["last_time"] == desk.now + 7
    assert [what for what, _, _ in await newest(desk, fresh)] == ["a_merge"]
    listed = await alerts(desk, fresh)
    assert [one["title"] for one in listed["items"]] == ["Worse", "Something broke"]
    assert (await feed(desk, fresh))[-1]["ref_id"] == listed["items"][0]["alert_id"]


async def test_a_severity_set_by_hand__is_not_changed_by_alerts(desk, console, fresh):
    console.severity(fresh, severity="Info")
    console.alert(fresh, severity="Critical")
    assert (await desk.incident(fresh))["incident_severity"] == "Info"


async def test_many_alerts__are_a_storm(desk, console, fresh):
    console.alert(fresh, count=12)
    assert ("i_storm", 0, {"threshold": 10}) in await newest(desk, fresh)


async def test_alerts_that_recover__close_it_with_the_last(desk, console):
    grouped = desk.flashduty.raise_incident(alerts=3)["incident_id"]
    console.recover(grouped, count=2)
    assert (await desk.incident(grouped))["active_alert_cnt"] == 1
    assert [len((await alerts(desk, grouped, is_active=active))["items"]) for active in (True, False)] == [1, 2]
    console.recover(grouped, count=1)
    incident = await desk.incident(grouped)
    assert (incident["progress"], incident["incident_status"], incident["closer_id"]) == ("Closed", "Ok", 0)
    with pytest.raises(ValueError, match="closed"):
        console.alert(grouped)


async def test_alerts__come_in_pages_with_their_events_where_asked(desk):
    incident_id = next(one for one in desk.account.incidents if one.endswith("3fa2c1"))
    page = await alerts(desk, incident_id, limit=10, p=3, include_events=True)
    assert (len(page["items"]), page["total"], "has_next_page" in page) == (7, 27, False)
    assert len(page["items"][0]["events"]) == 1
    assert (await alerts(desk, incident_id, is_active=False))["total"] == 2
    assert "events" not in (await alerts(desk, incident_id))["items"][0]


async def test_past_incidents__are_the_closest_first__and_need_a_channel_and_a_plan(desk):
    like = desk.flashduty.raise_incident(title="Card payments fail on payments-api")["incident_id"]
    found = (await desk.gets("/incident/past/list", {"incident_id": like, "limit": 3}))["items"]
    assert 1 <= len(found) <= 3
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert {one["progress"] for one in found} == {"Closed"}
    homeless = desk.flashduty.raise_incident(channel_id=0)["incident_id"]
    refusal = await desk.ask("/incident/past/list", {"incident_id": homeless})
    assert (refusal.status, refusal.message) == (400, "Channel not found.")
    desk.account.has_pro_plan = False
    assert (await desk.ask("/incident/past/list", {"incident_id": like})).code == "NoLicense"


async def test_past_incidents__are_asked_for_less_often_than_other_things(desk):
    desk.flashduty.rate_limit.is_on = True
    desk.flashduty.rate_limit.monotonic = lambda: 1.0
    like = desk.flashduty.raise_incident()["incident_id"]
    codes = [(await desk.ask("/incident/past/list", {"incident_id": like})).status for _ in range(21)]
    assert codes == [*[200] * 20, 429]


async def test_escalation_rules__tell_who_is_paged_next_and_after_how_long(desk):
    rules = (await desk.gets("/channel/escalate/rule/list", {"channel_id": 5001}))["items"]
    assert [(one["rule_name"], one["status"]) for one in rules] == [
        ("Payments, day and night", "enabled"),
        ("Payments, sale days", "disabled"),
    ]
    layers = rules[0]["layers"]
    assert [(one["escalate_window"], one["notify_step"]) for one in layers] == [(15, 2.5), (30, 0.5), (0, 10)]
    assert layers[1]["target"]["schedule_to_role_ids"] == {"6001": [2], "6002": [0]}
    assert (await desk.ask("/channel/escalate/rule/list", {"channel_id": 1})).code == "ResourceNotFound"


@pytest.mark.parametrize(
    ("act", "given", "error"),
    [
        ("acknowledge", {"by": "nobody"}, LookupError),
        ("comment", {"text": "  "}, ValueError),
        ("comment", {"text": "x" * 1_025}, ValueError),
        ("severity", {"severity": "Ok"}, ValueError),
        ("text", {"name": "num", "text": "x"}, ValueError),
        ("merge", {"sources": ["F00000"]}, LookupError),
        ("reassign", {"to": [1]}, LookupError),
    ],
)
def test_what_the_console_does_not_offer__is_refused(desk, fresh, act, given, error):
    before = dict(desk.account.incidents[fresh])
    with pytest.raises(error):
        getattr(desk.flashduty.console, act)(fresh, **given)
    assert desk.account.incidents[fresh] == before


def test_an_incident__is_named_by_its_number_too(console):
    assert console.acknowledge("#0E83EE")["num"] == "0E83EE"
    with pytest.raises(LookupError):
        console.acknowledge("F00000")


async def test_an_incident_from_before_the_sandbox__has_the_past_its_record_tells(desk, console):
    (incident_id,) = [one for one in desk.account.incidents if one.endswith("7a11ce")]
    console.comment(incident_id, text="x")
    told = await newest(desk, incident_id, skip=0)
    assert [(what, who) for what, who, _ in told] == [
        ("i_new", 0),
        ("i_assign", 0),
        ("i_ack", XIAOMING),
        ("i_comm", DANA),
    ]
