from zoneinfo import ZoneInfo

from recorded import NOW, ago, ahead, incident

from bot.incidents.model import OpenIncidents, by_urgency, list_order

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


def test_in_order__are_the_worst_unacknowledged_first_then_what_wakes_today():
    info, critical = incident(1, incident_severity="Info"), incident(2)
    taken, tonight = incident(3, progress="Processing"), incident(4, snoozed_before=ahead(hours=14))
    tomorrow = incident(5, progress="Processing", snoozed_before=ahead(hours=30))
    assert found(tomorrow, taken, tonight, info, critical).in_order == (critical, info, tonight, taken, tomorrow)


def test_a_snooze_that_is_over__does_not_sort_last():
    asleep = incident(1, progress="Processing", snoozed_before=ahead(hours=30))
    was_asleep = incident(2, progress="Processing", snoozed_before=ago(hours=1), start_time=ago(hours=9))
    assert found(asleep, was_asleep).in_order == (was_asleep, asleep)
    assert sorted((asleep, was_asleep), key=lambda one: list_order(one, NOW)) == [was_asleep, asleep]
    assert sorted((asleep, was_asleep), key=lambda one: by_urgency(one, NOW)) == [was_asleep, asleep]
