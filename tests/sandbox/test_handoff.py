from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox.flashduty import harbor_account
from sandbox.flashduty.model.schedule import Layer, RotationGroup, Schedule
from sandbox.handoff import next_handoff

BERLIN = ZoneInfo("Europe/Berlin")
# A Tuesday, half past eight in Berlin.
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
TEAM = 1
ALICE, BOB = 11, 12


def watch(*people, name=""):
    return RotationGroup(name or str(people), {1: people})


def daily(*watches, hour=9, **more):
    return Layer("Daily", watches, datetime(2026, 11, 1, hour, tzinfo=BERLIN), "day", **more)


def rota(*layers, name="Primary", team=TEAM, **more):
    return Schedule(1, name, team, layers, **more)


def test_next_hand_over__is_the_earliest_of_the_teams_schedules():
    schedule_cache = [
        rota(daily(watch(ALICE), watch(BOB), hour=18), name="Evening"),
        rota(daily(watch(ALICE), watch(BOB), hour=9), name="Morning"),
        rota(daily(watch(BOB), watch(ALICE), hour=9), name="Backup"),
        rota(daily(watch(ALICE), watch(BOB), hour=8, every=1), name="Elsewhere", team=2),
    ]
    found = next_handoff(schedule_cache, TEAM, NOW)
    assert found.at == datetime(2026, 11, 24, 9, tzinfo=BERLIN)
    assert found.schedules == ("Morning", "Backup")
    assert next_handoff(schedule_cache, TEAM, found.at).schedules == ("Evening",)


def test_next_hand_over__while_the_same_people_go_on__is_none():
    """A new turn under another name, or of the same two in the same roles, is no hand-over."""
    same = (watch(ALICE, BOB, name="Week A"), watch(ALICE, BOB, name="Week B"))
    assert next_handoff([rota(daily(*same))], TEAM, NOW) is None


@pytest.mark.parametrize(
    ("layers", "hour"),
    [
        ([daily(watch(ALICE), hour=0, hours=(10 * 3600, 12 * 3600))], 10),
        ([daily(watch(ALICE), hour=0, hours=(0, 11 * 3600))], 11),
        ([daily(watch(ALICE), watch(), hour=9)], 9),
    ],
    ids=["somebody after nobody", "nobody after somebody", "a turn nobody has"],
)
def test_next_hand_over__counts_nobody_as_somebody_else(layers, hour):
    assert next_handoff([rota(*layers)], TEAM, NOW).at == datetime(2026, 11, 24, hour, tzinfo=BERLIN)


def test_next_hand_over__sees_overrides():
    noon = datetime(2026, 11, 24, 12, tzinfo=BERLIN)
    cover = Layer("Cover", (watch(BOB),), noon, ends=noon + timedelta(hours=4), is_override=True)
    schedule = rota(daily(watch(ALICE)), cover)
    assert next_handoff([schedule], TEAM, NOW).at == noon
    assert next_handoff([schedule], TEAM, noon).at == noon + timedelta(hours=4)
    assert next_handoff([schedule], TEAM, noon + timedelta(hours=4)) is None


def test_next_hand_over__leaves_out_what_is_disabled_empty_or_far_away():
    begins = NOW + timedelta(days=46)
    schedule_cache = [
        rota(daily(watch(ALICE), watch(BOB)), is_disabled=True),
        rota(),
        rota(Layer("Later", (watch(ALICE),), begins)),
    ]
    assert next_handoff(schedule_cache, TEAM, NOW) is None


def test_next_hand_over__within_a_second__is_later_than_now():
    schedule = rota(daily(watch(ALICE), watch(BOB)))
    nine = datetime(2026, 11, 24, 9, tzinfo=BERLIN)
    assert next_handoff([schedule], TEAM, nine - timedelta(milliseconds=300)).at == nine
    assert next_handoff([schedule], TEAM, nine + timedelta(milliseconds=300)).at == nine + timedelta(days=1)


def test_next_hand_over__at_harbor__changes_who_is_on_call_each_time():
    account = harbor_account(NOW)
    schedule_cache, now, seen = account.schedules.values(), NOW, []
    for _ in range(4):
        found = next_handoff(schedule_cache, 4001, now)
        assert found.at > now
        now = found.at
        seen.append((now.astimezone(BERLIN).strftime("%a %H:%M"), *found.schedules))
    assert seen == [
        ("Tue 09:00", "Payments backup"),
        ("Wed 09:00", "Payments backup"),
        ("Wed 18:00", "Payments primary"),
        ("Wed 22:00", "Payments primary"),
    ]
