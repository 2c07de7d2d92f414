from datetime import timedelta

from recorded import ALICE, BOB, CAROL, NOW, ago, ahead, schedule, shift

from bot.handoff.model import incoming_shifts

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
