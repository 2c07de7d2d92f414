"""The timeline of an incident; unlike everywhere else its times are milliseconds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Final

from pydantic import AliasPath, FailFast, Field

from bot.flashduty.models.timeline_details import Detail
from bot.flashduty.models.timeline_types import read_detail
from bot.flashduty.wire import MAX_TIMESTAMP, InvalidIs, NullIs, Number, OptionalText, Record, Text, Wire

COMMENT_ENTRY: Final = "i_comm"
ACTION_ENTRY: Final = "i_custom"

_Milliseconds = Annotated[int, Field(ge=0, le=MAX_TIMESTAMP * 1_000), InvalidIs(0)]


class TimelineEntry(Wire):
    """An entry of a timeline (schema IncidentFeedItem); `comment` is what a comment says, untrusted."""

    type: Text
    creator_id: Number
    """Who made it; 0 is Flashduty itself."""
    created_ms: _Milliseconds = Field(validation_alias="created_at")
    deleted_at: Annotated[int | str | None, InvalidIs(None)] = Field(repr=False)
    """Milliseconds in May, a text in August; 0 or empty for an entry that stands."""
    comment: OptionalText = Field(validation_alias=AliasPath("detail", "comment"), repr=False)
    record: Record = Field(validation_alias="detail", repr=False)

    def __hash__(self) -> int:
        return hash((self.type, self.creator_id, self.created_ms))

    @property
    def created_at(self) -> datetime | None:
        """When it was made; None where that is not told."""
        return datetime.fromtimestamp(self.created_ms / 1_000, UTC) if self.created_ms else None

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted."""
        return self.deleted_at not in {None, 0, "", "0"}

    @cached_property
    def detail(self) -> Detail:
        """What it says, by its type; SomethingElse for a type that is not known."""
        return read_detail(self.type, self.record)


class TimelinePage(Wire):
    """A page of `/incident/feed`; what does not say whether there is more is no answer."""

    entries: Annotated[tuple[TimelineEntry, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="items")
    has_more: bool = Field(validation_alias="has_next_page")


@dataclass(frozen=True)
class Timeline:
    """Entries of a timeline, oldest first; `is_complete` when no older ones that were asked for are left out."""

    entries: tuple[TimelineEntry, ...] = ()
    is_complete: bool = True
