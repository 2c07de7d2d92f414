"""The value of "I have it"."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import Field

from bot.handoff.model import IncomingShift, ShiftId
from bot.messages.buttons import ButtonValue, FlashdutyId, StorableText, UnixTime
from bot.messages.text import clipped, one_line

SHORT_NAME_LIMIT: Final = 40


@dataclass(frozen=True, kw_only=True)
class ShiftValue(ButtonValue):
    """The value of "I have it": the shift for the bot, and the schedule's name for people.

    The keys are short: beside an id and a team's name of 60 characters there is little room in a menu.
    """

    schedule_id: Annotated[FlashdutyId, Field(alias="id")]
    starts_at: Annotated[UnixTime, Field(alias="at")]
    schedule: Annotated[StorableText, Field(alias="name", max_length=SHORT_NAME_LIMIT)] = ""


def shift_value(shift: IncomingShift, team: str) -> ShiftValue:
    """Return the value for a shift."""
    name = clipped(one_line(shift.change.schedule), SHORT_NAME_LIMIT)
    starts_at = int(shift.change.at.timestamp())
    return ShiftValue(team=team, schedule_id=shift.schedule_id, starts_at=starts_at, schedule=name)


def shift_of(value: ShiftValue) -> ShiftId:
    """Return the shift of a value."""
    return ShiftId(value.schedule_id, datetime.fromtimestamp(value.starts_at, UTC))


def suffix_of(shift: ShiftId) -> str:
    """Name a shift within a message."""
    return f"{shift.schedule_id}.{int(shift.starts_at.timestamp())}"
