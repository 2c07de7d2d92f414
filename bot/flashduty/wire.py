"""The habits of Flashduty's wire, repaired inside pydantic's own parser, so that no Python runs for a usual field.

Empty lists, objects and texts come as null, times are Unix seconds with 0 for "not set", new fields appear unannounced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

EPOCH: Final = datetime.fromtimestamp(0, UTC)
# Ten digits: the year 2286, and far from where a time zone could lead out of the calendar.
LATEST_SECOND: Final = 9_999_999_999
LATEST: Final = datetime.fromtimestamp(LATEST_SECOND, UTC)
# Ids are of 64 bits, in Flashduty as in databases.
LARGEST_ID: Final = 2**63 - 1
# Of incidents, alerts and events, of anybody in any window.
LARGEST_COUNT: Final = 1_000_000_000
# Three hundred years; a hundred days of it are still far from what a timedelta can hold.
MOST_SECONDS: Final = 1e10


@dataclass(frozen=True)
class NullIs:
    """Reads null, or nothing, as the empty value of a type; anything else of a wrong type is refused."""

    empty: Callable[[], object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Try the field's own type first, then null."""
        empty = self.empty
        null = core_schema.no_info_after_validator_function(lambda _: empty(), core_schema.none_schema())
        either = core_schema.union_schema([handler(source), null], mode="left_to_right")
        return core_schema.with_default_schema(either, default_factory=empty)


@dataclass(frozen=True)
class Otherwise:
    """Reads null, nothing, or what has a wrong type as a value."""

    value: object

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Try the field's own type, and take the value when it does not fit."""
        return core_schema.with_default_schema(handler(source), default=self.value, on_error="default")


@dataclass(frozen=True)
class _Seconds:
    """Reads Unix seconds as an aware time in UTC; `otherwise` where it is not set, or no time at all."""

    otherwise: datetime | None = None

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        instant_of = core_schema.datetime_schema(gt=EPOCH, le=LATEST, tz_constraint="aware")
        return core_schema.with_default_schema(instant_of, default=self.otherwise, on_error="default")


class _NotEmpty:
    """Reads an empty text, null, or what is no text as None."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(core_schema.str_schema(min_length=1), default=None, on_error="default")


class _NotZero:
    """Reads 0, null, or what is no number as None."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(
            core_schema.int_schema(gt=0, le=LARGEST_ID), default=None, on_error="default"
        )


Text = Annotated[str, Otherwise("")]
Number = Annotated[int, Field(ge=-LARGEST_ID, le=LARGEST_ID), Otherwise(0)]
# Not known where it is absurd.
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT), Otherwise(0)]
Timestamp = Annotated[int, Field(ge=0, le=LATEST_SECOND), Otherwise(0)]
# Refused where it is absurd: of figures that are added up, one that is not known leaves nothing that could be said.
StrictCount = Annotated[int, Field(ge=0, le=LARGEST_COUNT), NullIs(int)]
StrictSeconds = Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False), NullIs(float)]
Flag = Annotated[bool, Otherwise(value=False)]
Record = Annotated[dict[str, Any] | None, Otherwise(None)]
OptionalText = Annotated[str | None, _NotEmpty()]
OptionalId = Annotated[int | None, _NotZero()]
OptionalTime = Annotated[datetime | None, _Seconds()]
Time = Annotated[datetime, _Seconds(EPOCH)]


def instant_of(seconds: int) -> datetime | None:
    """Read Unix seconds; None where they are not set, or no time at all."""
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= LATEST_SECOND else None


class Wire(BaseModel):
    """A frozen record made from what came over the wire; fields it does not know are dropped."""

    # Each validator is built when the first answer of its kind is read: a start reads none, and peaks 0.3 MB lower.
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, defer_build=True)

    @classmethod
    def empty(cls) -> Self:
        """Return the record that an answer without a single field makes."""
        return cls.model_validate({})
