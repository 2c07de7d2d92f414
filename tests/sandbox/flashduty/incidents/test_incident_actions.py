"""What acting on incidents does to them."""

from datetime import timedelta

import pytest

ALICE, BOB, DANA, KENJI = 7001, 7002, 7005, 7008


@pytest.fixture
def fresh(desk):
    return desk.flashduty.raise_incident(title="Something broke")["incident_id"]


async def act(desk, what, *ids, key="payments", **more):
    return await desk.gets(f"/incident/{what}", {"incident_ids": list(ids), **more}, key=key)


def responder(incident, person):
    return next((one for one in incident["responders"] if one["person_id"] == person), None)


async def test_acknowledge__is_done_by_the_owner_of_the_key(desk, fresh):
    desk.clock.shift(timedelta(seconds=90))
    assert await act(desk, "ack", fresh) is None
    incident = await desk.incident(fresh)
    assert (incident["progress"], incident["ack_time"]) == ("Processing", desk.now + 90)
    assert responder(incident, DANA)["acknowledged_at"] == desk.now + 90
    assert responder(incident, DANA)["person_name"] == "Dana Okoye"
    assert responder(incident, 7001)["acknowledged_at"] == 0


async def test_acknowledge__a_second_time__changes_nothing(desk, fresh):
    await act(desk, "ack", fresh)
    before = await desk.incident(fresh)
    desk.clock.shift(timedelta(minutes=5))
    await act(desk, "ack", fresh, fresh)
    assert await desk.incident(fresh) == before


async def test_acknowledge__by_somebody_else_too__keeps_the_first_time(desk, fresh):
    await act(desk, "ack", fresh)
    desk.clock.shift(timedelta(minutes=5))
    await act(desk, "ack", fresh, key="search")
    incident = await desk.incident(fresh)
    assert incident["ack_time"] == desk.now
    assert responder(incident, KENJI)["acknowledged_at"] == desk.now + 300


async def test_unacknowledge__by_one_of_two__leaves_it_in_hand(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "ack", fresh, key="search")
    await act(desk, "unack", fresh)
    incident = await desk.incident(fresh)
    assert incident["progress"] == "Processing"
    assert responder(incident, DANA)["acknowledged_at"] == 0
    await act(desk, "unack", fresh, key="search")
    incident = await desk.incident(fresh)
    assert (incident["progress"], incident["ack_time"]) == ("Triggered", 0)


async def test_unacknowledge__without_an_own_acknowledgement__changes_nothing(desk, fresh):
    await act(desk, "ack", fresh, key="search")
    before = await desk.incident(fresh)
    await act(desk, "unack", fresh)
    assert await desk.incident(fresh) == before


async def test_resolve__closes_it_with_cause_and_cure(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "snooze", fresh, minutes=60)
    await act(desk, "resolve", fresh, root_cause="漏了索引", resolution="Added it", description="x" * 6_144)
    incident = await desk.incident(fresh)
    assert (incident["progress"], incident["close_time"], incident["snoozed_before"]) == ("Closed", desk.now, 0)
    assert (incident["closer_id"], incident["closer"]["person_name"]) == (DANA, "Dana Okoye")
    assert (incident["root_cause"], incident["resolution"]) == ("漏了索引", "Added it")
    assert incident["description"] == "x" * 6_144
    assert incident["end_time"] == 0


async def test_resolve__of_a_closed_one__keeps_who_closed_it(desk, fresh):
    await act(desk, "resolve", fresh)
    desk.clock.shift(timedelta(minutes=5))
    await act(desk, "resolve", fresh, key="search")
    incident = await desk.incident(fresh)
    assert (incident["closer_id"], incident["close_time"]) == (DANA, desk.now)


@pytest.mark.parametrize(("what", "more"), [("ack", {}), ("unack", {}), ("snooze", {"minutes": 5}), ("wake", {})])
async def test_a_closed_incident__cannot_be_worked_on(desk, fresh, what, more):
    await act(desk, "resolve", fresh)
    answer = await desk.ask(f"/incident/{what}", {"incident_ids": [fresh], **more})
    assert answer.code == "InvalidParameter"
    assert fresh in answer.message


async def test_reopen__puts_it_back_to_triggered_with_nobody_on_it(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "resolve", fresh)
    await act(desk, "reopen", fresh, reason="It came back")
    incident = await desk.incident(fresh)
    assert (incident["progress"], incident["ack_time"], incident["close_time"]) == ("Triggered", 0, 0)
    assert incident["assigned_to"]["type"] == "reopen"
    assert all(one["acknowledged_at"] == 0 for one in incident["responders"])
    assert "closer" not in incident


async def test_reopen__pages_again__and_tells_why(desk, fresh):
    await act(desk, "resolve", fresh)
    before, told = len(desk.account.pages), len(list(desk.account.timeline))
    await act(desk, "reopen", fresh, reason="It came back")
    assert [(one.person_id, one.by) for one in desk.account.pages[before:]] == [(ALICE, "voice"), (BOB, "voice")]
    entries = list(desk.account.timeline)[told:]
    assert [(one.what, one.person_id) for one in entries] == [("i_reopen", DANA), ("i_assign", 0), ("i_notify", 0)]
    assert entries[0].detail == {"reason": "It came back"}


async def test_reopen__of_an_open_one__is_refused(desk, fresh):
    assert (await desk.ask("/incident/reopen", {"incident_ids": [fresh]})).code == "InvalidParameter"


async def test_a_snooze__that_runs_out__puts_it_back_to_triggered(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "snooze", fresh, minutes=30)
    assert (await desk.incident(fresh))["snoozed_before"] == desk.now + 1800
    desk.clock.shift(timedelta(minutes=29, seconds=59))
    assert (await desk.incident(fresh))["progress"] == "Processing"
    desk.clock.shift(timedelta(seconds=1))
    incident = await desk.incident(fresh)
    assert (incident["progress"], incident["snoozed_before"], incident["ack_time"]) == ("Triggered", 0, 0)


async def test_a_snooze__that_runs_out__pages_again(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "snooze", fresh, minutes=30)
    before = len(desk.account.pages)
    desk.clock.shift(timedelta(minutes=30))
    await desk.incident(fresh)
    assert [(one.person_id, one.by, one.at) for one in desk.account.pages[before:]] == [
        (ALICE, "voice", desk.now + 1_800),
        (BOB, "voice", desk.now + 1_800),
    ]
    assert [entry.what for entry in desk.account.timeline][-2:] == ["i_wake", "i_notify"]


async def test_snooze__of_what_nobody_has_acknowledged__is_refused(desk, fresh):
    held = desk.flashduty.raise_incident()["incident_id"]
    await act(desk, "ack", held)
    answer = await desk.ask("/incident/snooze", {"incident_ids": [held, fresh], "minutes": 5})
    assert (answer.code, fresh in answer.message) == ("InvalidParameter", True)
    assert [(await desk.incident(one))["snoozed_before"] for one in (held, fresh)] == [0, 0]


async def test_wake__ends_the_snooze_and_keeps_the_acknowledgement(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "snooze", fresh, minutes=30)
    assert await act(desk, "wake", fresh) == {}
    incident = await desk.incident(fresh)
    assert (incident["progress"], incident["snoozed_before"]) == ("Processing", 0)


async def test_several__with_one_that_does_not_exist__are_all_left_alone(desk, fresh):
    answer = await desk.ask("/incident/ack", {"incident_ids": [fresh, "0" * 24]})
    assert answer.code == "ResourceNotFound"
    assert (await desk.incident(fresh))["progress"] == "Triggered"


async def test_several__with_one_that_is_closed__are_all_left_alone(desk, fresh):
    closed = desk.flashduty.raise_incident(progress="Closed")["incident_id"]
    assert (await desk.ask("/incident/ack", {"incident_ids": [fresh, closed]})).code == "InvalidParameter"
    assert (await desk.incident(fresh))["progress"] == "Triggered"


async def test_the_timeline__tells_who_did_what_in_order(desk, fresh):
    await act(desk, "ack", fresh)
    await act(desk, "comment", fresh, comment="Acknowledged by Alice in Slack", mute_reply=True)
    await act(desk, "resolve", fresh, key="search")
    told = [(entry.what, entry.person_id, entry.detail) for entry in desk.account.timeline]
    assert [what for what, _, _ in told[:3]] == ["i_new", "i_assign", "i_notify"]
    assert told[3:] == [
        ("i_ack", DANA, {}),
        ("i_comm", DANA, {"comment": "Acknowledged by Alice in Slack", "mute_reply": True}),
        ("i_rslv", KENJI, {"from": "console"}),
    ]
