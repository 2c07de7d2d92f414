"""The views: one record for each, from which it can be drawn again. Commands and controls produce the same records.

`handlers.routes` maps each view to the function that draws it. A view may also be defined beside the messages of its
feature.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
)

from bot.messages.buttons import (
    INCIDENT_ID_LENGTH,
    ButtonValue,
    FlashdutyId,
    StorableText,
    Words,
    read_record,
    written_record,
)

MAX_ACKNOWLEDGED_AT_ONCE: Final = 10
# A longer name of the person who requested a digest is cut.
PERSON_NAME_LIMIT: Final = 80
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2100


def _within_the_calendar(at: datetime) -> datetime:
    """Refuse instants so far away that adding an offset or a time span overflows the calendar."""
    if not _FIRST_YEAR < at.year < _LAST_YEAR:
        raise ValueError("not a year of ours")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_within_the_calendar)]
# The language that a reader chooses, `auto` that of their Slack; empty for no choice.
LanguageCode = Literal["", "en", "zh-CN", "auto"]
# Where a reader is mentioned for an assignment, `auto` as their team has set it; empty for no choice.
MentionCode = Literal["", "auto", "thread", "dm", "off"]
ZoneName = Annotated[StorableText, Field(max_length=64)]
Verb = Literal["merge"]
# A number or an id, as `bot.incidents.open_list.typed_number` returns it.
IncidentName = Annotated[str, StringConstraints(pattern=r"^(?:[0-9A-F]{6}|[0-9a-f]{24})\z")]
StormName = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z0-9]{1,40}:[0-9]{1,14})?\z")]
PersonName = Annotated[StorableText, Field(max_length=PERSON_NAME_LIMIT)]


VIEWS_BY_NAME: Final[dict[str, type["View"]]] = {}


@dataclass(frozen=True, kw_only=True)
class View:
    """A view; `NAME` identifies it in the value of a control."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)
    NAME: ClassVar[str]

    @property
    def about(self) -> str:
        """The number or the id of its only incident; empty for none or several."""
        return ""

    def __init_subclass__(cls) -> None:
        """Register the view under its name; raises ValueError for a name that another view has."""
        if cls.NAME in VIEWS_BY_NAME:
            raise ValueError(f"two views are called {cls.NAME}")
        VIEWS_BY_NAME[cls.NAME] = cls


@dataclass(frozen=True, kw_only=True)
class Help(View):
    """The menu."""

    NAME: ClassVar[str] = "help"


@dataclass(frozen=True, kw_only=True)
class UnknownCommand(View):
    """The answer to an unknown command."""

    NAME: ClassVar[str] = "unknown"
    words: Words


@dataclass(frozen=True, kw_only=True)
class IncidentCard(View):
    """One incident, requested by number, id or pasted address."""

    NAME: ClassVar[str] = "incident"
    asked: Words


@dataclass(frozen=True, kw_only=True)
class CatchUp(View):
    """The summary of one incident for one person: how it stands, what was done and said, what comes next.

    Without a number or an id it is the incident in the thread of whose card the person asks.
    """

    NAME: ClassVar[str] = "catch_up"
    asked: Words = ""


@dataclass(frozen=True, kw_only=True)
class IncidentAcknowledgement(View):
    """The outcome of acknowledging incidents, given by number or id: drawing it acknowledges them."""

    NAME: ClassVar[str] = "acknowledge"
    asked: Annotated[tuple[IncidentName, ...], Field(min_length=1, max_length=MAX_ACKNOWLEDGED_AT_ONCE)]


@dataclass(frozen=True, kw_only=True)
class NotYet(View):
    """The answer to a command that the bot cannot carry out yet; `asked` begins with the incident, if one is named."""

    NAME: ClassVar[str] = "not_yet"
    verb: Verb
    asked: Words = ""


@dataclass(frozen=True, kw_only=True)
class IncidentComment(View):
    """A comment on an incident, given by number or id: added if both are given, otherwise a form."""

    NAME: ClassVar[str] = "comment"
    asked: Words = ""
    words: Words = ""


@dataclass(frozen=True, kw_only=True)
class OnCall(View):
    """Who is on call at an instant, None for now, on the schedules with these words in their names."""

    NAME: ClassVar[str] = "oncall"
    words: Words = ""
    at: Instant | None = None
    zone: ZoneName = ""
    """The time zone in which the instant is shown; empty for the reader's own."""


@dataclass(frozen=True, kw_only=True)
class OnCallWeek(View):
    """The next seven days of the schedules with these words in their names."""

    NAME: ClassVar[str] = "week"
    words: Words = ""
    zone: ZoneName = ""
    """The time zone of the person who requested the week, kept when others draw it again."""


@dataclass(frozen=True, kw_only=True)
class OnCallQuestion(View):
    """A typed request about on call, whose times can be parsed only with the person's time zone."""

    NAME: ClassVar[str] = "oncall_question"
    words: Words


@dataclass(frozen=True, kw_only=True)
class Home(View):
    """The reader's own shifts and incidents."""

    NAME: ClassVar[str] = "me"


@dataclass(frozen=True, kw_only=True)
class AllOpenIncidents(View):
    """What all teams of the reader have open."""

    NAME: ClassVar[str] = "all_open"


@dataclass(frozen=True, kw_only=True)
class HomeTab(View):
    """The Home tab: what the reader's teams have open, who is on call, and the reader's own shifts.

    Drawing it with a language, or with where the reader is mentioned, makes that choice.
    """

    NAME: ClassVar[str] = "home"
    language: LanguageCode = ""
    mention: MentionCode = ""


@dataclass(frozen=True, kw_only=True)
class Digest(View):
    """The digest of a day, None for today; `asked_by` names the person for whom it was posted."""

    NAME: ClassVar[str] = "digest"
    on: date | None = None
    asked_by: PersonName = ""


@dataclass(frozen=True, kw_only=True)
class DigestWeek(View):
    """The report of the week before a day, None for today; `asked_by` names the person for whom it was posted."""

    NAME: ClassVar[str] = "digest_week"
    on: date | None = None
    asked_by: PersonName = ""


@dataclass(frozen=True, kw_only=True)
class UnknownDigest(View):
    """The answer to unknown words after `digest`."""

    NAME: ClassVar[str] = "unknown_digest"
    words: Words


@dataclass(frozen=True, kw_only=True)
class PostedDigest(View):
    """The channel of the digest or weekly report after it was posted for everybody: drawing it posts it."""

    NAME: ClassVar[str] = "digest_post"
    is_week: bool = False


@dataclass(frozen=True, kw_only=True)
class Reminder(View):
    """The shifts that a person begins at an instant, and the open incidents."""

    NAME: ClassVar[str] = "reminder"
    at: Instant
    person_id: FlashdutyId


def written_view(view: View) -> dict[str, Any]:
    """Convert a view to JSON types."""
    return {view.NAME: written_record(view)}


def read_view(held: object) -> View:
    """Convert JSON types to a view; raises ValueError for anything that is no view."""
    if not isinstance(held, dict) or len(held) != 1:
        raise ValueError("not one view")
    ((name, fields),) = held.items()
    if name not in VIEWS_BY_NAME:
        raise ValueError("no view of ours")
    return read_record(VIEWS_BY_NAME[name], fields)


# A view in a value: its name and its fields, `{"incidents":{"page":2}}`.
CarriedView = Annotated[View, PlainValidator(read_view), PlainSerializer(written_view)]


@dataclass(frozen=True, kw_only=True)
class ViewValue(ButtonValue):
    """The value of a control that draws a view: in place, privately, or for the channel."""

    view: CarriedView

    @property
    def incident(self) -> str:
        """The id of the view's incident; empty if it has none, or only its number is known."""
        return incident_of(self.view)


def incident_of(view: View) -> str:
    """Return the id of a view's incident; empty if it has none, or only its number is known."""
    asked = view.asked if isinstance(view, IncidentCard | IncidentComment | CatchUp) else view.about
    if isinstance(view, IncidentAcknowledgement) and len(view.asked) == 1:
        asked = view.asked[0]
    return asked if len(asked) == INCIDENT_ID_LENGTH else ""
