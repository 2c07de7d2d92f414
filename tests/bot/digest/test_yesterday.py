"""Yesterday beside the same weekday of the last four weeks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from recorded import team_with

from bot.digest.messages import yesterday as words
from bot.digest.yesterday import compare_yesterday, yesterday_query
from bot.flashduty import Figures
from bot.incidents.figures import DayFigures
from bot.messages.message import Message
from bot.messages.text import WORD_JOINER
from tests.bot.samples import ALONE

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 11, 24)


def row(days_ago, zone=BERLIN, **given):
    midnight = datetime.combine(TUESDAY, datetime.min.time(), zone) - timedelta(days=days_ago)
    return Figures.model_validate({"ts": int(midnight.timestamp())} | given)


def team(zone=BERLIN, **given):
    return team_with(timezone=zone, **given)


def test_yesterday_query__covers_four_weeks_and_a_day_of_the_teams_own_time():
    asked = yesterday_query(team(flashduty_team_ids=(4001,), flashduty_channel_ids=(5001,)), TUESDAY)
    assert asked.start == datetime(2026, 10, 26, tzinfo=BERLIN)
    assert asked.end == datetime(2026, 11, 24, tzinfo=BERLIN)
    assert asked.body() == {
        "start_time": 1792969200,
        "end_time": 1795474800,
        "team_ids": [4001],
        "channel_ids": [5001],
        "aggregate_unit": "day",
        "split_hours": True,
        "time_zone": "Europe/Berlin",
    }


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"])
@pytest.mark.parametrize("on", [date(2026, 3, 30), date(2026, 11, 3), date(2026, 1, 1)])
def test_yesterday_query__stays_within_a_month_whatever_the_clocks_do(zone, on):
    asked = yesterday_query(team(ZoneInfo(zone)), on)
    assert timedelta(days=28) < asked.end.astimezone(ZoneInfo("UTC")) - asked.start.astimezone(ZoneInfo("UTC"))
    assert asked.end.timestamp() - asked.start.timestamp() < timedelta(days=31).total_seconds()


def test_only_the_same_weekday_is_usual():
    found = compare_yesterday(
        [
            row(1, total_incident_cnt=4),
            row(2, total_incident_cnt=99),
            row(8, total_incident_cnt=3),
            row(29, total_incident_cnt=5),
        ],
        BERLIN,
        TUESDAY,
    )
    assert found.on == date(2026, 11, 23)
    assert found.day.incidents == 4
    assert found.usual.incidents == 8
    assert found.usual_count(found.usual.incidents) == 2


@pytest.mark.parametrize(
    ("first_row", "weeks", "usual"),
    [(29, 4, 2), (28, 3, 8 / 3), (22, 3, 8 / 3), (16, 2, 4), (15, 2, 4), (14, 1, 8), (8, 1, 8)],
)
def test_usual__is_divided_by_the_weeks_that_can_have_figures(first_row, weeks, usual):
    found = compare_yesterday([row(1), row(8, total_incident_cnt=8), row(first_row)], BERLIN, TUESDAY)
    assert found.weeks == weeks
    assert found.usual_count(found.usual.incidents) == usual


def test_an_account_younger_than_a_week__has_no_usual_day():
    assert (
        compare_yesterday([row(1, total_incident_cnt=4), row(7, total_incident_cnt=8)], BERLIN, TUESDAY).usual is None
    )


def test_two_mondays_of_eight_incidents__are_the_usual_eight():
    line, details = told(row(1, total_incident_cnt=8), row(8, total_incident_cnt=8), row(15, total_incident_cnt=8))
    assert line == "*Yesterday:* 8 incidents (usually 8)"
    assert "• Incidents: *8* (usually 8)" in details
    assert "“Usually” is the average of the last 2 Mondays." in details


def test_one_earlier_monday__is_no_mean():
    _, details = told(row(1, total_incident_cnt=8), row(8, total_incident_cnt=8))
    assert "“Usually” is the Monday before, the only one with figures." in details


def test_the_usual_number_of_incidents__is_a_whole_one():
    assert "(usually 3)" in told(row(1, total_incident_cnt=9), row(8, total_incident_cnt=8), row(22))[0]
    assert "(usually 1200000)" in told(row(1, total_incident_cnt=9), row(8, total_incident_cnt=1_200_000))[0]


def test_the_night__is_the_hours_of_yesterdays_date():
    line, details = told(row(1, hours="sleep", total_incident_cnt=3, total_interruptions=9))
    assert line == "*Yesterday:* 3 incidents · 9 night pages (23:00–08:00)"
    assert "• Night pages (23:00–08:00): *9*" in details


def told(*rows):
    """The line, and the chapter of the thread."""
    drawn = words.yesterday_line(ALONE, compare_yesterday(rows, BERLIN, TUESDAY))
    (line,) = Message.of(*drawn.part.pieces).blocks
    (chapter,) = drawn.chapters
    return line.text.text.replace(WORD_JOINER, ""), "\n".join(chapter.rows).replace(WORD_JOINER, "")


def test_parts_of_a_day_and_teams__are_added_up():
    parts = [
        row(
            1,
            hours="work",
            total_incident_cnt=3,
            total_incidents_acknowledged=2,
            total_seconds_to_ack=200,
            total_interruptions=7,
        ),
        row(
            1,
            hours="sleep",
            total_incident_cnt=1,
            total_incidents_acknowledged=1,
            mean_seconds_to_ack=100,
            total_interruptions=2,
        ),
    ]
    day = compare_yesterday(parts, BERLIN, TUESDAY).day
    assert (day.incidents, day.acknowledged_share, day.interruptions_at_night) == (4, 75, 2)
    assert day.mean_to_acknowledge == timedelta(seconds=100)


def test_noise_reduction__is_weighed_by_alerts():
    parts = [
        row(1, noise_reduction_pct=90, total_alert_event_cnt=100),
        row(1, noise_reduction_pct=0, total_alert_event_cnt=0, total_alert_cnt=20),
    ]
    assert compare_yesterday(parts, BERLIN, TUESDAY).day.noise_reduction == 75


def test_without_earlier_figures__nothing_is_usual():
    found = compare_yesterday([row(1, total_incident_cnt=1)], BERLIN, TUESDAY)
    assert found.usual is None
    assert not found.is_quiet


def test_nothing_at_all__is_quiet():
    assert compare_yesterday([], BERLIN, TUESDAY).is_quiet
    assert compare_yesterday(
        [Figures.model_validate({"ts": None}), Figures.model_validate({"ts": 10**15})], BERLIN, TUESDAY
    ).is_quiet


def test_no_figures__have_no_means():
    none = DayFigures()
    assert [none.acknowledged_share, none.mean_to_acknowledge, none.mean_to_close, none.noise_reduction] == [None] * 4
