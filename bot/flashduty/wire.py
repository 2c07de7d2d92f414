"""The habits of Flashduty's wire, repaired inside pydantic's own parser, so that no Python runs for a usual field.

Empty lists, objects and texts come as null, times are Unix seconds with 0 for "not set", new fields appear unannounced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

EPOCH: Final = datetime.fromtimestamp(0, UTC)


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
        moment = core_schema.datetime_schema(gt=EPOCH, tz_constraint="aware")
        return core_schema.with_default_schema(moment, default=self.otherwise, on_error="default")


class _NotEmpty:
    """Reads an empty text, null, or what is no text as None."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(core_schema.str_schema(min_length=1), default=None, on_error="default")


class _NotZero:
    """Reads 0, null, or what is no number as None."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(core_schema.int_schema(gt=0), default=None, on_error="default")


Text = Annotated[str, Otherwise("")]
Number = Annotated[int, Otherwise(0)]
Flag = Annotated[bool, Otherwise(value=False)]
Record = Annotated[dict[str, Any] | None, Otherwise(None)]
OptionalText = Annotated[str | None, _NotEmpty()]
OptionalId = Annotated[int | None, _NotZero()]
OptionalTime = Annotated[datetime | None, _Seconds()]
Time = Annotated[datetime, _Seconds(EPOCH)]


def moment(seconds: int) -> datetime | None:
    """Read Unix seconds; None where they are not set, or no time at all."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


class Wire(BaseModel):
    """A frozen record made from what came over the wire; fields it does not know are dropped."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)
