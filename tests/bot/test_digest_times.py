"""Exactly one digest per nominal local date, in every zone that changes its offset."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.digest_times import EVERY_DAY, MON_TO_FRI, DigestPlan, instant, latest_due, upcoming

NEW_YORK = ZoneInfo("America/New_York")


def plan(at, zone=NEW_YORK, days=EVERY_DAY):
    return DigestPlan("C0DIGEST", at, zone, days)


@pytest.mark.parametrize(
    ("on", "at", "utc"),
    [
        (
            date(2026, 3, 8),
            time(2, 30),
            datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
        ),  # skipped by the clock: 03:30
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # comes twice: the first
        (date(2026, 3, 9), time(0, 0), datetime(2026, 3, 9, 4, 0, tzinfo=UTC)),
        (date(2026, 7, 1), time(9, 0), datetime(2026, 7, 1, 13, 0, tzinfo=UTC)),
    ],
)
def test_instant__of_a_local_time(on, at, utc):
    assert instant(plan(at), on) == utc


def test_upcoming__leaves_out_other_weekdays():
    friday_noon = datetime(2026, 11, 27, 12, tzinfo=NEW_YORK)
    found = list(islice(upcoming(plan(time(9), days=MON_TO_FRI), friday_noon), 2))
    assert [due.on for due in found] == [date(2026, 11, 30), date(2026, 12, 1)]


def test_latest_due__is_none__when_nothing_came_due():
    after = datetime(2026, 11, 24, 9, 0, tzinfo=NEW_YORK)
    assert latest_due(plan(time(9)), after, after + timedelta(hours=23, minutes=59)) is None


def test_latest_due__is_the_last_one__when_several_were_missed():
    after = datetime(2026, 11, 24, 9, 0, tzinfo=NEW_YORK)
    due = latest_due(plan(time(9)), after, after + timedelta(days=3))
    assert due is not None
    assert due.on == date(2026, 11, 27)


def _changes(zone, year):
    begin = datetime(year, 1, 1, tzinfo=UTC)
    offsets = [(begin + timedelta(days=n)).astimezone(zone).utcoffset() for n in range(367)]
    return [n for n in range(366) if offsets[n] != offsets[n + 1]]


def _zones_that_change():
    found = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        days = {(year, n) for year in (2026, 2027) for n in _changes(zone, year)}
        if days:
            found[name] = days
    return found


ZONES = _zones_that_change()
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]


def _fires(wanted, begin, end):
    """Every digest that waking up every six hours finds, through the code that posts them."""
    step = timedelta(hours=6)
    wake_ups = [begin + step * n for n in range((end - begin) // step + 1)]
    found = (latest_due(wanted, after, after + step) for after in wake_ups)
    return [due for due in found if due]


@pytest.mark.parametrize("name", sorted(ZONES)[::12])
def test_every_zone__fires_once_per_local_date_around_its_changes(name):
    zone = ZoneInfo(name)
    for year, day in sorted(ZONES[name]):
        change = date(year, 1, 1) + timedelta(days=day)
        dates = [change + timedelta(days=n) for n in (-1, 0, 1, 2)]
        for at in HALF_HOURS:
            wanted = plan(at, zone)
            begin = datetime.combine(dates[0], time(0), tzinfo=zone).astimezone(UTC) - timedelta(hours=3)
            end = datetime.combine(dates[-1], time(23, 59), tzinfo=zone).astimezone(UTC) + timedelta(hours=3)
            fired = [due.on for due in _fires(wanted, begin, end) if dates[0] <= due.on <= dates[-1]]
            assert fired == dates, (name, at)
