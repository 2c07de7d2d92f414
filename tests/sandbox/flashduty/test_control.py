"""Making things happen over HTTP."""

import pytest


async def control(desk, path, body):
    return (await desk.raw(f"/sandbox/{path}", key=None, json=body)).body


async def test_an_incident__raised_over_http__is_there(desk):
    answer = await control(desk, "incidents", {"title": "Tap water is brown", "severity": "Warning"})
    assert answer["ok"]
    assert (await desk.incident(answer["incident"]["incident_id"]))["title"] == "Tap water is brown"


async def test_an_incident__raised_with_alerts__is_changed_over_http(desk):
    raised = (await control(desk, "incidents", {"title": "Tap water is brown", "alerts": 12}))["incident"]
    assert (raised["alert_cnt"], raised["active_alert_cnt"]) == (12, 12)
    answer = await control(desk, f"incidents/{raised['num']}/acknowledge", {"by": "alice"})
    assert (answer["ok"], answer["incident"]["progress"]) == (True, "Processing")
    answer = await control(desk, f"incidents/{raised['incident_id']}/comment", {"by": 7002, "text": "It is rust"})
    assert answer["ok"]
    assert [(one.person_id, one.source) for one in desk.account.comments] == [(7002, "It is rust")]


async def test_a_fault__planned_over_http__happens_and_is_mended(desk):
    fault = {"path": "*", "fault": {"kind": "code", "word": "NoLicense"}, "times": None}
    assert await control(desk, "faults", fault) == {"ok": True}
    assert (await desk.ask("/member/info", {})).code == "NoLicense"
    assert (await desk.raw("/sandbox/faults", method="DELETE", key=None)).body == {"ok": True}
    assert (await desk.ask("/member/info", {})).status == 200


async def test_pages__are_told_over_http(desk):
    raised = (await control(desk, "incidents", {"title": "Tap water is brown"}))["incident"]
    pages = (await desk.raw("/sandbox/pages", method="GET", key=None)).body["pages"]
    assert [(one["incident_id"], one["person_id"], one["by"], one["failed_reason"]) for one in pages] == [
        (raised["incident_id"], person, "voice", "") for person in (7001, 7002)
    ]


async def test_a_form__demanded_over_http__is_demanded_until_it_is_cleared(desk):
    incident = desk.flashduty.raise_incident()["incident_id"]
    form = {"action": "resolve", "fields": {"cause": True}, "summary": "optional", "severities": ["Critical"]}
    assert await control(desk, "forms", form) == {"ok": True}
    assert (await desk.ask("/incident/resolve", {"incident_ids": [incident]})).code == "InvalidParameter"
    assert (await desk.raw("/sandbox/forms", method="DELETE", key=None)).body == {"ok": True}
    assert (await desk.ask("/incident/resolve", {"incident_ids": [incident]})).status == 200


async def test_a_custom_action__made_to_fail_over_http__fails(desk):
    incident = desk.flashduty.raise_incident()["incident_id"]
    answer = await control(desk, "custom-actions/9101", {"failure": "connection refused"})
    assert answer == {"ok": True, "name": "Restart the service"}
    body = {"incident_id": incident, "integration_id": 9101}
    assert await desk.gets("/incident/custom-action/do", body) == {"message": "connection refused"}
    await control(desk, "custom-actions/9101", {"is_enabled": False})
    assert (await desk.ask("/incident/custom-action/do", body)).code == "InvalidParameter"


async def test_the_clock__moved_over_http__moves(desk):
    await control(desk, "clock", {"shift_seconds": 60})
    answer = await control(desk, "clock", {"shift_seconds": 60})
    assert answer["now"] == "2026-11-24T07:32:00+00:00"
    answer = await control(desk, "clock", {"move_to": "2026-11-24T09:00:00+01:00"})
    assert answer["now"] == "2026-11-24T08:00:00+00:00"


async def test_requests__are_told_without_keys(desk):
    await desk.ask("/member/info", {})
    answer = await desk.raw("/sandbox/requests", method="GET", key=None)
    assert [row["path"] for row in answer.body["requests"]] == ["/member/info"]
    assert "pretend-app-key" not in str(answer.body)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("incidents", {"severity": "Fatal"}),
        ("incidents", {"flashduty_channel": 1}),
        ("incidents", {"colour": "red"}),
        ("incidents/0E83EE/explode", {}),
        ("incidents/0E83EE/_change", {}),
        ("incidents/F00000/acknowledge", {}),
        ("incidents/0E83EE/acknowledge", {"by": "nobody"}),
        ("incidents/0E83EE/acknowledge", {"colour": "red"}),
        ("incidents/0E83EE/comment", {"text": 5}),
        ("incidents/0E83EE/snooze", {"minutes": 30}),
        ("forms", {}),
        ("forms", {"action": "create"}),
        ("forms", {"action": "ack", "colour": "red"}),
        ("forms", {"action": "ack", "summary": "long"}),
        ("custom-actions/1", {"failure": "x"}),
        ("custom-actions/Restart", {"failure": "x"}),
        ("faults", {}),
        ("faults", {"path": "*", "fault": {"kind": "earthquake"}}),
        ("faults", {"path": "*", "fault": {"kind": "hang", "colour": "red"}}),
        ("clock", {}),
        ("clock", {"move_to": "noon"}),
        ("clock", {"move_to": "2026-11-24T09:00:00"}),
        ("clock", {"shift_seconds": "60"}),
        ("clock", {"shift_seconds": 1e18}),
    ],
)
async def test_a_wish__that_makes_no_sense__is_refused_with_a_sentence(desk, path, body):
    answer = await desk.raw(f"/sandbox/{path}", key=None, json=body)
    assert answer.status == 400
    assert not answer.body["ok"]
    assert answer.body["sentence"].endswith(".")


async def test_a_wish__from_a_web_page__is_refused(desk):
    answer = await desk.raw(
        "/sandbox/clock", key=None, data=b'{"shift_seconds": 60}', headers={"Content-Type": "text/plain"}
    )
    assert not answer.body["ok"]
