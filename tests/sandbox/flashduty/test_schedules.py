"""Shifts, as the pretend Flashduty computes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox.flashduty.model.schedule import Layer, RotationGroup, Schedule
from sandbox.flashduty.model.shifts import final_shifts, shifts_of

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86_400
A, B = RotationGroup("A", {1: (1,), 2: (9,)}), RotationGroup("B", {1: (2,)})


def seconds(text, zone=BERLIN):
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def told(shifts):
    """Write shifts down as a person in Berlin would."""
    return [
        (
            shift.group.name,
            *(datetime.fromtimestamp(edge, BERLIN).strftime("%a %d %H:%M") for edge in (shift.start, shift.end)),
        )
        for shift in shifts
    ]


def rotation(starts, **more):
    return Layer("layer", (A, B), datetime.fromisoformat(starts).replace(tzinfo=BERLIN), **more)


def test_a_weekly_rotation__across_a_window__is_cut_to_it():
    layer = rotation("2026-11-02T09:00")
    assert told(shifts_of(layer, seconds("2026-11-10T12:00"), seconds("2026-11-24T12:00"))) == [
        ("B", "Tue 10 12:00", "Mon 16 09:00"),
        ("A", "Mon 16 09:00", "Mon 23 09:00"),
        ("B", "Mon 23 09:00", "Tue 24 12:00"),
    ]


def test_a_daily_rotation__when_the_clocks_change__hands_over_at_the_same_hour():
    layer = rotation("2026-10-01T09:00", unit="day")
    shifts = shifts_of(layer, seconds("2026-10-24T09:00"), seconds("2026-10-27T09:00"))
    assert [edge[1][-5:] for edge in told(shifts)] == ["09:00"] * 3
    assert [shift.end - shift.start for shift in shifts] == [DAY + 3600, DAY, DAY]


def test_an_hourly_rotation__when_the_clocks_change__keeps_its_length():
    layer = rotation("2026-10-24T00:00", unit="hour", every=6)
    shifts = shifts_of(layer, seconds("2026-10-24T00:00"), seconds("2026-10-26T00:00"))
    assert {shift.end - shift.start for shift in shifts[:-1]} == {6 * 3600}


def test_a_rotation__before_it_starts_and_after_it_ends__has_nobody():
    layer = rotation("2026-11-10T09:00", unit="day", ends=datetime(2026, 11, 12, 12, tzinfo=BERLIN))
    assert told(shifts_of(layer, seconds("2026-11-01T00:00"), seconds("2026-11-30T00:00"))) == [
        ("A", "Tue 10 09:00", "Wed 11 09:00"),
        ("B", "Wed 11 09:00", "Thu 12 09:00"),
        ("A", "Thu 12 09:00", "Thu 12 12:00"),
    ]


def test_a_mask_of_days_and_hours__leaves_the_rest_empty():
    layer = rotation("2026-11-02T00:00", weekdays=frozenset({1, 5}), hours=(9 * 3600, 17 * 3600))
    assert told(shifts_of(layer, seconds("2026-11-02T12:00"), seconds("2026-11-10T00:00"))) == [
        ("A", "Mon 02 12:00", "Mon 02 17:00"),
        ("A", "Fri 06 09:00", "Fri 06 17:00"),
        ("B", "Mon 09 09:00", "Mon 09 17:00"),
    ]


def test_an_override__replaces_everybody_in_its_time():
    cover = Layer(
        "cover",
        (RotationGroup("C", {1: (3,)}),),
        datetime(2026, 11, 3, 18, tzinfo=BERLIN),
        ends=datetime(2026, 11, 3, 22, tzinfo=BERLIN),
        is_override=True,
    )
    rota = Schedule(1, "Primary", 1, (rotation("2026-11-02T09:00"), cover))
    assert told(final_shifts(rota, seconds("2026-11-02T09:00"), seconds("2026-11-09T09:00"))) == [
        ("A", "Mon 02 09:00", "Tue 03 18:00"),
        ("C", "Tue 03 18:00", "Tue 03 22:00"),
        ("A", "Tue 03 22:00", "Mon 09 09:00"),
    ]


def test_an_override__across_a_hand_over__is_one_shift():
    cover = Layer(
        "cover",
        (RotationGroup("C", {1: (3,)}),),
        datetime(2026, 11, 9, 8, tzinfo=BERLIN),
        ends=datetime(2026, 11, 9, 10, tzinfo=BERLIN),
        is_override=True,
    )
    rota = Schedule(1, "Primary", 1, (rotation("2026-11-02T09:00"), cover))
    assert told(final_shifts(rota, seconds("2026-11-09T00:00"), seconds("2026-11-10T00:00"))) == [
        ("A", "Mon 09 00:00", "Mon 09 08:00"),
        ("C", "Mon 09 08:00", "Mon 09 10:00"),
        ("B", "Mon 09 10:00", "Tue 10 00:00"),
    ]


def test_a_mask_of_days_alone__covers_them_from_midnight_to_midnight():
    layer = rotation("2026-11-02T00:00", weekdays=frozenset({0, 6}))
    assert told(shifts_of(layer, seconds("2026-11-02T00:00"), seconds("2026-11-10T00:00"))) == [
        ("A", "Sat 07 00:00", "Sun 08 00:00"),
        ("A", "Sun 08 00:00", "Mon 09 00:00"),
    ]


def test_two_rotations__at_the_same_time__are_on_call_together():
    other = Layer("other", (RotationGroup("C", {1: (3,)}),), datetime(2026, 11, 1, tzinfo=BERLIN))
    rota = Schedule(1, "Primary", 1, (rotation("2026-11-02T09:00"), other))
    (shift,) = final_shifts(rota, seconds("2026-11-03T00:00"), seconds("2026-11-04T00:00"))
    assert shift.group.roles == {1: (1, 3), 2: (9,)}


async def schedules(desk, **more):
    body = {"start": desk.now, "end": desk.now + 15 * DAY, "limit": 100} | more
    return {one["schedule_name"]: one for one in (await desk.gets("/schedule/list", body))["items"] or []}


async def test_schedules__without_a_window__come_without_layers_and_shifts(desk):
    for one in (await desk.gets("/schedule/list", {}))["items"]:
        assert all(one[name] is None for name in ("layers", "schedule_layers", "layer_schedules"))
        assert one["final_schedule"] == {"layer_name": "", "name": "", "mode": 0, "schedules": None}
        assert (one["cur_oncall"], one["next_oncall"]) == (None, None)


async def test_schedules__of_the_payments_team__are_one_of_every_kind(desk):
    found = await schedules(desk, team_ids=[4001])
    assert all(one["team_id"] == one["group_id"] == 4001 for one in found.values())
    assert [one["schedule_name"] for one in found.values() if one["disabled"]] == ["Payments pager (retired)"]
    assert [name for name, one in found.items() if not one["cur_oncall"]] == [
        "Payments 变更值守",
        "Payments 大促值班 🎏",
    ]
    assert found["Payments 大促值班 🎏"]["layers"] is None
    roles = found["Payments primary"]["cur_oncall"]["group"]["members"]
    assert [one["role_id"] for one in roles] == [1, 2]
    assert [one["mode"] for one in found["Payments primary"]["schedule_layers"]] == [0, 1]


async def test_a_watch__with_nobody_in_it__is_null_where_people_would_be(desk):
    shifts = (await schedules(desk, end=desk.now + 30 * DAY))["Search backup"]["final_schedule"]["schedules"]
    members = [shift["group"]["members"] for shift in shifts]
    assert members[0] == [{"role_id": 1, "person_ids": None}]
    assert members[2] is None


async def test_now_and_next__are_the_first_two_shifts(desk):
    one = (await schedules(desk))["Payments primary"]
    first, second = one["final_schedule"]["schedules"][:2]
    assert (one["cur_oncall"]["start"], one["cur_oncall"]["end"]) == (desk.now, first["end"])
    assert one["cur_oncall"]["group"]["members"] == first["group"]["members"]
    assert one["next_oncall"]["group"] == second["group"]


async def test_now__as_time_goes_by__moves_on(desk):
    before = (await schedules(desk))["Payments backup"]
    desk.clock.move_to(datetime.fromtimestamp(before["cur_oncall"]["end"], UTC))
    after = (await schedules(desk))["Payments backup"]
    assert after["cur_oncall"]["group"]["members"] == before["next_oncall"]["group"]["members"]


async def test_a_window_in_the_past__still_tells_who_is_on_call_now(desk):
    old = await schedules(desk, start=desk.now - 20 * DAY, end=desk.now - 10 * DAY)
    new = await schedules(desk)
    assert old["Payments primary"]["cur_oncall"] == new["Payments primary"]["cur_oncall"]
    assert old["Payments primary"]["final_schedule"] != new["Payments primary"]["final_schedule"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"query": "PAYMENTS back"}, ["Payments backup"]),
        ({"query": "值班"}, ["Payments 大促值班 🎏"]),
        ({"query": "nothing like it"}, []),
        ({"team_ids": [4002]}, ["Search primary", "Search backup"]),
        ({"limit": 1, "p": 2}, ["Payments backup"]),
    ],
)
async def test_schedules__filtered__are_those_that_match(desk, filters, names):
    assert list(await schedules(desk, **filters)) == names


async def test_schedules__without_a_limit__are_ten_to_a_page(desk):
    for number in range(8_001, 8_010):
        desk.account.schedules[number] = Schedule(number, f"Extra {number}", 4001, ())
    page = await desk.gets("/schedule/list", {})
    assert (len(page["items"]), page["total"]) == (10, 17)


async def test_schedule_info__is_the_same_record_as_in_the_list(desk):
    window = {"start": desk.now, "end": desk.now + DAY}
    one = await desk.gets("/schedule/info", {"schedule_id": 6003, **window})
    assert one == (await schedules(desk, **window))["Search primary"]


async def test_schedule_info__without_the_permission__is_denied(desk):
    body = {"schedule_id": 6001, "start": desk.now, "end": desk.now + DAY}
    assert (await desk.ask("/schedule/info", body, key="readonly")).code == "AccessDenied"
    assert (await desk.ask("/schedule/list", {}, key="readonly")).status == 200


async def test_shifts__of_every_schedule__follow_each_other_without_overlap(desk):
    for hours in range(0, 24 * 7, 5):
        desk.clock.shift(timedelta(hours=hours))
        start = int(desk.clock.now().timestamp())
        for one in (await schedules(desk, start=start, end=start + 15 * DAY)).values():
            shifts = one["final_schedule"]["schedules"] or []
            edges = [edge for shift in shifts for edge in (shift["start"], shift["end"])]
            assert edges == sorted(edges)
            assert all(shift["start"] < shift["end"] for shift in shifts)
