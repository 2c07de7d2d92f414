"""What people may write behind `at:`."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import FURTHEST, read_when, written

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 09:00 in Berlin


def local(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("at:+6h", TUESDAY + timedelta(hours=6)),
        ("at:+90m", TUESDAY + timedelta(minutes=90)),
        ("at:+1d12h", TUESDAY + timedelta(hours=36)),
        ("at:2w", TUESDAY + timedelta(days=14)),
        ("at:now", TUESDAY),
        ("at:18:00", local(24, 18)),
        ("at:08:30", local(25, 8, 30)),
        ("at:6pm", local(24, 18)),
        ("AT:12am", local(25, 0)),
        ("at:tomorrow", local(25, 9)),
        ('at:"tomorrow 18:00"', local(25, 18)),
        ("at:“tomorrow at 6 pm”", local(25, 18)),
        ("at: 'today 23:59'", local(24, 23, 59)),
        ("at:friday", local(27, 9)),
        ('at:"fri 07:00"', local(27, 7)),
        ('at:"tuesday 08:00"', datetime(2026, 12, 1, 8, tzinfo=BERLIN)),
        ('at:"tue 18:00"', local(24, 18)),
        ('at:"2026-11-25 18:00"', local(25, 18)),
        ("at:2026-11-25T17:00Z", local(25, 18)),
    ],
)
def test_at__means(said, meant):
    found = read_when(f"primary {said} sre", TUESDAY, BERLIN)
    assert found.at == meant
    assert found.words == "primary sre"


@pytest.mark.parametrize(
    "said",
    [
        "at:",
        'at:""',
        "at:soon",
        "at:25:00",
        "at:99d",
        "at:2026-13-40",
        'at:"yesterday 18:00"',
        "at:2025-01-01",
        "at:2026-11-25T99:00Z",
        'at:"friday noon"',
        "at:mo",
    ],
)
def test_at__what_is_no_moment_ahead__is_told(said):
    found = read_when(said, TUESDAY, BERLIN)
    assert found.at is None
    assert found.not_understood or said == "at:"


def test_without_at__everything_is_words():
    assert read_when("  primary chat:on ", TUESDAY, BERLIN).words == "primary chat:on"


def test_a_time_that_a_clock_change_skips__comes_an_hour_later():
    eve = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert read_when('at:"tomorrow 02:30"', eve, BERLIN).at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(st.integers(0, int(FURTHEST.total_seconds()) // 60))
def test_written__means_the_same_to_everybody(minutes):
    at = TUESDAY + timedelta(minutes=minutes)
    assert read_when(written(at), TUESDAY, ZoneInfo("Asia/Kathmandu")).at == at


@given(st.text(max_size=60))
def test_at__survives_any_text(text):
    read_when(f"at:{text}", TUESDAY, BERLIN)
    read_when(f'at:"{text}"', TUESDAY, BERLIN)
