"""When a digest is due; every zone that changes its offset has its turn in the ledger's tests."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from bot.config.plans import EVERY_DAY, MON_TO_FRI, DigestPlan
from bot.delivery.due import due_after, due_from, due_instant, due_now

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
    assert due_instant(plan(at), on) == utc


def test_upcoming__leaves_out_other_weekdays():
    friday_noon = datetime(2026, 11, 27, 12, tzinfo=NEW_YORK)
    found = list(islice(due_after(plan(time(9), days=MON_TO_FRI), friday_noon), 2))
    assert [due.on for due in found] == [date(2026, 11, 30), date(2026, 12, 1)]


NINE = datetime(2026, 11, 24, 9, 0, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (timedelta(0), [date(2026, 11, 24)]),
        (timedelta(hours=3) - timedelta(seconds=1), [date(2026, 11, 24)]),
        (timedelta(hours=3), []),
        (timedelta(hours=-1), []),
        (timedelta(days=3), [date(2026, 11, 27)]),
    ],
)
def test_within_reach__is_what_came_due_and_is_not_too_late(later, found):
    assert [due.on for due in due_now(plan(time(9)), NINE + later)] == found


def test_within_reach__as_far_as_the_team_wants_it():
    wanted = DigestPlan("C0DIGEST", time(9), NEW_YORK, EVERY_DAY, catch_up=timedelta(hours=12))
    assert [due.on for due in due_now(wanted, NINE + timedelta(hours=11))] == [date(2026, 11, 24)]


def test_from_date__begins_with_that_date__also_where_midnight_is_skipped():
    beirut = plan(time(0), ZoneInfo("Asia/Beirut"))
    first = next(due_from(beirut, date(2026, 3, 29)))
    assert (first.on, first.at) == (date(2026, 3, 29), datetime(2026, 3, 28, 22, 0, tzinfo=UTC))
