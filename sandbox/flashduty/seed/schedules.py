"""Harbor's schedules, relative to the start."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sandbox.flashduty.model.schedule import Layer, RotationGroup, Schedule
from sandbox.flashduty.seed.organisation import (
    ALICE,
    BOB,
    CAROL,
    DANA,
    DELETED,
    KENJI,
    LEA,
    LEDGER_TEAM,
    PAYMENTS,
    PENDING,
    SEARCH,
    XIAOMING,
)

PRIMARY: Final = 1
BACKUP: Final = 2

_HERE: Final = ZoneInfo("Europe/Berlin")
_HOUR: Final = 3_600
_WORKING_DAYS: Final = frozenset(range(1, 6))


def schedules(start: datetime) -> dict[int, Schedule]:
    """Return the schedules: two roles, daily, follow-the-sun, currently empty, vacant, retired, not planned."""
    here = start.astimezone(_HERE).replace(minute=0, second=0, microsecond=0)
    return {schedule.schedule_id: schedule for schedule in (*_payments(here), *_others(here))}


def _payments(here: datetime) -> Iterator[Schedule]:
    yield _schedule(
        6001,
        "Payments primary",
        _weekly(here),
        _cover(here),
        description="The first to be called, with somebody beside them. 主值班。",
        im_channels=("C0PAYMENTS",),
        team=PAYMENTS,
        here=here,
    )
    backups = tuple(_alone(name, person) for name, person in (("A", BOB), ("B", CAROL), ("C", XIAOMING)))
    nine = here.replace(hour=9) - timedelta(days=60)
    yield _schedule(
        6002, "Payments backup", Layer(name="Daily", groups=backups, starts=nine, unit="day"), team=PAYMENTS, here=here
    )
    soon = here.replace(hour=22) + timedelta(days=3)
    window = Layer(
        name="Change window",
        groups=(_alone("Release", DANA),),
        starts=soon,
        unit="day",
        ends=soon + timedelta(hours=6),
    )
    yield _schedule(
        6004, "Payments 变更值守", window, description="Only while something is released.", team=PAYMENTS, here=here
    )
    old = Layer("Old pager", (_alone("Pager", DELETED),), here - timedelta(days=700))
    yield _schedule(6005, "Payments pager (retired)", old, is_disabled=True, team=PAYMENTS, here=here)
    yield _schedule(6006, "Payments 大促值班 🎏", description="To be planned.", team=PAYMENTS, here=here)


def _others(here: datetime) -> Iterator[Schedule]:
    midnight = here.replace(hour=0) - timedelta(days=90)
    europe = Layer(
        name="Europe",
        groups=(_alone("Léa", LEA),),
        starts=midnight,
        unit="day",
        hours=(8 * _HOUR, 20 * _HOUR),
        weight=1,
    )
    nights = (_alone("Kenji", KENJI), RotationGroup("Priya and Erik", {PRIMARY: (PENDING, DELETED)}))
    late = Layer(name="Late", groups=nights, starts=midnight, unit="day", every=2, hours=(20 * _HOUR, 24 * _HOUR))
    early = Layer(name="Early", groups=nights, starts=midnight, unit="day", every=2, hours=(0, 8 * _HOUR))
    yield _schedule(6003, "Search primary", europe, late, early, team=SEARCH, here=here)
    unfilled = (RotationGroup("Vacant", {PRIMARY: ()}), _alone("Kenji", KENJI), RotationGroup("Not planned", {}))
    yield _schedule(6008, "Search backup", Layer("Weekly", unfilled, here - timedelta(hours=1)), team=SEARCH, here=here)
    office = Layer(
        "Office hours", (_alone("Ledger", CAROL),), midnight, weekdays=_WORKING_DAYS, hours=(9 * _HOUR, 18 * _HOUR)
    )
    yield _schedule(6007, "Ledger desk", office, team=LEDGER_TEAM, here=here)


def _weekly(here: datetime) -> Layer:
    monday = (here - timedelta(days=here.weekday() + 70)).replace(hour=9)
    groups = (
        RotationGroup("Week A", {PRIMARY: (ALICE,), BACKUP: (BOB,)}),
        RotationGroup("Week B", {PRIMARY: (BOB,), BACKUP: (XIAOMING,)}),
        RotationGroup("第三组", {PRIMARY: (XIAOMING,), BACKUP: (ALICE,)}),
    )
    return Layer("Weekly", groups, monday)


def _cover(here: datetime) -> Layer:
    evening = here.replace(hour=18) + timedelta(days=1)
    group = RotationGroup("Cover for a dentist", {PRIMARY: (CAROL,)})
    return Layer("Override", (group,), evening, ends=evening + timedelta(hours=4), is_override=True, weight=9)


def _alone(name: str, person: int) -> RotationGroup:
    return RotationGroup(name, {PRIMARY: (person,)})


def _schedule(
    number: int,
    name: str,
    *layers: Layer,
    team: int,
    here: datetime,
    description: str = "",
    is_disabled: bool = False,
    im_channels: tuple[str, ...] = (),
) -> Schedule:
    now = int(here.timestamp())
    return Schedule(
        schedule_id=number,
        name=name,
        team_id=team,
        layers=layers,
        description=description,
        is_disabled=is_disabled,
        created_at=now - 300 * 86_400 + number,
        updated_at=now - 7 * 86_400,
        created_by=DANA,
        im_channels=im_channels,
    )
