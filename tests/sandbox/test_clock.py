from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_clock__that_is_frozen__moves_only_when_told():
    clock = Clock(NOON, frozen=True)
    assert clock.now() == clock.now() == NOON
    clock.shift(timedelta(minutes=-5))
    assert clock.now() == NOON - timedelta(minutes=5)
    clock.move_to(datetime.fromisoformat("2026-03-03T09:00+01:00"))
    assert clock.now() == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def test_clock__that_runs__keeps_running_from_where_it_was_set():
    clock = Clock(NOON)
    first = clock.now()
    assert timedelta(0) <= first - NOON < timedelta(seconds=5)
    clock.shift(timedelta(hours=1))
    assert clock.now() - first >= timedelta(hours=1)


def test_clock__without_a_time_zone__is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Clock(NOON.replace(tzinfo=None))


def test_clock__that_is_frozen_no_longer__goes_on_from_its_instant():
    clock = Clock(NOON, frozen=True)
    clock.thaw()
    assert not clock.is_frozen
    first = clock.now()
    assert NOON <= first < NOON + timedelta(minutes=1)
    clock.shift(timedelta(hours=1))
    assert clock.now() - first >= timedelta(hours=1)
