"""Holes in the days ahead, against a reference that looks at every half hour."""

import re
from datetime import UTC, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, schedule, shift

from bot.flashduty import Person, Schedule
from bot.oncall.coverage import check_coverage
from bot.oncall.messages import coverage as words
from tests.bot.samples import ALONE

UNTIL = NOW + timedelta(days=14)
STEP = timedelta(minutes=30)
NOBODY, EVERYBODY = (), (ALICE, BOB, CAROL, WANG)


def person(number, status):
    return Person.model_validate({"person_id": number, "person_name": "x", "status": status})


def found(*schedules, people=PEOPLE):
    return check_coverage(schedules, people, now=NOW, until=UNTIL)


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


def test_schedules_with_gaps__are_counted_once_each__also_under_one_name():
    weekend = schedule("Weekend", shift(ahead(days=1), ahead(days=2), ALICE), number=1)
    namesake = schedule("Weekend", shift(ago(days=1), ahead(days=13), ALICE), number=2)
    whole = schedule("Primary", shift(ago(days=1), ahead(days=20), BOB), number=3)
    assert found(weekend, namesake, whole).schedules_with_gaps == 2


def test_what_is_over_before_the_clock_shows_the_next_minute__is_no_hole():
    late = NOW + timedelta(seconds=37)
    people = PEOPLE | {ALICE: person(ALICE, "disabled")}
    first = schedule("A", shift(ago(days=1), ahead(seconds=59), ALICE), shift(ahead(seconds=59), ahead(days=20), BOB))
    second = schedule("B", shift(ago(days=1), ahead(seconds=59), ALICE), shift(ahead(seconds=59), ahead(days=20), WANG))
    third = schedule("C", shift(ahead(seconds=50), ahead(days=20), CAROL))
    assert check_coverage([first, second, third], people, now=late, until=late + timedelta(days=14)).is_sound


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
    assert [(one.person_id, one.status) for one in found(rota, people=people).unreachable] == [
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
def schedule_cache(draw):
    """A few schedules of shifts that begin and end on half hours, in any order, with holes and overlaps."""
    names = "ABC"[: draw(st.integers(1, 3))]
    return [schedule(name, *draw(st.lists(shifts(), max_size=6)), number=n) for n, name in enumerate(names, 1)]


@st.composite
def shifts(draw):
    # The first and the last instant that is looked at are often an end of a shift.
    edges = st.sampled_from([0, 14 * 48]) | st.integers(-60, 15 * 48)
    start, end = sorted(draw(st.lists(edges, min_size=2, max_size=2, unique=True)))
    people = draw(st.sampled_from([NOBODY, (ALICE,), (BOB,), (ALICE, BOB), (CAROL, WANG)]))
    return shift(ahead(minutes=30 * start), ahead(minutes=30 * end), *people)


def odd_starts():
    """Instants at which nobody sets a clock, half a minute around a shift's end among them."""
    return st.sampled_from([-30, 0, 30]) | st.integers(-90, 90)


def half_hours(start):
    return [at for step in range(int((UNTIL - NOW) / STEP)) if (at := NOW + STEP * step) >= start]


def on_call_at(rota, at):
    return {person for one in rota.shifts if one.start <= at < one.end for person in one.person_ids}


def sampled(spans, at):
    return any(span.start <= at < span.end for span in spans)


@settings(max_examples=60, deadline=None)
@given(schedule_cache(), odd_starts())
def test_coverage__is_what_a_look_at_every_half_hour_finds(schedules, seconds):
    people = PEOPLE | {BOB: person(BOB, "disabled")}
    start = NOW + timedelta(seconds=seconds)
    seen = check_coverage(schedules, people, now=start, until=UNTIL)
    for at in half_hours(start):
        on = {rota.name: on_call_at(rota, at) for rota in schedules}
        for name, there in on.items():
            assert sampled([gap for gap in seen.gaps if gap.schedule == name], at) == (not there)
            assert sampled([one for one in seen.unreachable if one.schedule == name], at) == (BOB in there)
        for who in EVERYBODY:
            both = tuple(name for name, there in on.items() if who in there)
            told = [one.schedules for one in seen.overlaps if one.person_id == who and one.start <= at < one.end]
            assert told == ([both] if len(both) > 1 else [])


@settings(max_examples=60, deadline=None)
@given(schedule_cache(), odd_starts())
def test_coverage__tells_each_hole_whole__and_none_shorter_than_a_minute(schedules, seconds):
    """Two neighbouring entries that say the same would be one hole told twice."""
    start = NOW + timedelta(seconds=seconds)
    seen = check_coverage(
        schedules, PEOPLE | {BOB: person(BOB, "disabled")}, now=start, until=UNTIL + timedelta(seconds=seconds)
    )
    for spans, same in (
        (seen.gaps, lambda one: one.schedule),
        (seen.unreachable, lambda one: one.schedule),
        (seen.overlaps, lambda one: (one.person_id, one.schedules)),
    ):
        starts = {(same(one), one.start) for one in spans}
        assert all((same(one), one.end) not in starts for one in spans)
        assert all(start <= one.start < one.end <= seen.until for one in spans)
        assert all(one.end - one.start >= timedelta(minutes=1) for one in spans)


def shown(*schedules, people=PEOPLE):
    return "\n".join(words.coverage_rows(ALONE, found(*schedules, people=people), people, zone=UTC))


def test_what_lasts_to_the_end_of_what_is_looked_at__has_no_end():
    people = PEOPLE | {WANG: person(WANG, "disabled")}
    schedule_cache = [
        schedule("A", shift(ago(days=1), ahead(days=3), BOB), number=1),
        schedule("B", shift(ago(days=1), ahead(days=20), WANG), number=2),
        schedule("C", shift(ago(days=1), ahead(days=20), WANG), number=3),
    ]
    gap, out_of_reach, overlap = (line for line in _rows_by_kind(shown(*schedule_cache, people=people)))
    assert gap.endswith(" to the end of the 14 days")
    assert "nobody is on call* from <!date" in gap
    assert ">: their" in out_of_reach
    assert ", from <!date" in overlap
    assert " to <!date" not in gap + out_of_reach + overlap


def _rows_by_kind(text):
    for kind in ("nobody is on call", "cannot be paged", "at once"):
        yield next(line for line in text.splitlines() if kind in line)


def test_problems__are_in_order_of_time():
    people = PEOPLE | {CAROL: person(CAROL, "pending")}
    schedule_cache = [
        schedule("Nights", *(shift(ahead(days=day), ahead(hours=day * 24 + 12), BOB) for day in range(14)), number=1),
        schedule("A", shift(ago(days=1), ahead(days=2), ALICE), shift(ahead(days=2), ahead(days=20), WANG), number=2),
        schedule("B", shift(ago(days=1), ahead(days=2), ALICE), shift(ahead(days=2), ahead(days=20), CAROL), number=3),
    ]
    rows = shown(*schedule_cache, people=people).splitlines()
    assert len(rows) == 16
    begin = [int(re.search(r"\^(\d+)\^", row)[1]) for row in rows]
    assert begin == sorted(begin)


def test_schedules_that_share_people_again_and_again__are_one_row():
    nights = [shift(ahead(days=day), ahead(hours=day * 24 + 12), (ALICE, BOB)[day % 2]) for day in range(9)]
    rows = shown(schedule("A", *nights, number=1), schedule("B", *nights, number=2)).splitlines()
    (shared,) = [row for row in rows if "same person" in row]
    assert "on call on A, B, 9 times (Alice Chen, Bob Müller), first <!date^" in shared


def test_somebody_without_a_name__is_shown_by_their_address():
    invited = Person.model_validate(
        {"person_id": 99, "person_name": "", "email": "new@<i>.example", "status": "pending"}
    )
    text = shown(schedule("P", shift(ago(days=1), ahead(days=20), 99)), people={99: invited})
    assert "new@&lt;i&gt;.example cannot be paged" in text
