"""Incidents and their responders."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Final

from pydantic import AfterValidator, FailFast, Field

from bot.flashduty.wire import (
    EPOCH,
    Count,
    Flag,
    InvalidIs,
    NullIs,
    Number,
    OptionalText,
    OptionalTime,
    Record,
    Text,
    Timestamp,
    Wire,
    parse_timestamp,
)


class Severity(StrEnum):
    """The severity of an incident, most severe first; an unknown word is UNKNOWN."""

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
        """Its order, 0 for the most severe; UNKNOWN comes before Ok, so that it is not overlooked."""
        return _RANKS[self]


_RANKS: Final = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2, Severity.UNKNOWN: 3, Severity.OK: 4}


class Progress(StrEnum):
    """The progress of an incident; an unknown word is UNKNOWN."""

    TRIGGERED = "Triggered"
    PROCESSING = "Processing"
    CLOSED = "Closed"
    UNKNOWN = "Unknown"

    @classmethod
    def _missing_(cls, _value: object) -> "Progress":
        return cls.UNKNOWN


class Responder(Wire):
    """A person an incident was assigned to; name and e-mail are often left out (schema Responder)."""

    person_id: Number
    name: OptionalText = Field(validation_alias="person_name")
    email: OptionalText = Field(repr=False)
    assigned_at: OptionalTime = Field(repr=False)
    acknowledged_at: OptionalTime


class _Assignment(Wire):
    person_ids: Annotated[tuple[Number, ...], InvalidIs(())]
    escalate_rule_id: Text
    escalate_rule_name: Text
    layer_idx: Count
    assigned_at: OptionalTime

    @property
    def has_rule(self) -> bool:
        return self.escalate_rule_id not in _NO_RULE


_NO_RULE: Final = ("", "0" * 24)


class _PersonName(Wire):
    person_name: OptionalText


def _texts(labels: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in labels.items()}


# Documented as texts; a value of another type is converted to text rather than refused.
Labels = Annotated[
    dict[str, str] | Annotated[dict[str, Any], AfterValidator(_texts)], Field(union_mode="left_to_right"), NullIs(dict)
]


class Incident(Wire):
    """One incident; every text in it is untrusted (schema IncidentInfo).

    Of a page of a hundred, few are shown in detail: times and nested records are parsed when they are first read.
    """

    id: str = Field(validation_alias="incident_id")
    number: Text = Field(validation_alias="num")
    title: Text
    description: Text = Field(repr=False)
    severity: Annotated[Severity, InvalidIs(Severity.UNKNOWN)] = Field(validation_alias="incident_severity")
    status: Annotated[Severity, InvalidIs(Severity.UNKNOWN)] = Field(validation_alias="incident_status", repr=False)
    progress: Annotated[Progress, InvalidIs(Progress.UNKNOWN)]
    channel_id: Number = Field(repr=False)
    channel_name: Text = Field(repr=False)
    labels: Labels = Field(repr=False)
    field_values: Record = Field(validation_alias="fields", repr=False)
    """The values of custom fields by their names, of any type."""
    start_time: Timestamp = Field(repr=False)
    end_time: Timestamp = Field(repr=False)
    ack_time: Timestamp = Field(repr=False)
    close_time: Timestamp = Field(repr=False)
    snoozed_before: Timestamp = Field(repr=False)
    updated_at: Timestamp = Field(repr=False)
    alert_count: Count = Field(validation_alias="alert_cnt", repr=False)
    active_alert_count: Count = Field(validation_alias="active_alert_cnt", repr=False)
    event_count: Count = Field(validation_alias="alert_event_cnt", repr=False)
    assigned: Annotated[tuple[Record, ...], FailFast(), NullIs(tuple)] = Field(
        validation_alias="responders", repr=False
    )
    assigned_to: Record = Field(repr=False)
    closer: Record = Field(repr=False)
    closer_id: Number = Field(repr=False)
    owner: Record = Field(repr=False)
    detail_url: Text = Field(repr=False)
    impact: Text = Field(repr=False)
    root_cause: Text = Field(repr=False)
    resolution: Text = Field(repr=False)
    ai_summary: Text = Field(repr=False)
    account_id: Number = Field(repr=False)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def num(self) -> str:
        """The short number people use; several incidents may share one."""
        return self.number or self.id[-6:].upper()

    @property
    def is_open(self) -> bool:
        """Whether it is not closed; recovered alerts alone do not close it."""
        return self.progress is not Progress.CLOSED

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return parse_timestamp(self.start_time) or EPOCH

    @property
    def ended_at(self) -> datetime | None:
        """When its alerts recovered."""
        return parse_timestamp(self.end_time)

    @property
    def acknowledged_at(self) -> datetime | None:
        """When it was first acknowledged."""
        return parse_timestamp(self.ack_time)

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed."""
        return parse_timestamp(self.close_time)

    @property
    def snoozed_until(self) -> datetime | None:
        """Until when it is snoozed; the time may have passed."""
        return parse_timestamp(self.snoozed_before)

    @cached_property
    def responders(self) -> tuple[Responder, ...]:
        """Everybody it was assigned to."""
        return tuple(Responder.model_validate(record) for record in self.assigned if record)

    @property
    def acknowledgers(self) -> tuple[Responder, ...]:
        """Those who acknowledged it."""
        return tuple(responder for responder in self.responders if responder.acknowledged_at)

    @property
    def closer_name(self) -> str | None:
        """Who closed it; None when it closed by itself."""
        return _PersonName.model_validate(self.closer or {}).person_name

    @property
    def owner_name(self) -> str | None:
        """Who owns it, where Flashduty still returns it."""
        return _PersonName.model_validate(self.owner or {}).person_name

    @property
    def escalation_rule(self) -> str | None:
        """The name of its escalation rule, or the rule's id; None when it was assigned to people directly."""
        assignment = _Assignment.model_validate(self.assigned_to or {})
        return (assignment.escalate_rule_name or assignment.escalate_rule_id) if assignment.has_rule else None

    @property
    def escalation_level(self) -> int | None:
        """Its level within that rule, counted from 0."""
        assignment = _Assignment.model_validate(self.assigned_to or {})
        return assignment.layer_idx if assignment.has_rule else None

    @property
    def escalation_rule_id(self) -> str | None:
        """The id of that rule."""
        assignment = _Assignment.model_validate(self.assigned_to or {})
        return assignment.escalate_rule_id if assignment.has_rule else None

    @property
    def assigned_ids(self) -> tuple[int, ...]:
        """The people it is assigned to, by their ids; none where a webhook leaves them out."""
        return _Assignment.model_validate(self.assigned_to or {}).person_ids

    @property
    def assigned_at(self) -> datetime | None:
        """When its present level was paged."""
        return _Assignment.model_validate(self.assigned_to or {}).assigned_at


class IncidentPage(Wire):
    """A page of `/incident/list`; `total` stops counting at 1,000, so use `has_more`."""

    incidents: Annotated[tuple[Incident, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="items")
    total: Count
    has_more: Flag = Field(validation_alias="has_next_page")
    cursor: OptionalText = Field(validation_alias="search_after_ctx")


class PastIncident(Incident):
    """A past incident that is similar to another (schema PastIncidentItem); `score` orders them."""

    score: Annotated[float, InvalidIs(0.0)]

    def __hash__(self) -> int:
        return hash(self.id)


class PastIncidents(Wire):
    """The answer of `/incident/past/list`."""

    incidents: Annotated[tuple[PastIncident, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="items")
