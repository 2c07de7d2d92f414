"""How webhooks arrive: rules of the guide's incident-webhook, alert-webhook and custom-action."""

import json
from datetime import timedelta

import pytest

ALICE, DANA = 7001, 7005
NEW = ["i_new", "i_assign", "i_notify"]


@pytest.fixture
def hooked(desk, receiver):
    """Everything about incidents is pushed to the receiver."""
    desk.flashduty.webhooks.add(url=receiver.url, headers={"X-Flashduty-Bot-Secret": "pretend"}, limit_seconds=0.2)
    return desk.flashduty


async def settled(flashduty):
    await flashduty.webhooks.settled()


async def test_each_change__is_pushed_with_who_made_it_and_the_record_as_it_was_then(desk, hooked, receiver):
    incident_id = hooked.raise_incident(title="Something broke")["incident_id"]
    desk.clock.shift(timedelta(seconds=5))
    hooked.console.acknowledge(incident_id, by=ALICE)
    hooked.console.close(incident_id, by=ALICE)
    await settled(hooked)
    assert receiver.types == [*NEW, "i_ack", "i_rslv"]
    new, _, _, ack, closed = receiver.events
    assert {len(one["event_id"]) for one in receiver.events} == {32}
    assert len({one["event_id"] for one in receiver.events}) == 5
    assert (new["event_time"], ack["event_time"]) == (desk.now * 1_000, (desk.now + 5) * 1_000)
    assert "person" not in new
    assert ack["person"] == {
        "person_id": ALICE,
        "person_name": "Alice Chen",
        "email": "alice@harbor.example",
        "as": "member",
    }
    assert [one["incident"]["progress"] for one in (new, ack, closed)] == ["Triggered", "Processing", "Closed"]
    assert {one["incident"]["incident_id"] for one in receiver.events} == {incident_id}
    assert receiver.got[0].headers["X-Flashduty-Bot-Secret"] == "pretend"
    assert receiver.got[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "change",
    [
        ("assign", {"incident_ids": [...], "assigned_to": {"person_ids": [ALICE]}}, ["i_assign", "i_notify"]),
        ("responder/add", {"incident_id": ..., "person_ids": [ALICE]}, ["i_a_rspd", "i_notify"]),
        ("custom-action/do", {"incident_id": ..., "integration_id": 9101}, ["i_custom"]),
        ("field/reset", {"incident_id": ..., "field_name": "cause", "field_value": "Release"}, ["i_r_field"]),
        ("resolve", {"incident_ids": [...], "resolution": "x"}, ["i_rslv"]),
    ],
)
async def test_what_a_key_does__is_pushed_as_its_owners(desk, hooked, receiver, change):
    path, body, pushed = change
    incident_id = hooked.raise_incident()["incident_id"]
    await settled(hooked)
    named = {name: incident_id if one is ... else [incident_id] if one == [...] else one for name, one in body.items()}
    await desk.gets(f"/incident/{path}", named)
    await settled(hooked)
    assert sorted(receiver.types[3:]) == sorted(pushed)
    (told,) = (one for one in receiver.events[3:] if one["event_type"] == pushed[0])
    assert told["person"]["person_id"] == DANA
    assert all("person" not in one for one in receiver.events if one["event_type"] == "i_notify")


async def test_the_record__is_not_that_of_the_api(desk, hooked, receiver):
    incident_id = hooked.raise_incident()["incident_id"]
    hooked.console.reassign(incident_id, to=["carol"])
    await settled(hooked)
    record = await desk.incident(incident_id)
    new, assigned = receiver.events[0]["incident"], receiver.events[3]["incident"]
    assert set(record) - set(assigned) == {
        "ai_summary",
        "active_alert_cnt",
        "frequency",
        "silence_url",
        "manual_overrides",
    }
    assert "responders" not in new
    assert "person_ids" not in new["assigned_to"]
    assert [one["email"] for one in assigned["responders"]] == ["carol@harbor.example"]
    assert (assigned["post_mortem_id"], record["post_mortem_id"]) == ("0", "")
    assert (assigned["assigned_to"]["escalate_rule_id"], record["assigned_to"]["escalate_rule_id"]) == ("", "0" * 24)
    assert assigned["detail_url"].startswith("https://app.flashcat.example/")
    assert assigned["start_time"] == desk.now


async def test_an_action_of_a_key__is_pushed_as_well(desk, hooked, receiver):
    incident_id = hooked.raise_incident()["incident_id"]
    await desk.gets("/incident/ack", {"incident_ids": [incident_id]})
    await settled(hooked)
    assert receiver.types == [*NEW, "i_ack"]
    assert receiver.events[-1]["person"]["person_id"] == DANA


@pytest.mark.parametrize("status", [400, 404, 500, 503, 302])
async def test_an_answer_that_is_no_success__loses_the_event(desk, hooked, receiver, status):
    receiver.answers = [status]
    hooked.webhooks.push("i_ack", desk.account.incident_named("0E83EE"))
    await settled(hooked)
    assert receiver.types == ["i_ack"]
    (attempt,) = desk.account.deliveries
    assert (attempt["status"], attempt["status_code"], attempt["attempt"]) == ("failed", status, 1)


async def test_no_answer_in_time__is_tried_again_once(desk, hooked, receiver):
    receiver.hangs = 1
    hooked.webhooks.push("i_ack", desk.account.incident_named("0E83EE"))
    await settled(hooked)
    assert [one["status"] for one in desk.account.deliveries] == ["failed", "success"]
    assert [one["attempt"] for one in desk.account.deliveries] == [1, 2]
    first, second = receiver.events
    assert first == second
    receiver.hangs = 3
    hooked.webhooks.push("i_unack", desk.account.incident_named("0E83EE"))
    await settled(hooked)
    assert receiver.types == ["i_ack", "i_ack", "i_unack", "i_unack"]
    assert [one["status"] for one in desk.account.deliveries[2:]] == ["failed", "failed"]


async def test_nobody_there__loses_the_event(desk, hooked):
    hooked.webhooks.clear()
    hooked.webhooks.add(url="http://127.0.0.1:1/hook")
    hooked.webhooks.push("i_ack", desk.account.incident_named("0E83EE"))
    await settled(hooked)
    assert [(one["status_code"], one["error_message"]) for one in desk.account.deliveries] == [
        (0, "ClientConnectorError")
    ]


@pytest.mark.parametrize(("kind", "seconds"), [("incident", 2.0), ("alert", 2.0), ("action", 1.0)])
def test_a_receiver__has_two_seconds__that_of_a_custom_action_one(desk, kind, seconds):
    assert desk.flashduty.webhooks.add(url="http://127.0.0.1:1/hook", kind=kind).limit == seconds


async def test_only_the_types_and_channels_that_were_chosen__are_pushed(desk, receiver):
    webhooks = desk.flashduty.webhooks
    webhooks.add(url=receiver.url, event_types=["i_ack", "i_new"], channel_ids=[5002])
    desk.flashduty.raise_incident()
    other = desk.flashduty.raise_incident(flashduty_channel=5002)["incident_id"]
    desk.flashduty.console.acknowledge(other)
    await webhooks.settled()
    assert receiver.types == ["i_new", "i_ack"]
    assert {one["incident"]["channel_id"] for one in receiver.events} == {5002}


async def test_alerts__are_pushed_to_a_webhook_of_their_own__which_names_no_incident(desk, receiver):
    desk.flashduty.webhooks.add(url=receiver.url, kind="alert")
    incident_id = desk.flashduty.raise_incident()["incident_id"]
    desk.flashduty.console.alert(incident_id)
    desk.flashduty.console.recover(incident_id)
    await settled(desk.flashduty)
    assert receiver.types == ["a_new", "a_merge", "a_close", "a_close"]
    assert incident_id not in receiver.bodies[0]
    assert set(receiver.events[0]) == {"event_id", "event_type", "event_time", "alert"}


async def test_a_custom_action__is_pushed_to_its_receiver_too__an_old_one_with_its_id_elsewhere(hooked, receiver):
    hooked.webhooks.add(url=receiver.url, kind="action", is_old=True)
    incident_id = hooked.raise_incident()["incident_id"]
    hooked.console.custom_action(incident_id, integration_id=9_101)
    await settled(hooked)
    told, action = (one for one in receiver.events if one["event_type"] == "i_custom")
    assert told["event_detail"] == {"integration_id": 9_101, "integration_name": "Restart the service"}
    assert "event_id" not in action
    assert len(action["incident"]["event_id"]) == 32


async def test_a_template__replaces_the_body__and_what_it_does_not_know_stays(desk, receiver):
    template = (
        'incident={{incident.incident_id}} was={{ .event_type }} {"x": {{incident.labels}}} {{.Title}} {{incident.no}}'
    )
    desk.flashduty.webhooks.add(url=receiver.url, template=template)
    desk.flashduty.webhooks.push("i_ack", desk.account.incident_named("0E83EE"))
    await settled(desk.flashduty)
    (body,) = receiver.bodies
    assert body.startswith("incident=")
    assert body.endswith("{{.Title}} {{incident.no}}")
    assert " was=i_ack " in body
    assert '{"x": {"check"' in body


async def test_events__are_doubled_lost_and_kept_back_as_planned(desk, hooked, receiver):
    incident = desk.account.incident_named("0E83EE")
    for kind, times in [("twice", 1), ("lost", 1), ("held", 2), ("delayed", 1)]:
        hooked.webhooks.faults.plan(kind, times=times, seconds=0.01 if kind == "delayed" else 0.0)
    for number in range(6):
        hooked.webhooks.push(f"i_{number}", incident)
    await settled(hooked)
    assert sorted(receiver.types) == ["i_0", "i_0", "i_4", "i_5"]
    assert receiver.events[0]["event_id"] == receiver.events[1]["event_id"]
    assert hooked.webhooks.held == 2
    assert hooked.webhooks.let_go(newest_first=True) == 2
    await settled(hooked)
    assert receiver.types[-2:] == ["i_3", "i_2"]
    assert len(desk.account.deliveries) == 6


async def test_a_snooze_that_runs_out__is_pushed_though_nobody_asks(desk, hooked, receiver):
    incident_id = hooked.raise_incident()["incident_id"]
    hooked.console.acknowledge(incident_id)
    hooked.console.snooze(incident_id, minutes=30)
    desk.clock.shift(timedelta(minutes=31))
    await settled(hooked)
    (woken,) = (one for one in receiver.events if one["event_type"] == "i_wake")
    assert woken["event_time"] == (desk.now + 1_800) * 1_000
    assert receiver.types.count("i_notify") == 2


async def test_the_history__tells_every_attempt__and_the_secret_in_its_headers(desk, hooked, receiver):
    receiver.answers = [500]
    incident = desk.account.incident_named("0E83EE")
    hooked.webhooks.push("i_ack", incident)
    await settled(hooked)
    desk.clock.shift(timedelta(seconds=1))
    hooked.webhooks.push("i_unack", incident)
    await settled(hooked)
    window = {"start_time": desk.now * 1_000, "end_time": (desk.now + 2) * 1_000, "limit": 1}
    page = await desk.gets("/webhook/history/list", window)
    assert ([one["event_type"] for one in page["items"]], page["total"]) == (["i_unack"], 2)
    again = await desk.gets("/webhook/history/list", {**window, "search_after_ctx": page["search_after_ctx"]})
    assert ([one["event_type"] for one in again["items"]], again["search_after_ctx"]) == (["i_ack"], "")
    failed = await desk.gets("/webhook/history/list", {**window, "status": "failed", "limit": 100})
    (lost,) = failed["items"]
    assert "request_headers" not in lost
    wanted = {"event_id": lost["event_id"], "integration_id": lost["integration_id"]}
    detail = await desk.gets("/webhook/history/detail", wanted)
    assert json.loads(detail["request_headers"])["X-Flashduty-Bot-Secret"] == "pretend"
    assert json.loads(detail["request_body"]) == receiver.events[0]
    assert (detail["status_code"], detail["response_body"]) == (500, "thanks")
    assert (detail["ref_title"], detail["channel_name"]) == (incident["title"], "Payments API")
    refusal = await desk.ask("/webhook/history/detail", {**wanted, "event_id": "x"})
    assert refusal.code == "ResourceNotFound"
    assert (
        await desk.ask("/webhook/history/list", {**window, "end_time": desk.now * 1_000})
    ).code == "InvalidParameter"
    desk.flashduty.keys["payments"].permissions.discard("Integrations Read")
    assert (await desk.ask("/webhook/history/list", window)).code == "AccessDenied"


async def order(desk, path, body=None, *, method="POST"):
    return (await desk.raw(f"/sandbox/webhooks{path}", method=method, key=None, json=body)).body


async def test_webhooks__are_configured_and_broken_over_http(desk, receiver):
    added = await order(desk, "", {"url": receiver.url, "event_types": ["i_ack", "i_wi_created"]})
    assert added == {"ok": True, "integration_id": 9501}
    assert await order(desk, "/faults", {"kind": "held", "times": 2}) == {"ok": True}
    await order(desk, "/send", {"event_type": "i_ack", "incident": "0E83EE"})
    await order(desk, "/send", {"event_type": "i_wi_created", "incident": "0E83EE"})
    assert await order(desk, "/let-go", {"newest_first": True}) == {"ok": True, "sent": 2}
    await settled(desk.flashduty)
    assert receiver.types == ["i_wi_created", "i_ack"]
    told = await order(desk, "", method="GET")
    assert told["webhooks"] == [{"integration_id": 9501, "url": receiver.url, "kind": "incident"}]
    assert [one["status"] for one in told["deliveries"]] == ["success", "success"]
    assert await order(desk, "/faults", method="DELETE") == {"ok": True}
    assert await order(desk, "", method="DELETE") == {"ok": True}
    assert desk.flashduty.webhooks.hooks == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}),
        ("", {"url": "https://elsewhere.example/hook"}),
        ("", {"url": "http://127.0.0.1:1/", "colour": "red"}),
        ("", {"url": "http://127.0.0.1:1/", "kind": "pigeon"}),
        ("/faults", {}),
        ("/faults", {"kind": "eaten"}),
        ("/faults", {"kind": "lost", "times": 0}),
        ("/send", {"event_type": "i_ack", "incident": "F00000"}),
    ],
)
async def test_a_wish__that_makes_no_sense__is_refused_with_a_sentence(desk, path, body):
    answer = await order(desk, path, body)
    assert not answer["ok"]
    assert answer["sentence"].endswith(".")
