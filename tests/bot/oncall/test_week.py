from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import ALICE, BOB, NOW, PEOPLE, ago, ahead, schedule, shift

from bot.flashduty import Person, Schedule
from bot.messages.names import plain_names
from bot.oncall.messages.now import entry_text
from bot.oncall.messages.week import week_table
from bot.oncall.shifts import on_call
from bot.oncall.week import DaySegment, week_of, week_window
from tests.bot.samples import ALONE

BERLIN = ZoneInfo("Europe/Berlin")


def test_days__begin_at_local_midnight():
    found = week_of(
        [schedule("P", shift(ago(days=1), ahead(hours=4), ALICE), shift(ahead(hours=4), ahead(days=9), BOB))],
        NOW,
        BERLIN,
    )
    assert found.days[0] == date(2026, 11, 24)
    first, second = found.schedules[0].days[:2]
    assert first == (DaySegment(None, (ALICE,)), DaySegment(time(13), (BOB,)))
    assert second == (DaySegment(None, (BOB,)),)
    assert found.person_ids == (ALICE, BOB)


def test_nobody__is_a_stretch_too():
    (one,) = week_of([schedule("P", shift(ahead(hours=1), ahead(hours=2), ALICE))], NOW, BERLIN).schedules
    assert one.days[0] == (DaySegment(None, ()), DaySegment(time(10), (ALICE,)), DaySegment(time(11), ()))


def only_this_moment(now=None, following=None):
    """A schedule of which Flashduty tells what is now and next, and no shifts of the days ahead."""
    record = schedule("P").model_dump(by_alias=True) | {"cur_oncall": now, "next_oncall": following}
    return Schedule.model_validate(record)


def days_of(rota):
    return week_of([rota], NOW, BERLIN).schedules[0].days


UNKNOWN = (DaySegment(None, (), is_known=False),)


def test_what_flashduty_does_not_tell__is_not_known():
    first, second, *others = days_of(only_this_moment(shift(ago(hours=2), ahead(hours=4), ALICE)))
    assert first == (
        DaySegment(None, (), is_known=False),
        DaySegment(time(7), (ALICE,)),
        DaySegment(time(13), (), is_known=False),
    )
    assert [second, *others] == [UNKNOWN] * 6


def test_up_to_the_next_shift_that_is_told__nobody_is_nobody():
    rota = only_this_moment(shift(ago(days=1), ahead(hours=4), ALICE), shift(ahead(hours=24), ahead(hours=30), BOB))
    first, second, third, *_ = days_of(rota)
    assert first == (DaySegment(None, (ALICE,)), DaySegment(time(13), ()))
    assert second == (DaySegment(None, ()), DaySegment(time(9), (BOB,)), DaySegment(time(15), (), is_known=False))
    assert third == UNKNOWN


def test_a_next_shift_after_the_week__leaves_the_week_to_nobody():
    assert days_of(only_this_moment(None, shift(ahead(days=20), ahead(days=21), BOB))) == ((DaySegment(None, ()),),) * 7


def test_a_shift_of_nobody_that_is_told__is_known():
    first, *_ = days_of(only_this_moment(shift(ago(hours=2), ahead(hours=4))))
    assert first == (
        DaySegment(None, (), is_known=False),
        DaySegment(time(7), ()),
        DaySegment(time(13), (), is_known=False),
    )


def test_cells__tell_nobody_from_not_known():
    table = week_table(
        ALONE,
        week_of([only_this_moment(shift(ago(days=1), ahead(hours=4), ALICE)), schedule("Q")], NOW, BERLIN),
        PEOPLE,
        words="",
        team="payments",
    )
    rows = table.payload["blocks"][1]["rows"]
    cells = [[cell["text"] for cell in column] for column in zip(*rows, strict=True)]
    assert cells[0] == ["Day", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28", "Sun 29", "Mon 30"]
    assert cells[1][1:] == ["Alice Chen → 13:00 not known", *["not known"] * 6]
    assert cells[2][1:] == ["nobody"] * 7


def at(rota, **later):
    return entry_text(ALONE, on_call(rota, NOW + timedelta(**later), NOW + timedelta(days=15, **later)), PEOPLE)


def test_on_call_then__where_flashduty_tells_only_this_moment__is_not_known():
    rota = only_this_moment(shift(ago(days=1), ahead(hours=4), ALICE))
    assert at(rota, hours=1).endswith("\nFlashduty does not say who is next.")
    assert at(rota, hours=6) == "⚠️ *P*: schedule not available for that time"
    assert "nobody is on call" in at(only_this_moment(None, shift(ahead(hours=24), ahead(hours=30), BOB)), hours=6)


def test_nobody_follows__does_not_sound_as_if_somebody_came():
    text = at(schedule("P", shift(ago(days=1), ahead(hours=4), ALICE)))
    assert "\nNo one scheduled after that (checked to <!date^" in text
    assert "until" not in text.splitlines()[1]


def test_a_person_without_a_name__is_shown_by_their_address():
    invited = Person.model_validate({"person_id": 99, "person_name": "", "email": "new@harbor.example"})
    assert plain_names(ALONE, [99, 98], {99: invited}) == "new@harbor.example, Person 98"


def test_the_day_of_a_clock_change__is_longer():
    now = datetime(2026, 10, 25, 10, tzinfo=UTC)
    start, end = week_window(now, BERLIN)
    assert end.timestamp() - start.timestamp() == timedelta(days=7, hours=1).total_seconds()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-30, 200), st.integers(1, 60), st.sampled_from([ALICE, BOB])), max_size=6),
    st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/New_York", "UTC"]),
    st.sampled_from([NOW, datetime(2026, 10, 24, 8, tzinfo=UTC), datetime(2026, 3, 28, 8, tzinfo=UTC)]),
)
def test_stretches__are_what_a_look_at_every_quarter_finds(shifts, zone, now):
    zone = ZoneInfo(zone)
    begin = int(now.timestamp())
    rota = schedule("P", *(shift(begin + 3600 * at, begin + 3600 * (at + long), who) for at, long, who in shifts))
    found = week_of([rota], now, zone)
    start, end = week_window(now, zone)
    for seconds in range(int(start.timestamp()), int(end.timestamp()), 900):
        at = datetime.fromtimestamp(seconds, zone)
        day = found.schedules[0].days[found.days.index(at.date())]
        on = {person for one in rota.shifts if one.start <= at < one.end for person in one.person_ids}
        comes_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        if comes_twice or (at - timedelta(hours=1)).utcoffset() != at.utcoffset():
            continue  # a clock face that comes twice names two stretches
        told = [one for one in day if one.start is None or one.start <= at.time()]
        if at.utcoffset() == datetime.combine(at.date(), time(), zone).utcoffset():
            assert set(told[-1].person_ids) == on
