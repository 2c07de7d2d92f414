"""The timeline of an incident; unlike everywhere else its times are milliseconds."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AliasPath, FailFast, Field

from bot.flashduty.wire import MAX_TIMESTAMP, InvalidIs, NullIs, Number, OptionalText, Text, Wire

COMMENT_ENTRY: Final = "i_comm"

_Milliseconds = Annotated[int, Field(ge=0, le=MAX_TIMESTAMP * 1_000), InvalidIs(0)]


class TimelineEntry(Wire):
    """An entry of a timeline (schema IncidentFeedItem); `comment` is what a comment says, untrusted."""

    type: Text
    creator_id: Number
    created_ms: _Milliseconds = Field(validation_alias="created_at")
    comment: OptionalText = Field(validation_alias=AliasPath("detail", "comment"), repr=False)

    @property
    def created_at(self) -> datetime | None:
        """When it was made; None where that is not told."""
        return datetime.fromtimestamp(self.created_ms / 1_000, UTC) if self.created_ms else None


class TimelinePage(Wire):
    """A page of `/incident/feed`; what does not say whether there is more is no answer."""

    entries: Annotated[tuple[TimelineEntry, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="items")
    has_more: bool = Field(validation_alias="has_next_page")
