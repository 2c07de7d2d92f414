"""What is remembered from one day to the next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from recorded import ALICE, BOB, NOW, ahead, schedule, shift

from bot.handoff.model import Takeover
from bot.oncall.schedule_changes import take_snapshot
from bot.storage.memory import SCHEDULES, ScheduleSnapshots, ShiftTakeovers
from bot.storage.notes import Notes
from bot.teams.access import MemberStatus, SlackPerson

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def seen(person):
    return take_snapshot(
        [schedule("Primary", shift(ahead(hours=1), ahead(hours=9), person))], NOW, NOW + timedelta(days=40)
    )


def taken(number, name):
    return Takeover(SlackPerson(f"U{number}", name, MemberStatus.MEMBER), datetime(2026, 11, 24, 9, number, tzinfo=UTC))


async def test_the_schedules_of_the_last_digest_are_given_back(store):
    kept = ScheduleSnapshots(Notes(store))
    await kept.keep("payments", MONDAY, seen(ALICE), NOW)
    await kept.keep("search", MONDAY, seen(BOB), NOW)
    await kept.keep("payments", TUESDAY, seen(BOB), NOW)
    assert await kept.snapshot_before("payments", TUESDAY) == seen(ALICE)
    assert await kept.snapshot_before("payments", MONDAY) is None


async def test_the_first_schedules_of_a_date_stand(store):
    kept = ScheduleSnapshots(Notes(store))
    await kept.keep("payments", MONDAY, seen(ALICE), NOW)
    await kept.keep("payments", MONDAY, seen(BOB), NOW)
    assert await kept.snapshot_before("payments", TUESDAY) == seen(ALICE)


@pytest.mark.parametrize("body", ["", "{", "[1]", '{"schedules": 7}'])
async def test_a_note_nobody_can_read_costs_the_comparison_only(store, body):
    await Notes(store).first("payments", SCHEDULES, MONDAY.isoformat(), body)
    assert await ScheduleSnapshots(Notes(store)).snapshot_before("payments", TUESDAY) is None


async def test_the_first_to_take_a_shift_over_counts__on_every_replica(store):
    first = await ShiftTakeovers(Notes(store)).take("payments 6001 1795", taken(1, "Alice Chen"))
    second = await ShiftTakeovers(Notes(store)).take("payments 6001 1795", taken(2, "Bob Müller"))
    other = await ShiftTakeovers(Notes(store)).take("payments 6001 1796", taken(2, "Bob Müller"))
    assert first == second == taken(1, "Alice Chen")
    assert other == taken(2, "Bob Müller")
