from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import ALICE, BOB, NOW, ago, ahead, schedule, shift

from bot.week import Stretch, week, window

BERLIN = ZoneInfo("Europe/Berlin")


def test_days__begin_at_local_midnight():
    found = week(
        [schedule("P", shift(ago(days=1), ahead(hours=4), ALICE), shift(ahead(hours=4), ahead(days=9), BOB))],
        NOW,
        BERLIN,
    )
    assert found.days[0] == date(2026, 11, 24)
    first, second = found.schedules[0].days[:2]
    assert first == (Stretch(None, (ALICE,)), Stretch(time(13), (BOB,)))
    assert second == (Stretch(None, (BOB,)),)
    assert found.person_ids == (ALICE, BOB)


def test_nobody__is_a_stretch_too():
    (one,) = week([schedule("P", shift(ahead(hours=1), ahead(hours=2), ALICE))], NOW, BERLIN).schedules
    assert one.days[0] == (Stretch(None, ()), Stretch(time(10), (ALICE,)), Stretch(time(11), ()))


def test_the_day_of_a_clock_change__is_longer():
    now = datetime(2026, 10, 25, 10, tzinfo=UTC)
    start, end = window(now, BERLIN)
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
    found = week([rota], now, zone)
    start, end = window(now, zone)
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
