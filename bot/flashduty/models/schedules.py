"""Schedules and the shifts Flashduty computes from them."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import AfterValidator, AliasChoices, AliasPath, FailFast, Field

from bot.flashduty.wire import NullIs, Number, OptionalId, Text, Time, Wire


class Duty(Wire):
    """The people in one role of a shift (schema ScheduleMember)."""

    role_id: Number
    person_ids: Annotated[tuple[int, ...], FailFast(), NullIs(tuple)]


class Shift(Wire):
    """A time span with a group on call, `end` excluded (schema ScheduleCalculatedSchedule)."""

    start: Time
    end: Time
    group: Text = Field(validation_alias=AliasChoices(AliasPath("group", "group_name"), AliasPath("group", "name")))
    duties: Annotated[tuple[Duty, ...], FailFast(), NullIs(tuple)] = Field(
        validation_alias=AliasPath("group", "members"), repr=False
    )

    @property
    def person_ids(self) -> tuple[int, ...]:
        """The people on call, each once, in the order of the roles."""
        return tuple(dict.fromkeys(person for duty in self.duties for person in duty.person_ids))


def _in_order(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    return tuple(sorted(shifts, key=lambda shift: shift.start))


class Schedule(Wire):
    """An on-call schedule with the shifts computed for the requested window (schema ScheduleItem).

    `shifts` are those after all layers and overrides, by start; `current` and `following` are computed by Flashduty for
    the time of the request, None when no person is on call.
    """

    schedule_id: OptionalId
    legacy_id: Number = Field(validation_alias="id", repr=False)
    schedule_name: Text
    legacy_name: Text = Field(validation_alias="name", repr=False)
    team_id: OptionalId = Field(repr=False)
    description: Text = Field(repr=False)
    disabled: Number = Field(repr=False)
    shifts: Annotated[tuple[Shift, ...], FailFast(), AfterValidator(_in_order), NullIs(tuple)] = Field(
        validation_alias=AliasPath("final_schedule", "schedules"), repr=False
    )
    current: Shift | None = Field(default=None, validation_alias="cur_oncall", repr=False)
    following: Shift | None = Field(default=None, validation_alias="next_oncall", repr=False)

    @property
    def id(self) -> int:
        """The schedule's id."""
        return self.schedule_id or self.legacy_id

    @property
    def name(self) -> str:
        """The schedule's name, untrusted."""
        return self.schedule_name or self.legacy_name

    @property
    def is_enabled(self) -> bool:
        """Whether it is in use."""
        return not self.disabled


class Schedules(tuple[Schedule, ...]):  # noqa: SLOT001 - a tuple takes no slots with names
    """Schedules of one request; `is_complete` is False where Flashduty has, or may have, more than it returned."""

    is_complete: bool

    def __new__(cls, items: Iterable[Schedule], *, is_complete: bool = True) -> Self:
        """Make the tuple, with its `is_complete`."""
        schedules = super().__new__(cls, items)
        schedules.is_complete = is_complete
        return schedules


class SchedulePage(Wire):
    """A page of `/schedule/list`."""

    items: Annotated[tuple[Schedule, ...], FailFast(), NullIs(tuple)]
    total: Number
