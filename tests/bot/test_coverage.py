"""Holes in the days ahead, against a reference that looks at every half hour."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, schedule, shift

from bot.coverage import coverage
from bot.flashduty import Person, Schedule

UNTIL = NOW + timedelta(days=14)
STEP = timedelta(minutes=30)
NOBODY, EVERYBODY = (), (ALICE, BOB, CAROL, WANG)


def person(number, status):
    return Person.model_validate({"person_id": number, "person_name": "x", "status": status})


def found(*schedules, people=PEOPLE):
    return coverage(schedules, people, NOW, UNTIL)


def test_a_schedule_without_a_hole__leaves_nothing_to_say():
    rota = schedule("Primary", shift(ago(days=1), ahead(days=7), ALICE), shift(ahead(days=7), ahead(days=20), BOB))
    assert found(rota).is_sound


def test_gaps__are_what_no_shift_covers():
    rota = schedule("Primary", shift(ago(days=1), ahead(hours=4), ALICE), shift(ahead(hours=6), ahead(days=13), BOB))
    gaps = found(rota).gaps
    assert [(gap.start, gap.end) for gap in gaps] == [
        (NOW + timedelta(hours=4), NOW + timedelta(hours=6)),
        (NOW + timedelta(days=13), UNTIL),
    ]
    assert found(rota).time_without_anybody == timedelta(hours=26)


def test_a_shift_of_nobody__is_a_gap():
    (gap,) = found(schedule("Primary", shift(ago(days=1), ahead(days=20)))).gaps
    assert (gap.start, gap.end) == (NOW, UNTIL)


def test_a_schedule_of_which_only_this_moment_is_known__has_no_gaps():
    record = schedule("Primary").model_dump(by_alias=True) | {"cur_oncall": shift(ago(days=1), ahead(hours=1), ALICE)}
    assert found(Schedule.model_validate(record)).is_sound


def test_a_disabled_schedule__is_left_out():
    assert found(Schedule.model_validate({"id": 1, "name": "Old", "disabled": 1})).is_sound


def test_people_whose_account_is_not_in_use__are_named_with_their_shifts():
    people = PEOPLE | {BOB: person(BOB, "pending"), CAROL: person(CAROL, "deleted"), WANG: person(WANG, "enabled")}
    rota = schedule("P", shift(ago(days=1), ahead(days=1), BOB, WANG), shift(ahead(days=1), ahead(days=20), CAROL))
    assert [(one.person_id, one.status) for one in found(rota, people=people).out_of_reach] == [
        (BOB, "pending"),
        (CAROL, "deleted"),
    ]


def test_people_who_could_not_be_looked_up__are_counted():
    assert found(schedule("P", shift(ago(days=1), ahead(days=20), 99)), people={}).not_known == (99,)


def test_one_person_in_two_roles_of_one_schedule__is_no_overlap():
    both = shift(ago(days=1), ahead(days=20), ALICE)
    both["group"]["members"].append({"role_id": 2, "person_ids": [ALICE]})
    assert found(schedule("P", both)).is_sound


def test_overlaps__are_cut_where_the_schedules_change():
    first = schedule("A", shift(ago(days=1), ahead(days=20), ALICE), number=1)
    second = schedule(
        "B", shift(ahead(hours=2), ahead(hours=9), ALICE), shift(ahead(hours=9), ahead(days=20), BOB), number=2
    )
    third = schedule(
        "C", shift(ahead(hours=4), ahead(hours=6), ALICE), shift(ahead(hours=6), ahead(days=20), BOB), number=3
    )
    overlaps = [one for one in found(first, second, third).overlaps if one.person_id == ALICE]
    assert [(one.schedules, one.start, one.end) for one in overlaps] == [
        (("A", "B"), NOW + timedelta(hours=2), NOW + timedelta(hours=4)),
        (("A", "B", "C"), NOW + timedelta(hours=4), NOW + timedelta(hours=6)),
        (("A", "B"), NOW + timedelta(hours=6), NOW + timedelta(hours=9)),
    ]


@st.composite
def rotas(draw):
    """A few schedules of shifts that begin and end on half hours, in any order, with holes and overlaps."""
    names = "ABC"[: draw(st.integers(1, 3))]
    return [schedule(name, *draw(st.lists(shifts(), max_size=6)), number=n) for n, name in enumerate(names, 1)]


@st.composite
def shifts(draw):
    start = draw(st.integers(-60, 14 * 48 + 20))
    length = draw(st.integers(1, 14 * 48))
    people = draw(st.sampled_from([NOBODY, (ALICE,), (BOB,), (ALICE, BOB), (CAROL, WANG)]))
    return shift(ahead(minutes=30 * start), ahead(minutes=30 * (start + length)), *people)


def half_hours():
    return [NOW + STEP * step for step in range(int((UNTIL - NOW) / STEP))]


def on_call_at(rota, at):
    return {person for one in rota.shifts if one.start <= at < one.end for person in one.person_ids}


def sampled(spans, at):
    return any(span.start <= at < span.end for span in spans)


@settings(max_examples=60, deadline=None)
@given(rotas())
def test_coverage__is_what_a_look_at_every_half_hour_finds(schedules):
    people = PEOPLE | {BOB: person(BOB, "disabled")}
    seen = coverage(schedules, people, NOW, UNTIL)
    for at in half_hours():
        on = {rota.name: on_call_at(rota, at) for rota in schedules}
        for name, there in on.items():
            assert sampled([gap for gap in seen.gaps if gap.schedule == name], at) == (not there)
            assert sampled([one for one in seen.out_of_reach if one.schedule == name], at) == (BOB in there)
        for who in EVERYBODY:
            both = tuple(name for name, there in on.items() if who in there)
            told = [one.schedules for one in seen.overlaps if one.person_id == who and one.start <= at < one.end]
            assert told == ([both] if len(both) > 1 else [])


@settings(max_examples=60, deadline=None)
@given(rotas())
def test_coverage__tells_each_hole_whole(schedules):
    """Two neighbouring entries that say the same would be one hole told twice."""
    seen = coverage(schedules, PEOPLE | {BOB: person(BOB, "disabled")}, NOW, UNTIL)
    for spans, same in (
        (seen.gaps, lambda one: one.schedule),
        (seen.out_of_reach, lambda one: one.schedule),
        (seen.overlaps, lambda one: (one.person_id, one.schedules)),
    ):
        starts = {(same(one), one.start) for one in spans}
        assert all((same(one), one.end) not in starts for one in spans)
        assert all(NOW <= one.start < one.end <= UNTIL for one in spans)
