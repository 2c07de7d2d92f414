"""Incidents as Flashduty tells them, and how it is asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AliasPath, Field

from bot.flashduty.wire import EPOCH, NullIs, Number, OptionalText, OptionalTime, Text, Time, Wire


class Severity(StrEnum):
    """How bad an incident is, most severe first; a word nobody knows yet is UNKNOWN."""

    CRITICAL = "Critical"
    WARNING = "Warning"
    INFO = "Info"
    OK = "Ok"
    UNKNOWN = "Unknown"

    @classmethod
    def _missing_(cls, _value: object) -> "Severity":
        return cls.UNKNOWN

    @property
    def rank(self) -> int:
        """0 for the most severe; an unknown one comes before Ok, so that it is not overlooked."""
        return _RANKS[self]


_RANKS: Final = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2, Severity.UNKNOWN: 3, Severity.OK: 4}


class Progress(StrEnum):
    """How far the work on an incident is; a word nobody knows yet is UNKNOWN."""

    TRIGGERED = "Triggered"
    PROCESSING = "Processing"
    CLOSED = "Closed"
    UNKNOWN = "Unknown"

    @classmethod
    def _missing_(cls, _value: object) -> "Progress":
        return cls.UNKNOWN


class Responder(Wire):
    """Somebody an incident was assigned to; name and e-mail are often left out (schema Responder)."""

    person_id: Number = 0
    name: OptionalText = Field(default=None, validation_alias="person_name")
    email: OptionalText = Field(default=None, repr=False)
    assigned_at: OptionalTime = Field(default=None, repr=False)
    acknowledged_at: OptionalTime = None


_NO_RULE: Final = "0" * 24


def _texts(labels: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in labels.items()}


# Documented as texts; should a source put something else there, it is written out rather than refused.
Labels = Annotated[
    dict[str, str] | Annotated[dict[str, Any], AfterValidator(_texts)], Field(union_mode="left_to_right"), NullIs(dict)
]


class Incident(Wire):
    """One incident; every text in it is untrusted (schema IncidentInfo)."""

    id: str = Field(validation_alias="incident_id")
    number: Text = Field(default="", validation_alias="num")
    title: Text = ""
    description: Text = Field(default="", repr=False)
    severity: Severity = Field(default=Severity.UNKNOWN, validation_alias="incident_severity")
    status: Severity = Field(default=Severity.UNKNOWN, validation_alias="incident_status", repr=False)
    progress: Progress = Progress.UNKNOWN
    channel_id: Number = Field(default=0, repr=False)
    channel_name: Text = Field(default="", repr=False)
    labels: Labels = Field(default_factory=dict, repr=False)
    started_at: Time = Field(default=EPOCH, validation_alias="start_time", repr=False)
    ended_at: OptionalTime = Field(default=None, validation_alias="end_time", repr=False)
    acknowledged_at: OptionalTime = Field(default=None, validation_alias="ack_time", repr=False)
    closed_at: OptionalTime = Field(default=None, validation_alias="close_time", repr=False)
    snoozed_until: OptionalTime = Field(default=None, validation_alias="snoozed_before", repr=False)
    alert_count: Number = Field(default=0, validation_alias="alert_cnt", repr=False)
    active_alert_count: Number = Field(default=0, validation_alias="active_alert_cnt", repr=False)
    event_count: Number = Field(default=0, validation_alias="alert_event_cnt", repr=False)
    responders: Annotated[tuple[Responder, ...], NullIs(tuple)] = Field(default=(), repr=False)
    closer_name: OptionalText = Field(default=None, validation_alias=AliasPath("closer", "person_name"), repr=False)
    owner_name: OptionalText = Field(default=None, validation_alias=AliasPath("owner", "person_name"), repr=False)
    rule_id: OptionalText = Field(
        default=None, validation_alias=AliasPath("assigned_to", "escalate_rule_id"), repr=False
    )
    rule_name: OptionalText = Field(
        default=None, validation_alias=AliasPath("assigned_to", "escalate_rule_name"), repr=False
    )
    rule_level: Number = Field(default=0, validation_alias=AliasPath("assigned_to", "layer_idx"), repr=False)
    detail_url: Text = Field(default="", repr=False)
    impact: Text = Field(default="", repr=False)
    root_cause: Text = Field(default="", repr=False)
    resolution: Text = Field(default="", repr=False)
    ai_summary: Text = Field(default="", repr=False)
    account_id: Number = Field(default=0, repr=False)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def num(self) -> str:
        """The short number people say; several incidents may share one."""
        return self.number or self.id[-6:].upper()

    @property
    def is_open(self) -> bool:
        """Whether it is not closed; recovered alerts alone do not close it."""
        return self.progress is not Progress.CLOSED

    @property
    def acknowledgers(self) -> tuple[Responder, ...]:
        """Those who acknowledged it."""
        return tuple(responder for responder in self.responders if responder.acknowledged_at)

    @property
    def escalation_rule(self) -> str | None:
        """The name of the escalation rule it is on, or its id; None when it was assigned to people directly."""
        if self.rule_id is None or self.rule_id == _NO_RULE:
            return None
        return self.rule_name or self.rule_id

    @property
    def escalation_level(self) -> int | None:
        """Its level within that rule, counted from 0."""
        return self.rule_level if self.escalation_rule else None


class IncidentPage(Wire):
    """A page of `/incident/list`; `total` stops counting at 1,000, so `has_more` is what to trust."""

    incidents: Annotated[tuple[Incident, ...], NullIs(tuple)] = Field(default=(), validation_alias="items")
    total: Number = 0
    has_more: Annotated[bool, NullIs(bool)] = Field(default=False, validation_alias="has_next_page")
    cursor: OptionalText = Field(default=None, validation_alias="search_after_ctx")


LONGEST_WINDOW: Final = timedelta(days=31)
LARGEST_PAGE: Final = 100
_ASKED_FOR: Final = frozenset({Severity.CRITICAL, Severity.WARNING, Severity.INFO})


@dataclass(frozen=True)
class IncidentQuery:
    """Filters of `/incident/list`: `start` and `end` are aware and at most 31 days apart, `limit` is 1 to 100.

    An incident that began before `start` is not found, even if it is still open. Empty filters match everything.
    Raises ValueError for what Flashduty would refuse. Source: /en/api-reference/on-call/incidents/incident-list.
    """

    start: datetime
    end: datetime
    progress: Sequence[Progress] | frozenset[Progress] = ()
    severities: Sequence[Severity] | frozenset[Severity] = ()
    text: str | None = None
    channel_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()
    nums: tuple[str, ...] = ()
    incident_ids: tuple[str, ...] = ()
    limit: int = LARGEST_PAGE
    cursor: str | None = None
    oldest_first: bool = False

    def __post_init__(self) -> None:
        if not timedelta(0) < self.end - self.start <= LONGEST_WINDOW:
            raise ValueError(f"the window is {self.end - self.start}, Flashduty takes up to {LONGEST_WINDOW.days} days")
        if not 0 < self.limit <= LARGEST_PAGE:
            raise ValueError(f"a page of {self.limit}, Flashduty takes 1 to {LARGEST_PAGE}")
        if Progress.UNKNOWN in self.progress or not _ASKED_FOR.issuperset(self.severities):
            raise ValueError("Flashduty does not know this progress or severity")

    def body(self) -> dict[str, Any]:
        """Write it as the operation takes it; what is empty is left out."""
        given: dict[str, Any] = {
            "start_time": int(self.start.timestamp()),
            "end_time": int(self.end.timestamp()),
            "limit": self.limit,
            "progress": ",".join(word for word in Progress if word in self.progress),
            "incident_severity": ",".join(word for word in Severity if word in self.severities),
            "query": self.text,
            "channel_ids": list(self.channel_ids),
            "team_ids": list(self.team_ids),
            "nums": list(self.nums),
            "incident_ids": list(self.incident_ids),
            "search_after_ctx": self.cursor,
            "asc": self.oldest_first,
        }
        return {name: value for name, value in given.items() if value}
