"""What people may write behind `at:`."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.oncall.time_expressions import MAX_AHEAD, TimeExpression, TimeProblem, parse_time, parse_zone, recall_time

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
        ("at:2026-11-25T18:00", local(25, 18)),
        ("at:6:30pm", local(24, 18, 30)),
        ('at:"12:30 am"', local(25, 0, 30)),
        ("at:noon", local(24, 12)),
        ("at:midnight", local(25, 0)),
        ("at:tonight", local(24, 20)),
        ("at:tonight 22:30", local(24, 22, 30)),
        ('at:"today midnight"', local(25, 0)),
        ('at:"friday noon"', local(27, 12)),
        ('at:"+6 h"', TUESDAY + timedelta(hours=6)),
        ('at:"1d 12h"', TUESDAY + timedelta(hours=36)),
        ("at:today", TUESDAY),
        ("at:tomorrow 18:00", local(25, 18)),
        ("at:tomorrow at 6 pm", local(25, 18)),
        ("at:friday 09:00", local(27, 9)),
        ("at:2026-11-27 18:00", local(27, 18)),
        ("at:today 18:00", local(24, 18)),
        ("at:6 pm", local(24, 18)),
        ("at:+6 h", TUESDAY + timedelta(hours=6)),
        ('at:"tomorrow 18:00', local(25, 18)),
        ("at: tomorrow noon", local(25, 12)),
    ],
)
def test_at__means(said, meant):
    found = parse_time(f"primary {said} sre", TUESDAY, BERLIN)
    assert found.at == meant
    assert found.words == "primary sre"


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("at:", TimeProblem.NOT_UNDERSTOOD),
        ('at:""', TimeProblem.NOT_UNDERSTOOD),
        ("at:soon", TimeProblem.NOT_UNDERSTOOD),
        ("at:25:00", TimeProblem.NOT_UNDERSTOOD),
        ("at:13:30pm", TimeProblem.NOT_UNDERSTOOD),
        ("at:0am", TimeProblem.NOT_UNDERSTOOD),
        ("at:2026-13-40", TimeProblem.NOT_UNDERSTOOD),
        ("at:2026-11-25T99:00Z", TimeProblem.NOT_UNDERSTOOD),
        ("at:tomorrow 25:00", TimeProblem.NOT_UNDERSTOOD),
        ("at:mo", TimeProblem.NOT_UNDERSTOOD),
        ("at:-6h", TimeProblem.OVER),
        ('at:"today 08:00"', TimeProblem.OVER),
        ('at:"yesterday 18:00"', TimeProblem.OVER),
        ("at:2025-01-01", TimeProblem.OVER),
        ("at:0001-01-01 00:00", TimeProblem.OVER),
        ("at:2026-11-24T07:58Z", TimeProblem.OVER),
        ("at:99d", TimeProblem.TOO_FAR),
        ("at:" + "9999w" * 60, TimeProblem.TOO_FAR),
        ("at:2026-12-25", TimeProblem.TOO_FAR),
        ("at:2026-12-24T08:01Z", TimeProblem.TOO_FAR),
        ("at:9999-12-31 23:59", TimeProblem.TOO_FAR),
        ("at:9999-12-31 midnight", TimeProblem.TOO_FAR),
        ("at:9999-12-31T23:59Z", TimeProblem.TOO_FAR),
    ],
)
def test_at__what_cannot_be_looked_at__is_told_with_the_reason(said, trouble):
    found = parse_time(said, TUESDAY, BERLIN)
    assert (found.at, found.problem) == (None, trouble)
    assert found.words == ""


def test_at__tells_what_stood_there():
    assert parse_time('p at:"Today  08:00" q', TUESDAY, BERLIN).text == "Today 08:00"
    assert parse_time("p at:tomorrow 25:00 q", TUESDAY, BERLIN).text == "tomorrow 25:00"


@pytest.mark.parametrize(("hour", "meant"), [(1, 20), (19, 20), (20, 20), (22, 22)])
def test_tonight__is_eight_in_the_evening__or_now_where_that_has_passed(hour, meant):
    assert parse_time("at:tonight", local(24, hour), BERLIN).at == local(24, meant)


@pytest.mark.parametrize("said", ["at:tomorrow", "at:+6h", "at:18:00", "at:friday noon"])
def test_words_behind_a_moment__are_words(said):
    assert parse_time(f"{said} primary 2", TUESDAY, BERLIN).words == "primary 2"


@pytest.mark.parametrize("words", ["18:00 shift", "6 pm shift", "noon shift", "1d", "tomorrow", '"x"', "at 6 pm"])
def test_words_behind_what_is_written__stay_words(words):
    at = TUESDAY + timedelta(hours=6)
    said = f"{at:%Y-%m-%dT%H:%MZ}"
    assert parse_time(f"at:{said} {words}", TUESDAY, BERLIN) == TimeExpression(at, words, said)


def test_a_weekday_of_next_week__keeps_its_time_when_the_clocks_change():
    friday = datetime(2026, 10, 23, 10, tzinfo=UTC)  # 12:00 in Berlin, two days before the clocks go back
    assert parse_time("at:friday 08:00", friday, BERLIN).at == datetime(2026, 10, 30, 8, tzinfo=BERLIN)


@pytest.mark.parametrize("words", ["in:Asia/Shanghai primary", "primary in:Asia/Shanghai", "IN:Asia/Shanghai primary"])
def test_in__names_a_zone(words):
    assert parse_zone(words, BERLIN) == (ZoneInfo("Asia/Shanghai"), "primary")


@pytest.mark.parametrize(
    "said",
    ["Mars/Base", "../../etc/passwd", "/etc/passwd", "Europe", "Europe/", "x" * 5000, "\0", "\ud800", "tzdata.zi", "."],
)
def test_in__an_unknown_zone__is_ignored(said):
    assert parse_zone(f"in:{said} primary", BERLIN) == (BERLIN, "primary")


def test_without_in__the_zone_is_the_askers():
    assert parse_zone("  primary within:x in: ", BERLIN) == (BERLIN, "primary within:x in:")


def test_without_at__everything_is_words():
    assert parse_time("  primary chat:on ", TUESDAY, BERLIN).words == "primary chat:on"


def test_a_time_that_a_clock_change_skips__comes_an_hour_later():
    eve = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert parse_time('at:"tomorrow 02:30"', eve, BERLIN).at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(st.integers(0, int(MAX_AHEAD.total_seconds()) // 60))
def test_written__means_the_same_to_everybody(minutes):
    at = TUESDAY + timedelta(minutes=minutes)
    assert parse_time(f"at:{at:%Y-%m-%dT%H:%MZ}", TUESDAY, ZoneInfo("Asia/Kathmandu")).at == at
    assert recall_time(at, "primary", TUESDAY).at == at


@pytest.mark.parametrize(
    ("moved", "trouble"),
    [(timedelta(minutes=-2), TimeProblem.OVER), (MAX_AHEAD + timedelta(minutes=1), TimeProblem.TOO_FAR)],
)
def test_a_moment_asked_for_earlier__is_judged_as_a_typed_one(moved, trouble):
    at = TUESDAY + moved
    recalled = recall_time(at, "primary", TUESDAY)
    assert recalled == TimeExpression(None, "primary", f"{at:%Y-%m-%dT%H:%MZ}", trouble)
    assert recalled == parse_time(f"at:{recalled.text} primary", TUESDAY, BERLIN)


COUNTS = st.sampled_from([0, 1, 9999]) | st.integers(0, 9999)
PIECES = st.tuples(COUNTS, st.sampled_from("mhdwW"), st.sampled_from(["", " "]))
SPANS = st.tuples(st.lists(PIECES, min_size=1, max_size=4), st.sampled_from([1, 1, 80])).map(
    lambda given: "".join(f"{count}{unit}{space}" for count, unit, space in given[0] * given[1]).strip()
)
TIMES = st.sampled_from(["00:00", "23:59", "8:30", "6pm", "12 am", "6:30 pm", "noon", "midnight"])
FIRST_AND_LAST = st.sampled_from([date.min, date.max])
DAYS = (FIRST_AND_LAST | st.dates()).map(date.isoformat) | st.sampled_from(
    ["today", "tonight", "tomorrow", "yesterday", "tue", "friday"]
)
SHAPES = (
    st.tuples(st.sampled_from(["", "+", "-", "+ "]), SPANS).map("".join)
    | TIMES
    | DAYS
    | st.tuples(DAYS, st.sampled_from([" ", " at ", "T", "t"]), TIMES, st.sampled_from(["", "Z", "z"])).map("".join)
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue"]).map(
    ZoneInfo
)


def assert_sound(found, now):
    if found.problem is not None:
        assert found.at is None
    elif found.at is not None:
        assert now - timedelta(minutes=1) <= found.at <= now + MAX_AHEAD


@given(st.text(max_size=60), ZONES)
def test_at__survives_any_text(text, zone):
    assert_sound(parse_time(f"at:{text}", TUESDAY, zone), TUESDAY)
    assert_sound(parse_time(f'at:"{text}"', TUESDAY, zone), TUESDAY)


@settings(max_examples=400)
@given(SHAPES, ZONES)
def test_at__survives_whatever_looks_like_a_moment(text, zone):
    assert_sound(parse_time(f"at:{text}", TUESDAY, zone), TUESDAY)
    assert_sound(parse_time(f'at:"{text}"', TUESDAY, zone), TUESDAY)


@given(st.text(max_size=60), ZONES)
def test_in__survives_any_text(text, zone):
    parse_zone(f"in:{text}", zone)
