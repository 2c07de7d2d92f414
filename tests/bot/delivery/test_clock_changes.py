"""Every time zone that changes its offset in 2026 or 2027, at every half-hour: one digest per nominal local date.

A window is one change of one zone and one half-hour: the day before the change, its day and the two days after. Zones
count by their names of area and place (Europe/Berlin); other names of the same zones (CET, US/Eastern) do not.
"""

import json
import os
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.config.plans import EVERY_DAY, DigestPlan
from bot.delivery.due import due_from, due_now

IS_FULL = os.environ.get("FULL_PROOF") == "1"
YEARS = (2026, 2027)
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
OTHER_NAMES = ("US/", "Etc/", "Canada/", "Brazil/", "Mexico/", "Chile/", "posix/", "right/")
HOUR = timedelta(hours=1)


def changes(zone):
    """The UTC hours before which the zone changes its offset."""
    hour, end = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
    found, before = [], hour.astimezone(zone).utcoffset()
    while hour < end:
        hour += HOUR
        after = hour.astimezone(zone).utcoffset()
        if after != before:
            found.append(hour)
        before = after
    return found


@cache
def changing_zones():
    names = (name for name in sorted(available_timezones()) if "/" in name and not name.startswith(OTHER_NAMES))
    found = {name: changes(ZoneInfo(name)) for name in names}
    return {name: hours for name, hours in found.items() if hours}


def expected(zone, on, at, change):
    """The slow, obvious answer: try both offsets, take the first instant that reads so, else the old offset."""
    read = datetime.combine(on, at)
    offsets = [(change - HOUR).astimezone(zone).utcoffset(), change.astimezone(zone).utcoffset()]
    instants = [(read - offset).replace(tzinfo=UTC) for offset in offsets]
    fitting = [instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == read]
    return min(fitting, default=instants[0])


def fired(plan, begin, end):
    """What a bot that wakes up every two hours posts, with a ledger that knows what is done."""
    ledger, now = {}, begin
    while now <= end:
        for due in due_now(plan, now):
            ledger.setdefault(due.on, []).append(due.at)
        now += 2 * HOUR
    return ledger


def wrong_windows(name):
    zone = ZoneInfo(name)
    for change in changing_zones()[name]:
        middle = (change - timedelta(minutes=1)).astimezone(zone).date()
        dates = [middle + timedelta(days=n) for n in (-1, 0, 1, 2)]
        for at in HALF_HOURS:
            right = {on: expected(zone, on, at, change) for on in dates}
            plan = DigestPlan("C0DIGEST", at, zone, EVERY_DAY)
            found = fired(plan, right[dates[0]] - 2 * HOUR, right[dates[-1]] + 4 * HOUR)
            once = {on: instants[0] for on, instants in found.items() if len(set(instants)) == 1}
            if {on: once.get(on) for on in dates} != right or len(once) != len(found):
                yield name, change, at


def test_every_zone__fires_once_per_nominal_date_around_its_changes(record_property):
    zones = list(changing_zones())[:: 1 if IS_FULL else 12]
    wrong = [window for name in zones for window in wrong_windows(name)]
    windows = sum(len(changing_zones()[name]) for name in zones) * len(HALF_HOURS)
    record_property("figures", f"clock changes: {len(wrong)} wrong of {windows:,} windows in {len(zones)} zones")
    assert wrong == []
    assert windows > (30_000 if IS_FULL else 2_000)


@given(
    st.sampled_from(sorted(changing_zones())),
    st.sampled_from(HALF_HOURS),
    st.integers(0, 700 * 24 * 60),
    st.lists(st.integers(1, 175), min_size=1, max_size=60),
)
def test_within_reach__however_irregular_the_wake_ups__misses_and_repeats_no_date(name, at, first, minutes):
    plan = DigestPlan("C0DIGEST", at, ZoneInfo(name), EVERY_DAY)
    start = now = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=first)
    done = {}
    for step in minutes:
        now += timedelta(minutes=step)
        for due in due_now(plan, now):
            assert done.setdefault(due.on, due.at) == due.at
            assert now - plan.catch_up < due.at <= now
    assert {due.on for due in _all_due(plan, start, now)} <= set(done)


def _all_due(plan, start, now):
    for due in due_from(plan, start.astimezone(plan.timezone).date() - timedelta(days=1)):
        if due.at > now:
            return
        if due.at > start:
            yield due


def printed(capsys, *words):
    assert main(["digest", "times", *words], {}) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_digest_times__prints_what_will_be_posted_across_a_change(capsys):
    lines = printed(capsys, "--timezone", "America/New_York", "--time", "02:30", "--from", "2026-03-07", "--count", "3")
    assert lines == [
        {"date": "2026-03-07", "utc": "2026-03-07T07:30:00Z"},
        {"date": "2026-03-08", "utc": "2026-03-08T07:30:00Z"},
        {"date": "2026-03-09", "utc": "2026-03-09T06:30:00Z"},
    ]


def test_digest_times__of_some_days_only(capsys):
    words = ["--timezone", "UTC", "--time", "9:00", "--from", "2026-11-27", "--count", "2", "--days", "mon-fri"]
    assert [line["date"] for line in printed(capsys, *words)] == ["2026-11-27", "2026-11-30"]


def test_digest_times__are_the_ones_that_fire(capsys):
    words = ["--timezone", "Europe/Berlin", "--time", "02:30", "--from", "2026-10-24", "--count", "4"]
    plan = DigestPlan("C0DIGEST", time(2, 30), ZoneInfo("Europe/Berlin"), EVERY_DAY)
    for line in printed(capsys, *words):
        (due,) = due_now(plan, datetime.fromisoformat(line["utc"]))
        assert due.on == date.fromisoformat(line["date"])


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("--timezone", "Europe/Berln", "did you mean Europe/Berlin"),
        ("--time", "9am", "00:00 to 23:59"),
        ("--from", "24.11.2026", "is not a date"),
        ("--count", "0", "from 1 to"),
    ],
)
def test_digest_times__asked_wrongly__says_what_is_wrong(capsys, name, value, says):
    words = {"--timezone": "UTC", "--time": "09:00", "--from": "2026-11-24", "--count": "1", name: value}
    with pytest.raises(SystemExit) as ended:
        main(["digest", "times", *(word for pair in words.items() for word in pair)], {})
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
