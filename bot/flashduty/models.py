"""What Flashduty says, as frozen values; the habits of the wire are repaired here and nowhere else.

Times come as Unix seconds with 0 for "not set", empty lists and objects come as null, some names come twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Severity(StrEnum):
    """How bad an incident is, most severe first."""

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
    """How far the work on an incident is."""

    TRIGGERED = "Triggered"
    PROCESSING = "Processing"
    CLOSED = "Closed"
    UNKNOWN = "Unknown"

    @classmethod
    def _missing_(cls, _value: object) -> "Progress":
        return cls.UNKNOWN


def _time(seconds: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds and seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_NO_RULE: Final = "0" * 24

Text = str | None
Number = int | None


class Wire(BaseModel):
    """Keeps numbers and lists as they came, which parses without a step through Python; properties repair them."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Responder(Wire):
    """Somebody an incident was assigned to."""

    person_id: int = 0
    person_name: Text = Field(default=None, repr=False)
    email: Text = Field(default=None, repr=False)
    assigned: Number = Field(default=None, alias="assigned_at", repr=False)
    acknowledged: Number = Field(default=None, alias="acknowledged_at", repr=False)

    @property
    def name(self) -> str | None:
        """Their name, which Flashduty often leaves out."""
        return self.person_name or None

    @property
    def assigned_at(self) -> datetime | None:
        """When they were paged."""
        return _time(self.assigned)

    @property
    def acknowledged_at(self) -> datetime | None:
        """When they acknowledged, if they have."""
        return _time(self.acknowledged)


class _Assignment(Wire):
    escalate_rule_id: Text = None
    escalate_rule_name: Text = None
    layer_idx: Number = None


class _Named(Wire):
    person_name: Text = None


class Incident(Wire):
    """One incident (schema IncidentInfo)."""

    id: str = Field(alias="incident_id")
    number: Text = Field(default=None, alias="num")
    wire_title: Text = Field(default=None, alias="title")
    wire_description: Text = Field(default=None, alias="description", repr=False)
    incident_severity: Text = None
    incident_status: Text = Field(default=None, repr=False)
    wire_progress: Text = Field(default=None, alias="progress")
    wire_channel_id: Number = Field(default=None, alias="channel_id", repr=False)
    wire_channel_name: Text = Field(default=None, alias="channel_name", repr=False)
    wire_labels: dict[str, Any] | None = Field(default=None, alias="labels", repr=False)
    start_time: Number = Field(default=None, repr=False)
    end_time: Number = Field(default=None, repr=False)
    ack_time: Number = Field(default=None, repr=False)
    close_time: Number = Field(default=None, repr=False)
    snoozed_before: Number = Field(default=None, repr=False)
    alert_cnt: Number = Field(default=None, repr=False)
    active_alert_cnt: Number = Field(default=None, repr=False)
    wire_responders: tuple[Responder, ...] | None = Field(default=None, alias="responders", repr=False)
    closer: _Named | None = Field(default=None, repr=False)
    assigned_to: _Assignment | None = Field(default=None, repr=False)
    wire_detail_url: Text = Field(default=None, alias="detail_url", repr=False)

    @property
    def num(self) -> str:
        """The short number people say; several incidents may share one."""
        return self.number or self.id[-6:].upper()

    @property
    def title(self) -> str:
        """The title, untrusted."""
        return self.wire_title or ""

    @property
    def description(self) -> str:
        """The description, untrusted."""
        return self.wire_description or ""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return Severity(self.incident_severity or "")

    @property
    def status(self) -> Severity:
        """How bad its alerts are now."""
        return Severity(self.incident_status or "")

    @property
    def progress(self) -> Progress:
        """How far the work is."""
        return Progress(self.wire_progress or "")

    @property
    def is_open(self) -> bool:
        """Whether it is not closed; recovered alerts alone do not close it."""
        return self.progress is not Progress.CLOSED

    @property
    def channel_id(self) -> int:
        """Its Flashduty channel, 0 for none."""
        return self.wire_channel_id or 0

    @property
    def channel_name(self) -> str:
        """The name of its Flashduty channel, untrusted."""
        return self.wire_channel_name or ""

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels of its alerts, untrusted."""
        return {name: str(value) for name, value in (self.wire_labels or {}).items()}

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return _time(self.start_time) or _EPOCH

    @property
    def ended_at(self) -> datetime | None:
        """When its alerts recovered."""
        return _time(self.end_time)

    @property
    def acknowledged_at(self) -> datetime | None:
        """When somebody first acknowledged it."""
        return _time(self.ack_time)

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed."""
        return _time(self.close_time)

    @property
    def snoozed_until(self) -> datetime | None:
        """Until when it is snoozed."""
        return _time(self.snoozed_before)

    @property
    def alert_count(self) -> int:
        """How many alerts are in it."""
        return self.alert_cnt or 0

    @property
    def active_alert_count(self) -> int:
        """How many of them have not recovered."""
        return self.active_alert_cnt or 0

    @property
    def responders(self) -> tuple[Responder, ...]:
        """Everybody it was assigned to."""
        return self.wire_responders or ()

    @property
    def acknowledgers(self) -> tuple[Responder, ...]:
        """Those who acknowledged it."""
        return tuple(responder for responder in self.responders if responder.acknowledged)

    @property
    def closer_name(self) -> str | None:
        """Who closed it; None when it closed by itself."""
        return (self.closer.person_name or None) if self.closer else None

    @property
    def escalation_rule(self) -> str | None:
        """The name of the escalation rule it is on."""
        rule = self.assigned_to
        if rule is None or not rule.escalate_rule_id or rule.escalate_rule_id == _NO_RULE:
            return None
        return rule.escalate_rule_name or rule.escalate_rule_id

    @property
    def escalation_level(self) -> int | None:
        """Its level within that rule, counted from 0."""
        return self.assigned_to.layer_idx if self.assigned_to and self.escalation_rule else None

    @property
    def detail_url(self) -> str:
        """Its page in the console, untrusted."""
        return self.wire_detail_url or ""


class IncidentPage(Wire):
    """A page of `/incident/list`; `total` stops counting at 1,000, so `has_more` is what to trust."""

    items: tuple[Incident, ...] | None = None
    total: int = 0
    has_next_page: bool | None = None
    search_after_ctx: Text = None

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents of the page."""
        return self.items or ()

    @property
    def has_more(self) -> bool:
        """Whether there is another page."""
        return bool(self.has_next_page)

    @property
    def cursor(self) -> str | None:
        """What asks for the next page."""
        return self.search_after_ctx or None


class Duty(Wire):
    """The people in one role of a shift."""

    role_id: int = 0
    ids: tuple[int, ...] | None = Field(default=None, alias="person_ids")

    @property
    def person_ids(self) -> tuple[int, ...]:
        """Who they are."""
        return self.ids or ()


class _Group(Wire):
    group_name: Text = None
    members: tuple[Duty, ...] | None = None


class Shift(Wire):
    """A stretch of time with a group on call."""

    begins: int = Field(alias="start")
    ends: int = Field(alias="end")
    wire_group: _Group | None = Field(default=None, alias="group")

    @property
    def start(self) -> datetime:
        """When it begins."""
        return _time(self.begins) or _EPOCH

    @property
    def end(self) -> datetime:
        """When it ends."""
        return _time(self.ends) or _EPOCH

    @property
    def group(self) -> str:
        """The group's name, untrusted."""
        return (self.wire_group.group_name or "") if self.wire_group else ""

    @property
    def duties(self) -> tuple[Duty, ...]:
        """Who is on it, by role."""
        return (self.wire_group.members or ()) if self.wire_group else ()

    @property
    def person_ids(self) -> tuple[int, ...]:
        """Everybody on it, once."""
        return tuple(dict.fromkeys(person for duty in self.duties for person in duty.person_ids))


class _Layer(Wire):
    schedules: tuple[Shift, ...] | None = None


class Schedule(Wire):
    """An on-call schedule with the shifts computed for the window that was asked for."""

    schedule_id: Number = None
    legacy_id: Number = Field(default=None, alias="id", repr=False)
    schedule_name: Text = None
    legacy_name: Text = Field(default=None, alias="name", repr=False)
    team_id: Number = None
    disabled: Number = None
    final_schedule: _Layer | None = Field(default=None, repr=False)
    current: Shift | None = Field(default=None, alias="cur_oncall", repr=False)
    following: Shift | None = Field(default=None, alias="next_oncall", repr=False)

    @property
    def id(self) -> int:
        """Its id."""
        return self.schedule_id or self.legacy_id or 0

    @property
    def name(self) -> str:
        """Its name, untrusted."""
        return self.schedule_name or self.legacy_name or ""

    @property
    def is_enabled(self) -> bool:
        """Whether it is in use."""
        return not self.disabled

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """The shifts after all layers and overrides, in order."""
        computed = (self.final_schedule.schedules or ()) if self.final_schedule else ()
        return tuple(sorted(computed, key=lambda shift: shift.begins))


class SchedulePage(Wire):
    """A page of `/schedule/list`."""

    items: tuple[Schedule, ...] | None = None
    total: int = 0


class Person(Wire):
    """Somebody in Flashduty."""

    id: int = Field(alias="person_id")
    person_name: Text = None
    email: Text = None
    locale: Text = None
    time_zone: Text = None
    status: Text = None
    is_address_verified: bool | None = Field(default=None, alias="email_verified", repr=False)

    @property
    def name(self) -> str:
        """Their name, untrusted."""
        return self.person_name or ""


class People(Wire):
    """The answer of `/person/infos`."""

    items: tuple[Person, ...] | None = None


class KeyOwner(Wire):
    """Whose APP Key it is: everything done with it appears as done by them."""

    member_id: Number = None
    member_name: Text = None
    email: Text = None
    account_id: Number = None
    account_name: Text = None

    @property
    def name(self) -> str:
        """Their name, or their e-mail address."""
        return self.member_name or self.email or "its owner"


class FlashdutyChannel(Wire):
    """A channel of Flashduty, and the teams that own it."""

    id: int = Field(default=0, alias="channel_id")
    channel_name: Text = None
    team_id: Number = None
    managing: tuple[int, ...] | None = Field(default=None, alias="managing_team_ids")

    @property
    def managing_team_ids(self) -> tuple[int, ...]:
        """Further teams that may manage it."""
        return self.managing or ()


class _Failure(Wire):
    code: Text = None
    message: Text = None


class Envelope(Wire, Generic[T]):
    """What every answer is wrapped in; an `error` is a failure whatever the HTTP status."""

    request_id: Text = None
    data: T | None = None
    error: _Failure | None = None


@dataclass(frozen=True)
class IncidentQuery:
    """Filters of `/incident/list`; the window is at most 31 days, a page at most 100."""

    start: datetime
    end: datetime
    progress: tuple[Progress, ...] = ()
    severities: tuple[Severity, ...] = ()
    text: str | None = None
    channel_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()
    responder_ids: tuple[int, ...] = ()
    nums: tuple[str, ...] = ()
    limit: int = 100
    cursor: str | None = None

    def body(self) -> dict[str, Any]:
        """Write it as the operation takes it; what is empty is left out."""
        given: dict[str, Any] = {
            "start_time": int(self.start.timestamp()),
            "end_time": int(self.end.timestamp()),
            "limit": self.limit,
            "progress": ",".join(self.progress),
            "incident_severity": ",".join(self.severities),
            "query": self.text,
            "channel_ids": list(self.channel_ids),
            "team_ids": list(self.team_ids),
            "responder_ids": list(self.responder_ids),
            "nums": list(self.nums),
            "search_after_ctx": self.cursor,
        }
        return {name: value for name, value in given.items() if value}
