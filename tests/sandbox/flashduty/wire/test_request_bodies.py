"""What the operations refuse in a body."""

import pytest

DAY = 86_400
SOME_ID = "69da451ef77b1b51f40e83ee"
NOW = 1_795_505_400
WINDOW = {"start_time": NOW - DAY, "end_time": NOW}
SHIFTS = {"start": NOW, "end": NOW + DAY}

REFUSED = [
    ("/incident/list", {}, "start_time"),
    ("/incident/list", {"start_time": NOW}, "end_time"),
    ("/incident/list", {"start_time": NOW, "end_time": NOW}, "end_time"),
    ("/incident/list", {"start_time": NOW, "end_time": NOW - 1}, "end_time"),
    ("/incident/list", {"start_time": NOW - 31 * DAY - 1, "end_time": NOW}, "end_time"),
    ("/incident/list", {"start_time": NOW * 1000, "end_time": NOW * 1000 + 1}, "start_time"),
    ("/incident/list", {"start_time": str(NOW), "end_time": NOW}, "start_time"),
    ("/incident/list", {"start_time": float(NOW), "end_time": NOW}, "start_time"),
    ("/incident/list", {"start_time": True, "end_time": NOW}, "start_time"),
    ("/incident/list", WINDOW | {"limit": 101}, "limit"),
    ("/incident/list", WINDOW | {"limit": -1}, "limit"),
    ("/incident/list", WINDOW | {"limit": None}, "limit"),
    ("/incident/list", WINDOW | {"limit": 100, "p": 101}, "p"),
    ("/incident/list", WINDOW | {"p": 501}, "p"),
    ("/incident/list", WINDOW | {"progress": "triggered"}, "progress"),
    ("/incident/list", WINDOW | {"progress": "Triggered, Processing"}, "progress"),
    ("/incident/list", WINDOW | {"progress": "Triggered,"}, "progress"),
    ("/incident/list", WINDOW | {"progress": ""}, "progress"),
    ("/incident/list", WINDOW | {"progress": ["Triggered"]}, "progress"),
    ("/incident/list", WINDOW | {"incident_severity": "Critical,Ok"}, "incident_severity"),
    ("/incident/list", WINDOW | {"incident_severity": "Fatal"}, "incident_severity"),
    ("/incident/list", WINDOW | {"channel_ids": ["5001"]}, "channel_ids[0]"),
    ("/incident/list", WINDOW | {"channel_ids": 5001}, "channel_ids"),
    ("/incident/list", WINDOW | {"team_ids": list(range(101))}, "team_ids"),
    ("/incident/list", WINDOW | {"nums": [""]}, "nums[0]"),
    ("/incident/list", WINDOW | {"nums": [123]}, "nums[0]"),
    ("/incident/list", WINDOW | {"incident_ids": ["0E83EE"]}, "incident_ids[0]"),
    ("/incident/list", WINDOW | {"asc": 1}, "asc"),
    ("/incident/list", WINDOW | {"search_after_ctx": "made.up.here"}, "search_after_ctx"),
    ("/incident/info", {}, "incident_id"),
    ("/incident/info", {"incident_id": "0E83EE"}, "incident_id"),
    ("/incident/info", {"incident_id": SOME_ID + "0"}, "incident_id"),
    ("/incident/info", {"incident_id": SOME_ID[:-1] + "g"}, "incident_id"),
    ("/incident/info", {"incident_id": SOME_ID + "\n"}, "incident_id"),
    ("/incident/info", {"incident_id": int(SOME_ID, 16)}, "incident_id"),
    ("/incident/list-by-ids", {"incident_ids": []}, "incident_ids"),
    ("/incident/list-by-ids", {"incident_ids": [SOME_ID] * 101}, "incident_ids"),
    ("/incident/ack", {}, "incident_ids"),
    ("/incident/ack", {"incident_ids": []}, "incident_ids"),
    ("/incident/ack", {"incident_ids": SOME_ID}, "incident_ids"),
    ("/incident/ack", {"incident_ids": [SOME_ID] * 101}, "incident_ids"),
    ("/incident/ack", {"incident_ids": [SOME_ID, "x"]}, "incident_ids[1]"),
    ("/incident/snooze", {"incident_ids": [SOME_ID]}, "minutes"),
    ("/incident/snooze", {"incident_ids": [SOME_ID], "minutes": 0}, "minutes"),
    ("/incident/snooze", {"incident_ids": [SOME_ID], "minutes": 1441}, "minutes"),
    ("/incident/snooze", {"incident_ids": [SOME_ID], "minutes": 1.5}, "minutes"),
    ("/incident/resolve", {"incident_ids": [SOME_ID], "root_cause": "x" * 1025}, "root_cause"),
    ("/incident/resolve", {"incident_ids": [SOME_ID], "resolution": "x" * 1025}, "resolution"),
    ("/incident/resolve", {"incident_ids": [SOME_ID], "description": "x" * 6145}, "description"),
    ("/incident/reopen", {"incident_ids": [SOME_ID], "reason": "x" * 1025}, "reason"),
    ("/incident/comment", {"incident_ids": [SOME_ID]}, "comment"),
    ("/incident/comment", {"incident_ids": [SOME_ID], "comment": " \n"}, "comment"),
    ("/incident/comment", {"incident_ids": [SOME_ID], "comment": "x" * 1025}, "comment"),
    ("/incident/comment", {"incident_ids": [SOME_ID], "comment": "x" + " " * 2000 + "x"}, "comment"),
    ("/incident/comment", {"incident_ids": [SOME_ID], "comment": "x", "mute_reply": "yes"}, "mute_reply"),
    ("/incident/comment", {"incident_ids": [SOME_ID], "comment": "x", "comment_type_id": 7}, "comment_type_id"),
    ("/incident/reopen", {"incident_ids": [SOME_ID], "reason": 7}, "reason"),
    ("/schedule/list", {"start": NOW}, "end"),
    ("/schedule/list", {"end": NOW}, "start"),
    ("/schedule/list", {"start": NOW, "end": NOW + 45 * DAY}, "end"),
    ("/schedule/list", {"start": NOW, "end": NOW}, "end"),
    ("/schedule/list", SHIFTS | {"limit": 101}, "limit"),
    ("/schedule/list", {"is_my_team": True, "is_my_manage": True}, "is_my_manage"),
    ("/schedule/info", {"schedule_id": 6001}, "start"),
    ("/schedule/info", SHIFTS, "schedule_id"),
    ("/schedule/info", {"schedule_id": 6001, "start": NOW, "end": NOW + 45 * DAY}, "end"),
    ("/person/infos", {"person_ids": []}, "person_ids"),
    ("/person/infos", {"person_ids": list(range(101))}, "person_ids"),
    ("/person/infos", {"person_ids": [-1]}, "person_ids[0]"),
    ("/team/infos", {"team_ids": list(range(101))}, "team_ids"),
    ("/channel/info", {"channel_id": "5001"}, "channel_id"),
    ("/channel/infos", {"channel_ids": list(range(1001))}, "channel_ids"),
    ("/channel/list", {"limit": 0}, "limit"),
    ("/channel/list", {"orderby": "name"}, "orderby"),
    ("/channel/list", {"is_my_team": True, "is_my_starred": True}, "is_my_starred"),
    ("/member/list", {"p": 0}, "p"),
    ("/insight/account", WINDOW | {"aggregate_unit": "hour"}, "aggregate_unit"),
    ("/insight/account", {"start_time": NOW - 3600, "end_time": NOW, "aggregate_unit": "day"}, "aggregate_unit"),
    ("/insight/account", {"start_time": NOW - 32 * DAY, "end_time": NOW, "aggregate_unit": "day"}, "end_time"),
    ("/insight/account", {"start_time": NOW - 367 * DAY, "end_time": NOW}, "end_time"),
    ("/insight/account", WINDOW | {"severities": ["Critical", "Warning", "Info", "Ok"]}, "severities"),
    ("/insight/account", WINDOW | {"labels": {"env": 1}}, "labels.env"),
    ("/insight/account", WINDOW | {"labels": []}, "labels"),
    ("/insight/account", WINDOW | {"time_zone": "Mars/Base"}, "time_zone"),
    ("/insight/account", WINDOW | {"time_zone": "../../etc/passwd"}, "time_zone"),
    ("/insight/team", WINDOW | {"seconds_to_ack_from": 9, "seconds_to_ack_to": 9}, "seconds_to_ack_to"),
    ("/insight/alert/topk-by-label", WINDOW, "label"),
    ("/insight/alert/topk-by-label", WINDOW | {"label": "env"}, "label"),
    ("/insight/alert/topk-by-label", WINDOW | {"label": "check", "k": 101}, "k"),
]


@pytest.mark.parametrize(("path", "body", "field"), REFUSED)
async def test_a_body__that_is_wrong__is_refused_by_the_name_of_the_field(desk, path, body, field):
    answer = await desk.ask(path, body)
    assert (answer.status, answer.code) == (400, "InvalidParameter")
    assert f"parameter {field} is" in answer.message


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/incident/list", {"start_time": NOW - 31 * DAY, "end_time": NOW, "limit": 100, "p": 100}),
        ("/schedule/list", {"start": NOW, "end": NOW + 45 * DAY - 1, "limit": 100}),
        ("/insight/team", {"start_time": NOW - 366 * DAY, "end_time": NOW}),
        ("/insight/team", {"start_time": NOW - DAY, "end_time": NOW, "aggregate_unit": "day"}),
        ("/channel/infos", {"channel_ids": list(range(1000))}),
    ],
)
async def test_a_body__right_at_the_limit__is_accepted(desk, path, body):
    assert (await desk.ask(path, body)).status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/incident/info", {"incident_id": SOME_ID}),
        ("/incident/ack", {"incident_ids": [SOME_ID]}),
        ("/schedule/info", {"schedule_id": 1, **SHIFTS}),
        ("/channel/info", {"channel_id": 1}),
    ],
)
async def test_something__that_does_not_exist__is_not_found(desk, path, body):
    answer = await desk.ask(path, body)
    assert (answer.status, answer.code) == (400, "ResourceNotFound")
