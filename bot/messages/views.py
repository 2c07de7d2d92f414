"""What can be drawn, and drawn again: one record for each view. Typed words and pressed controls lead to the same ones.

`handlers.routes` has the function that draws each of them. A view may also lie beside the messages of its feature.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, PlainSerializer, PlainValidator

from bot.flashduty import Progress, Severity
from bot.messages.buttons import (
    INCIDENT_ID_LENGTH,
    ButtonValue,
    FlashdutyId,
    StorableText,
    Words,
    read_record,
    written_record,
)

OPEN: Final = (Progress.TRIGGERED, Progress.PROCESSING)
# /incident/list takes at most 31 days in one window (/en/api-reference/on-call/incidents/incident-list).
DEFAULT_SINCE: Final = timedelta(days=31)
MAX_SINCE: Final = timedelta(days=365)
SEARCH_TEXT_LIMIT: Final = 200
MAX_PAGE: Final = 1_000
# A longer name of the person who asked for a digest is cut.
PERSON_NAME_LIMIT: Final = 80
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2100


def _within_the_calendar(at: datetime) -> datetime:
    """Refuse instants so far away that a time zone or a span beside them leaves the calendar."""
    if not _FIRST_YEAR < at.year < _LAST_YEAR:
        raise ValueError("not a year of ours")
    return at.astimezone(UTC)


def _known(choice: Severity | Progress) -> Severity | Progress:
    """Refuse what the enumerations take for a word of a newer Flashduty: nobody can choose it."""
    if choice in {Severity.UNKNOWN, Progress.UNKNOWN}:
        raise ValueError("nothing that can be chosen")
    return choice


Instant = Annotated[AwareDatetime, AfterValidator(_within_the_calendar)]
ZoneName = Annotated[StorableText, Field(max_length=64)]
PersonName = Annotated[StorableText, Field(max_length=PERSON_NAME_LIMIT)]


VIEWS_BY_NAME: Final[dict[str, type["View"]]] = {}


@dataclass(frozen=True, kw_only=True)
class View:
    """Something that is drawn for a person; `NAME` is what a control's value calls it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)
    NAME: ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Let controls carry the view; raises ValueError for a name that another view has."""
        if cls.NAME in VIEWS_BY_NAME:
            raise ValueError(f"two views are called {cls.NAME}")
        VIEWS_BY_NAME[cls.NAME] = cls


@dataclass(frozen=True, kw_only=True)
class Help(View):
    """The menu."""

    NAME: ClassVar[str] = "help"


@dataclass(frozen=True, kw_only=True)
class UnknownCommand(View):
    """What to say to words that are no command."""

    NAME: ClassVar[str] = "unknown"
    words: Words


@dataclass(frozen=True, kw_only=True)
class IncidentList(View):
    """A page of incidents; without any filter everything open in the last 31 days."""

    NAME: ClassVar[str] = "incidents"
    severities: Annotated[tuple[Annotated[Severity, AfterValidator(_known)], ...], Field(max_length=len(Severity))] = ()
    progress: Annotated[tuple[Annotated[Progress, AfterValidator(_known)], ...], Field(max_length=len(Progress))] = OPEN
    since: Annotated[timedelta, Field(gt=timedelta(), le=MAX_SINCE)] = DEFAULT_SINCE
    text: Annotated[StorableText, Field(max_length=SEARCH_TEXT_LIMIT)] = ""
    page: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 1
    not_understood: Annotated[Words, Field(exclude=True)] = ""
    """Words that look like a filter and are none: said when they were typed, and not carried."""


@dataclass(frozen=True, kw_only=True)
class IncidentCard(View):
    """One incident, asked for by number, id or pasted address."""

    NAME: ClassVar[str] = "incident"
    asked: Words


@dataclass(frozen=True, kw_only=True)
class IncidentComment(View):
    """A comment on an incident, asked for by number or id: added where both are there, a form otherwise."""

    NAME: ClassVar[str] = "comment"
    asked: Words = ""
    words: Words = ""


@dataclass(frozen=True, kw_only=True)
class OnCall(View):
    """Who is on call at a moment, or now, of the schedules with these words in their names."""

    NAME: ClassVar[str] = "oncall"
    words: Words = ""
    at: Instant | None = None
    zone: ZoneName = ""
    """The time zone the moment is written in; empty for the reader's own."""


@dataclass(frozen=True, kw_only=True)
class OnCallWeek(View):
    """The next seven days of the schedules with these words in their names."""

    NAME: ClassVar[str] = "week"
    words: Words = ""
    zone: ZoneName = ""
    """A week that others draw again stays in the time zone of the person who asked for it."""


@dataclass(frozen=True, kw_only=True)
class OnCallQuestion(View):
    """A question about on call as it was typed: its times can be read only when the person's time zone is known."""

    NAME: ClassVar[str] = "oncall_question"
    words: Words


@dataclass(frozen=True, kw_only=True)
class Home(View):
    """The reader's own shifts and incidents."""

    NAME: ClassVar[str] = "me"


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
    """What to say to words behind `digest` that mean nothing there."""

    NAME: ClassVar[str] = "unknown_digest"
    words: Words


@dataclass(frozen=True, kw_only=True)
class PostedDigest(View):
    """Where the digest, or the week's report, is after it was posted for everybody: drawing it posts it."""

    NAME: ClassVar[str] = "digest_post"
    is_week: bool = False


@dataclass(frozen=True, kw_only=True)
class Reminder(View):
    """What a person takes over at a moment, and what is open."""

    NAME: ClassVar[str] = "reminder"
    at: Instant
    person_id: FlashdutyId


def written_view(view: View) -> dict[str, Any]:
    """Write a view as JSON's types."""
    return {view.NAME: written_record(view)}


def _read(held: object) -> View:
    if not isinstance(held, dict) or len(held) != 1:
        raise ValueError("not one view")
    ((name, fields),) = held.items()
    if name not in VIEWS_BY_NAME:
        raise ValueError("no view of ours")
    return read_record(VIEWS_BY_NAME[name], fields)


# A view in a value: its name and its fields, `{"incidents":{"page":2}}`.
CarriedView = Annotated[View, PlainValidator(_read), PlainSerializer(written_view)]


@dataclass(frozen=True, kw_only=True)
class ViewValue(ButtonValue):
    """Carried by a control that draws a view: in place, privately, or for the channel."""

    view: CarriedView

    @property
    def incident(self) -> str:
        """The id of the incident whose card it is; empty where there is only a number or something else."""
        return incident_of(self.view)


def incident_of(view: View) -> str:
    """Return the id of the incident a view is about; empty when it is about none, or only a number is known."""
    asked = view.asked if isinstance(view, IncidentCard | IncidentComment) else ""
    return asked if len(asked) == INCIDENT_ID_LENGTH else ""
