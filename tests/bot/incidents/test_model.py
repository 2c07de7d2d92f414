from datetime import timedelta
from zoneinfo import ZoneInfo

from recorded import NOW, ago, ahead, incident

from bot.incidents.model import OpenIncidents

LOCAL = NOW.astimezone(ZoneInfo("Europe/Berlin"))  # 09:00


def found(*incidents):
    return OpenIncidents(incidents, is_complete=True, as_of=LOCAL)


def test_long_open__is_more_than_a_day_and_oldest_first():
    day, old, new = (
        incident(n, start_time=start) for n, start in ((1, ago(days=1)), (2, ago(days=9)), (3, ago(days=2)))
    )
    assert found(day, new, old).long_open == (old, new)


def test_snoozes_ending__run_out_before_the_local_day_does():
    tonight, tomorrow = incident(1, snoozed_before=ahead(hours=14)), incident(2, snoozed_before=ahead(hours=15))
    over, noon = incident(3, snoozed_before=ago(hours=1)), incident(4, snoozed_before=ahead(hours=3))
    assert found(tonight, tomorrow, over, noon, incident(5)).snoozes_ending == (noon, tonight)


def test_snoozes_between__are_those_of_a_shift():
    first, second = incident(1, snoozed_before=ahead(hours=4)), incident(2, snoozed_before=ahead(hours=28))
    start = NOW + timedelta(hours=4)
    assert found(first, second).snoozes_between(start, NOW + timedelta(hours=28)) == (first,)
    assert found(first, second).snoozes_between(start, None) == (first, second)
