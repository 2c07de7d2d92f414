from datetime import timedelta
from zoneinfo import ZoneInfo

from recorded import ALICE, BOB, CAROL, NOW, ago, ahead, incident, schedule, shift

from bot.handoff.model import incoming_shifts, most_urgent
from bot.incidents.model import OpenIncidents, by_urgency, list_order

TOMORROW = NOW + timedelta(hours=24)


def shifts_of(*spans):
    return incoming_shifts([schedule("P", *spans)], NOW, TOMORROW)


def test_somebody_who_takes_over__has_the_pager_until_the_next_change():
    (one,) = shifts_of(shift(ago(hours=9), ahead(hours=4), ALICE), shift(ahead(hours=4), ahead(hours=30), BOB))
    assert one.change.coming == (BOB,)
    assert one.until == NOW + timedelta(hours=30)


def test_a_change_to_nobody__has_nobody_to_prepare():
    assert shifts_of(shift(ago(hours=9), ahead(hours=4), ALICE)) == ()


def test_somebody_who_only_loses_company__takes_nothing_over():
    assert shifts_of(shift(ago(hours=9), ahead(hours=4), ALICE, BOB), shift(ahead(hours=4), ahead(hours=30), BOB)) == ()


def test_shifts__come_by_time():
    late = schedule("A", shift(ahead(hours=9), ahead(hours=30), ALICE), number=1)
    soon = schedule("B", shift(ahead(hours=2), ahead(hours=30), CAROL), number=2)
    assert [one.schedule_id for one in incoming_shifts([late, soon], NOW, TOMORROW)] == [2, 1]


def test_most_urgent__are_the_worst_that_nobody_has():
    info, critical = incident(1, incident_severity="Info"), incident(2)
    taken = incident(3, progress="Processing")
    part = OpenIncidents((taken, info, critical), is_complete=True, as_of=NOW.astimezone(ZoneInfo("UTC")))
    assert most_urgent(part, 2) == (critical, info)


def test_a_snooze_that_is_over__does_not_sort_last():
    asleep = incident(1, progress="Processing", snoozed_before=ahead(hours=1))
    was_asleep = incident(2, progress="Processing", snoozed_before=ago(hours=1), start_time=ago(hours=9))
    part = OpenIncidents((asleep, was_asleep), is_complete=True, as_of=NOW.astimezone(ZoneInfo("UTC")))
    assert most_urgent(part, 2) == (was_asleep, asleep)
    assert sorted((asleep, was_asleep), key=lambda one: list_order(one, NOW)) == [was_asleep, asleep]
    assert sorted((asleep, was_asleep), key=lambda one: by_urgency(one, NOW)) == [was_asleep, asleep]
