"""Numbers about the past."""

import pytest

DAY = 86_400


@pytest.fixture
def quiet(desk):
    """Nothing but three incidents of yesterday, whose numbers are known."""
    desk.account.incidents.clear()
    start = desk.now - DAY
    raised = [
        desk.flashduty.raise_incident(start_time=start, labels={"check": check}, alert_cnt=alerts, alert_event_cnt=40)
        for check, alerts in (("cpu", 5), ("cpu", 7), ("disk", 20))
    ]
    raised[0].update(ack_time=start + 60, close_time=start + 600, closer_id=7001, progress="Closed")
    raised[0]["responders"][0]["acknowledged_at"] = start + 60
    raised[1].update(ack_time=start + 180, progress="Processing")
    raised[1]["responders"][0]["acknowledged_at"] = start + 180
    return desk


async def test_account_insight__counts_and_averages(quiet):
    window = {"start_time": quiet.now - 2 * DAY, "end_time": quiet.now}
    (row,) = (await quiet.gets("/insight/account", window))["items"]
    assert (row["total_incident_cnt"], row["total_incidents_acknowledged"], row["total_incidents_closed"]) == (3, 2, 1)
    assert (row["mean_seconds_to_ack"], row["mean_seconds_to_close"]) == (120, 600)
    assert row["acknowledgement_pct"] == pytest.approx(66.67)
    assert row["noise_reduction_pct"] == 97.5
    assert "ts" not in row
    assert "hours" not in row


async def test_team_insight__by_day__has_a_row_for_each_day_with_incidents(desk):
    body = {"start_time": desk.now - 20 * DAY, "end_time": desk.now, "aggregate_unit": "day", "team_ids": [4001]}
    rows = (await desk.gets("/insight/team", body))["items"]
    assert {row["team_name"] for row in rows} == {"Payments"}
    assert len({row["ts"] for row in rows}) == len(rows) > 5


async def test_insight__split_by_hours__names_them(desk):
    body = {"start_time": desk.now - 20 * DAY, "end_time": desk.now, "split_hours": True}
    assert {row["hours"] for row in (await desk.gets("/insight/account", body))["items"]} == {"work", "sleep", "off"}


async def test_the_noisiest_checks__come_loudest_first(quiet):
    body = {"start_time": quiet.now - 2 * DAY, "end_time": quiet.now, "label": "check"}
    loudest = (await quiet.gets("/insight/alert/topk-by-label", body))["items"]
    assert [(row["label"], row["total_alert_cnt"]) for row in loudest] == [("disk", 20), ("cpu", 12)]
    by_events = body | {"orderby": "total_alert_event_cnt", "k": 1}
    assert [row["label"] for row in (await quiet.gets("/insight/alert/topk-by-label", by_events))["items"]] == ["cpu"]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"labels": {"check": "cpu"}}, 2),
        ({"severities": ["Info"]}, None),
        ({"seconds_to_ack_from": 100}, 1),
        ({"seconds_to_close_to": 600}, None),
        ({"team_ids": [4002]}, None),
        ({"channel_ids": [5001], "responder_ids": [7001], "query": "支付"}, 1),
    ],
)
async def test_insight__filtered__counts_what_matches(quiet, filters, count):
    body = {"start_time": quiet.now - 2 * DAY, "end_time": quiet.now, **filters}
    rows = (await quiet.gets("/insight/account", body))["items"]
    assert (rows[0]["total_incident_cnt"] if rows else None) == count
