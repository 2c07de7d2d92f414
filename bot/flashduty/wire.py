"""Normalise Flashduty's JSON inside pydantic's own parser, so that no Python runs for a usual field.

Empty lists, objects and texts come as null, times are Unix seconds with 0 for "not set", new fields appear unannounced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

EPOCH: Final = datetime.fromtimestamp(0, UTC)
# Ten digits: the year 2286, far enough from the end of the calendar for any time zone.
MAX_TIMESTAMP: Final = 9_999_999_999
MAX_TIME: Final = datetime.fromtimestamp(MAX_TIMESTAMP, UTC)
# Ids have 64 bits, in Flashduty as in databases.
MAX_ID: Final = 2**63 - 1
# Of incidents, alerts and events in any window.
MAX_COUNT: Final = 1_000_000_000
# Three hundred years; the sum of a hundred rows still fits into a timedelta.
MAX_DURATION_SECONDS: Final = 1e10


@dataclass(frozen=True)
class NullIs:
    """Read null, or a missing field, as the empty value of a type; anything else of a wrong type is refused."""

    empty: Callable[[], object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Try the field's own type first, then null."""
        empty = self.empty
        null = core_schema.no_info_after_validator_function(lambda _: empty(), core_schema.none_schema())
        either = core_schema.union_schema([handler(source), null], mode="left_to_right")
        return core_schema.with_default_schema(either, default_factory=empty)


@dataclass(frozen=True)
class InvalidIs:
    """Read null, a missing field, or a value of a wrong type as `value`."""

    value: object

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Try the field's own type, and take the value when it does not fit."""
        return core_schema.with_default_schema(handler(source), default=self.value, on_error="default")


@dataclass(frozen=True)
class _Seconds:
    """Read Unix seconds as an aware time in UTC; `default` where it is not set, or not a time."""

    default: datetime | None = None

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        instant = core_schema.datetime_schema(gt=EPOCH, le=MAX_TIME, tz_constraint="aware")
        return core_schema.with_default_schema(instant, default=self.default, on_error="default")


class _EmptyIsNone:
    """Read an empty text, null, or a value that is not a text as None."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(core_schema.str_schema(min_length=1), default=None, on_error="default")


class _ZeroIsNone:
    """Read 0, null, or a value that is not a number as None."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(
            core_schema.int_schema(gt=0, le=MAX_ID), default=None, on_error="default"
        )


Text = Annotated[str, InvalidIs("")]
Number = Annotated[int, Field(ge=-MAX_ID, le=MAX_ID), InvalidIs(0)]
# Out of range, they are read as unknown.
Count = Annotated[int, Field(ge=0, le=MAX_COUNT), InvalidIs(0)]
Timestamp = Annotated[int, Field(ge=0, le=MAX_TIMESTAMP), InvalidIs(0)]
# Out of range, they are refused: a sum with an unknown figure would be wrong.
StrictCount = Annotated[int, Field(ge=0, le=MAX_COUNT), NullIs(int)]
StrictSeconds = Annotated[float, Field(ge=0, le=MAX_DURATION_SECONDS, allow_inf_nan=False), NullIs(float)]
Flag = Annotated[bool, InvalidIs(value=False)]
Record = Annotated[dict[str, Any] | None, InvalidIs(None)]
OptionalText = Annotated[str | None, _EmptyIsNone()]
OptionalId = Annotated[int | None, _ZeroIsNone()]
OptionalTime = Annotated[datetime | None, _Seconds()]
Time = Annotated[datetime, _Seconds(EPOCH)]


def parse_timestamp(seconds: int) -> datetime | None:
    """Return Unix seconds as a time; None where they are not set, or not a time."""
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= MAX_TIMESTAMP else None


class Wire(BaseModel):
    """A frozen record parsed from a response; unknown fields are dropped."""

    # Each validator is built when the first response of its type is read: start-up reads none, and peaks 0.3 MB lower.
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, defer_build=True)

    @classmethod
    def empty(cls) -> Self:
        """Return the record of a response without fields."""
        return cls.model_validate({})
