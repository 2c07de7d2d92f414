"""Digests of telling days: quiet, bad, of a handoff, with many schedules, with Chinese names."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.digest.model import OnCallPart, TeamDigest
from bot.digest.yesterday import compare_yesterday
from bot.flashduty import Figures, NoisyCheck, Person
from bot.handoff.model import HandoffPackage, incoming_shifts
from bot.incidents.model import OpenIncidents
from bot.oncall.coverage import check_coverage
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD, compare_snapshots, take_snapshot
from bot.oncall.shifts import handoffs
from bot.oncall.shifts import on_call as at_instant
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, incident, responder, schedule, shift
from tests.bot.samples import (
    BOTH_ROLES,
    GAP,
    HOSTILE,
    LONELY,
    LONG,
    NASTY,
    PRIMARY,
    PROCESSING,
    SNOOZED,
    TRIGGERED,
    many,
)


def morning(*open_incidents, schedules=(PRIMARY, BOTH_ROLES, GAP), complete=True):
    until = NOW + timedelta(hours=24)
    as_of = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    entries = tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedules)
    changes = tuple(change for each in schedules for change in handoffs(each, NOW, until))
    return TeamDigest(
        team="payments",
        key_setting="FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
        on=date(2026, 11, 24),
        as_of=as_of,
        on_call=OnCallPart(entries, changes, PEOPLE),
        incidents=OpenIncidents(open_incidents, complete, as_of, PEOPLE),
    )


def figures(days_ago=1, **given):
    """One row of the analytics, for a local day of Berlin."""
    midnight = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Berlin")) - timedelta(days=days_ago)
    return Figures.model_validate({"ts": int(midnight.timestamp()), "hours": "work"} | given)


def compared(*rows):
    return compare_yesterday(rows, ZoneInfo("Europe/Berlin"), date(2026, 11, 24))


BAD_MONDAY = figures(
    total_incident_cnt=42,
    total_incidents_acknowledged=21,
    total_incidents_closed=30,
    total_seconds_to_ack=21 * 750,
    total_seconds_to_close=30 * 5400,
    noise_reduction_pct=81.5,
    total_alert_event_cnt=227,
)

BAD_NIGHT = figures(hours="sleep", total_incident_cnt=3, total_incidents_acknowledged=3, total_interruptions=9)

USUAL_MONDAYS = [
    figures(
        7 * week + 1,
        total_incident_cnt=10,
        total_incidents_acknowledged=9,
        total_incidents_closed=10,
        mean_seconds_to_ack=240,
        mean_seconds_to_close=3000,
        total_interruptions=5,
        noise_reduction_pct=92,
        total_alert_event_cnt=125,
    )
    for week in (1, 2, 3, 4)
]

HANDED_OVER = incident(
    10, progress="Processing", start_time=ago(hours=2), responders=[responder(ALICE, acknowledged=ago(hours=1))]
)

BACK_ON_THE_NEXT_SHIFT = incident(11, title="TLS certificate of pay.harbor.example", snoozed_before=ahead(hours=9))

CHECKS = tuple(
    NoisyCheck.model_validate({"label": name, "total_alert_cnt": count})
    for name, count in (("cpu-high", 312), ("支付延迟", 94), (HOSTILE, 1))
)


def watched(found, *schedules, before=(), people=PEOPLE):
    """The digest with what lies ahead in these schedules, after a digest that saw `before`."""
    kept = take_snapshot(schedules, NOW, NOW + MAX_LOOK_AHEAD)
    part = replace(
        found.on_call,
        people=people,
        coverage=check_coverage(schedules, people, now=NOW, until=NOW + timedelta(days=14)),
        changes=compare_snapshots(take_snapshot(before, NOW - timedelta(days=1), NOW + timedelta(days=44)), kept)
        if before
        else None,
    )
    return replace(found, on_call=part)


def with_package(found, *schedules, noisiest=CHECKS):
    shifts = incoming_shifts(schedules, NOW, NOW + timedelta(hours=24))
    return replace(found, handoff=HandoffPackage(shifts, noisiest))


def steady(name, *people, number=1):
    """A schedule without a hole: the given people by turns, a week each."""
    turns = [shift(ahead(days=7 * turn - 3), ahead(days=7 * turn + 4), people[turn % len(people)]) for turn in range(8)]
    return schedule(name, *turns, number=number)


def quiet_day():
    rota = steady("Payments primary", ALICE, BOB)
    return replace(watched(morning(schedules=(rota,)), rota, before=(rota,)), yesterday=compared())


def bad_day():
    lent = schedule(
        "Payments primary",
        shift(ago(days=3), ahead(days=3), ALICE),
        shift(ahead(days=4), ahead(days=60), CAROL),
        number=1,
    )
    twice = schedule("Payments 备用", shift(ago(days=3), ahead(days=2), ALICE), number=2)
    left = {WANG: Person.model_validate({"person_id": WANG, "person_name": "王小明", "status": "deleted"})}
    weekend = schedule("Payments weekend", shift(ago(days=1), ahead(days=60), WANG), number=4)
    schedule_cache = (lent, twice, weekend)
    before = (steady("Payments primary", ALICE, BOB), twice, steady("Payments night", CAROL, number=3))
    found = watched(
        morning(*many(100), SNOOZED, PROCESSING, NASTY, LONG, schedules=schedule_cache, complete=False),
        *schedule_cache,
        before=before,
        people={**PEOPLE, **left},
    )
    return replace(found, yesterday=compared(BAD_MONDAY, BAD_NIGHT, *USUAL_MONDAYS))


def hand_over_day():
    found = morning(TRIGGERED, HANDED_OVER, BACK_ON_THE_NEXT_SHIFT, schedules=(PRIMARY, BOTH_ROLES))
    return with_package(watched(found, steady("Payments primary", ALICE, BOB)), PRIMARY, BOTH_ROLES)


def many_schedules():
    schedule_cache = tuple(steady(f"Rota {n:02d}", ALICE, BOB, CAROL, number=n) for n in range(1, 41))
    found = morning(*many(500), schedules=schedule_cache)
    return with_package(
        watched(found, *schedule_cache, before=(steady("Old", BOB, number=99), *schedule_cache[:20])), PRIMARY
    )


LI = 7008


def chinese():
    rota = schedule("支付主值班", shift(ago(days=1), ahead(hours=5), WANG), shift(ahead(hours=5), ahead(days=20), LI))
    people = {
        WANG: PEOPLE[WANG],
        LI: Person.model_validate({"person_id": LI, "person_name": "李娜", "status": "pending"}),
    }
    found = morning(LONELY, schedules=(rota,))
    return with_package(watched(found, rota, people=people), rota, noisiest=CHECKS[1:2])
