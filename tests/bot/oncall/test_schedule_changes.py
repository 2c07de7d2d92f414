"""Who gained and who lost which time on call between two mornings."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import ALICE, BOB, CAROL, NOW, ahead, schedule, shift

from bot.flashduty import Schedule
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD, ScheduleChanges, Snapshot, compare_snapshots, take_snapshot

YESTERDAY = NOW - timedelta(days=1)
HOUR = timedelta(hours=1)


def kept(*schedules, at=YESTERDAY):
    """A snapshot that went through JSON, as it does from one day to the next."""
    taken = take_snapshot(schedules, at, at + MAX_LOOK_AHEAD)
    return Snapshot.from_json(json.loads(json.dumps(taken.as_json())))


def today(*schedules):
    return take_snapshot(schedules, NOW, NOW + MAX_LOOK_AHEAD)


def daily(*people, first=-2, last=46):
    """A rotation by days, in which the given people take turns; shifts change at 08:00 UTC."""
    return [shift(ahead(days=day), ahead(days=day + 1), people[day % len(people)]) for day in range(first, last)]


def test_the_window__stays_below_what_flashduty_takes():
    assert timedelta(days=44) < MAX_LOOK_AHEAD < timedelta(days=45)


def test_a_moving_horizon__is_no_change():
    before = kept(schedule("P", *daily(ALICE, BOB, CAROL, last=44)))
    after = today(schedule("P", *daily(ALICE, BOB, CAROL, first=0, last=45)))
    assert not compare_snapshots(before, after)


def test_shifts_cut_at_the_edge_of_the_window__are_no_change():
    before = kept(schedule("P", shift(ahead(days=-1), ahead(days=44), ALICE)))
    after = today(schedule("P", shift(ahead(hours=0), ahead(days=45), ALICE)))
    assert not compare_snapshots(before, after)


def test_what_is_over__is_no_change():
    before = kept(
        schedule("P", shift(ahead(hours=-20), ahead(hours=-1), BOB), shift(ahead(hours=-1), ahead(days=50), ALICE))
    )
    assert not compare_snapshots(before, today(schedule("P", shift(ahead(hours=-1), ahead(days=50), ALICE))))


def test_an_override__shows_who_gained_and_who_lost_it():
    before = kept(schedule("P", *daily(ALICE, BOB)))
    days = daily(ALICE, BOB)
    at = next(n for n, one in enumerate(days) if one["start"] == ahead(days=3))
    days[at : at + 1] = [
        shift(ahead(days=3), ahead(days=3, hours=6), BOB),
        shift(ahead(days=3, hours=6), ahead(days=3, hours=8), CAROL),
        shift(ahead(days=3, hours=8), ahead(days=4), BOB),
    ]
    (change,) = compare_snapshots(before, today(schedule("P", *days))).shifts
    assert (change.schedule, change.lost, change.gained) == ("P", (BOB,), (CAROL,))
    assert (change.start, change.end) == (NOW + timedelta(days=3, hours=6), NOW + timedelta(days=3, hours=8))


def test_a_shift_nobody_has_any_more__gained_nobody():
    before = kept(schedule("P", shift(ahead(days=-2), ahead(days=50), ALICE)))
    after = today(
        schedule("P", shift(ahead(days=-2), ahead(days=5), ALICE), shift(ahead(days=6), ahead(days=50), ALICE))
    )
    (change,) = compare_snapshots(before, after).shifts
    assert (change.lost, change.gained) == ((ALICE,), ())
    assert change.end - change.start == timedelta(days=1)


def test_an_exchange_of_roles__is_a_change_without_losses():
    def both(first, second):
        one = shift(ahead(days=-2), ahead(days=50), first)
        one["group"]["members"].append({"role_id": 2, "person_ids": [second]})
        return schedule("P", one)

    (change,) = compare_snapshots(kept(both(ALICE, BOB)), today(both(BOB, ALICE))).shifts
    assert (change.lost, change.gained) == ((), ())


def test_new_and_vanished_schedules__are_told_once():
    before = kept(schedule("Old", *daily(ALICE), number=1), schedule("Same", *daily(BOB), number=2))
    after = today(schedule("Renamed", *daily(BOB), number=2), schedule("New", *daily(CAROL), number=3))
    assert compare_snapshots(before, after) == ScheduleChanges(
        added=("New",), removed=("Old",), until=min(before.end, after.end)
    )


def test_a_schedule_of_which_only_this_moment_is_known__is_not_compared():
    record = schedule("P").model_dump(by_alias=True) | {"cur_oncall": shift(ahead(days=-1), ahead(hours=1), ALICE)}
    vague = Schedule.model_validate(record)
    assert not compare_snapshots(kept(vague), today(schedule("P", *daily(ALICE, BOB))))
    assert not compare_snapshots(kept(schedule("P", *daily(ALICE, BOB))), today(vague))


def test_a_snapshot_older_than_the_window__leaves_nothing_to_compare():
    before = kept(schedule("P", *daily(ALICE)), at=NOW - timedelta(days=60))
    assert not compare_snapshots(before, today(schedule("P", *daily(BOB))))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"format": 0},
        {"format": 1, "start": 1},
        {"format": 1, "start": "x", "end": 2, "schedules": []},
        {"format": 1, "start": 1, "end": 2, "schedules": [{"id": 1, "name": "P", "shifts": [[1, 2]]}]},
        {"format": 1, "start": 1, "end": 10**30, "schedules": []},
    ],
)
def test_what_is_no_snapshot__is_refused(wrong):
    with pytest.raises(ValueError, match=r"snapshot|unpack"):
        Snapshot.from_json(wrong)


@st.composite
def plans(draw):
    """Two plans of the same schedule by hours, the second with some hours given to others."""
    first = draw(st.lists(st.sampled_from([None, ALICE, BOB]), min_size=1, max_size=24))
    second = [draw(st.sampled_from([hour, hour, CAROL])) for hour in first]
    return first, second


def planned(hours):
    spans = [shift(ahead(hours=n), ahead(hours=n + 1), *([who] if who else [])) for n, who in enumerate(hours)]
    return schedule("P", *spans)


@settings(max_examples=100, deadline=None)
@given(plans())
def test_changes__are_what_a_look_at_every_hour_finds(both):
    first, second = both
    found = compare_snapshots(kept(planned(first)), today(planned(second))).shifts
    for hour, (old, new) in enumerate(zip(first, second, strict=True)):
        at = NOW + hour * HOUR
        told = [(one.lost, one.gained) for one in found if one.start <= at < one.end]
        expected = ((old,) if old else (), (new,) if new else ())
        assert told == ([expected] if old != new else [])
    edges = [(one.lost, one.gained, one.start) for one in found]
    assert all((one.lost, one.gained, one.end) not in edges for one in found)
