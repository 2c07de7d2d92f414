"""Schedules and their layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sandbox.flashduty.wire.checks import DAY, Record

Unit = Literal["hour", "day", "week"]
_UNITS: Final[Mapping[Unit, timedelta]] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
EVERY_DAY: Final = frozenset(range(7))


@dataclass(frozen=True)
class RotationGroup:
    """People on call together in a rotation: person ids by role id."""

    name: str
    roles: Mapping[int, tuple[int, ...]]

    def on_wire(self, start: int = 0, end: int = 0) -> Record:
        """Return the document's `ScheduleGroup`."""
        members = [{"role_id": role, "person_ids": list(persons)} for role, persons in self.roles.items()]
        return {"group_name": self.name, "name": self.name, "members": members, "start": start, "end": end}

    def joined_by(self, other: "RotationGroup") -> "RotationGroup":
        """Return a group with the people of both, role by role."""
        roles = dict(self.roles)
        for role, persons in other.roles.items():
            roles[role] = tuple(dict.fromkeys((*roles.get(role, ()), *persons)))
        return RotationGroup(f"{self.name} + {other.name}", roles)


@dataclass(frozen=True)
class Layer:
    """A rotation, or an override of all rotations; times are aware and count in their own time zone's wall clock.

    `weekdays` counts from Sunday as 0. `hours` is the part of each day that is covered, in seconds from midnight.
    """

    name: str
    groups: tuple[RotationGroup, ...]
    starts: datetime
    unit: Unit = "week"
    every: int = 1
    ends: datetime | None = None
    is_override: bool = False
    weekdays: frozenset[int] = EVERY_DAY
    hours: tuple[int, int] | None = None
    weight: int = 0

    @property
    def turn(self) -> timedelta:
        """The duration of one turn of the rotation."""
        return _UNITS[self.unit] * self.every

    @property
    def covers_all_day_every_day(self) -> bool:
        """Whether every hour of the week is covered."""
        return self.weekdays == EVERY_DAY and self.hours is None

    def on_wire(self, schedule: "Schedule", account_id: int) -> Record:
        """Return the document's `ScheduleLayer`."""
        starts = int(self.starts.timestamp())
        ends = int(self.ends.timestamp()) if self.ends else None
        from_second, to_second = self.hours or (0, 0)
        periods = [{"restrict_start": from_second, "restrict_end": to_second}] if self.hours else []
        return {
            "account_id": account_id,
            "name": self.name,
            "schedule_id": schedule.schedule_id,
            "hidden": 0,
            "mode": int(self.is_override),
            "weight": self.weight,
            "groups": [group.on_wire() for group in self.groups],
            "rotation_duration": int(self.turn.total_seconds()),
            "handoff_time": (self.starts.hour * 60 + self.starts.minute) * 60,
            "enable_time": starts,
            "expire_time": ends or 0,
            "restrict_mode": int(self.hours is not None),
            "restrict_start": from_second,
            "restrict_end": to_second,
            "restrict_periods": periods,
            "day_mask": {"repeat": sorted(self.weekdays)},
            "create_at": schedule.created_at,
            "create_by": schedule.created_by,
            "update_at": schedule.updated_at,
            "update_by": schedule.created_by,
            "layer_name": self.name,
            "fair_rotation": False,
            "layer_start": starts,
            "layer_end": ends,
            "rotation_unit": self.unit,
            "rotation_value": self.every,
            "mask_continuous_enabled": False,
        }


@dataclass(frozen=True)
class Schedule:
    """The definition of a schedule, before shifts are computed; times in Unix seconds."""

    schedule_id: int
    name: str
    team_id: int
    layers: tuple[Layer, ...]
    description: str = ""
    is_disabled: bool = False
    created_at: int = 0
    updated_at: int = 0
    created_by: int = 0
    im_channels: tuple[str, ...] = ()
    overlaps: bool = False
    """Whether final shifts of several rotations overlap; the document does not rule it out."""


MOST_OF_A_SCHEDULE: Final = 45 * DAY
