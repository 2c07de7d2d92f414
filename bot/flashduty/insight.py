"""Flashduty's analytics, as frozen values; the wire's habits are those of `bot.flashduty.models`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import Field

from bot.flashduty.models import Number, Severity, Text, Wire

# /en/api-reference/on-call/analytics/insight-by-team: `work`, `off` and `sleep`, which is 23:00 to 08:00 every day.
NIGHT: Final = "sleep"


class Figures(Wire):
    """One row of `/insight/team` or `/insight/account`: a team or the account, on one day, in one part of the day."""

    ts: Number = None
    hours: Text = None
    total_incident_cnt: Number = None
    total_incidents_acknowledged: Number = None
    total_incidents_closed: Number = None
    total_interruptions: Number = None
    total_seconds_to_ack: float | None = None
    total_seconds_to_close: float | None = None
    mean_seconds_to_ack: float | None = None
    mean_seconds_to_close: float | None = None
    noise_reduction_pct: float | None = None
    total_alert_cnt: Number = None
    total_alert_event_cnt: Number = None

    @property
    def incidents(self) -> int:
        """How many incidents began."""
        return self.total_incident_cnt or 0

    @property
    def acknowledged(self) -> int:
        """How many of them were acknowledged."""
        return self.total_incidents_acknowledged or 0

    @property
    def closed(self) -> int:
        """How many of them were closed."""
        return self.total_incidents_closed or 0

    @property
    def to_acknowledge(self) -> timedelta:
        """How long all acknowledged ones waited together."""
        total = self.total_seconds_to_ack or (self.mean_seconds_to_ack or 0) * self.acknowledged
        return timedelta(seconds=total)

    @property
    def to_close(self) -> timedelta:
        """How long all closed ones lasted together."""
        return timedelta(seconds=self.total_seconds_to_close or (self.mean_seconds_to_close or 0) * self.closed)

    @property
    def interruptions(self) -> int:
        """How often somebody was interrupted: by text message, call or app, once a minute at most."""
        return self.total_interruptions or 0

    @property
    def is_at_night(self) -> bool:
        """Whether this row is about the hours people sleep."""
        return self.hours == NIGHT

    @property
    def alerts(self) -> int:
        """How many alert events arrived, or alerts where events are not counted."""
        return self.total_alert_event_cnt or self.total_alert_cnt or 0

    @property
    def noise_reduction(self) -> float:
        """How much of the alerts did not become an incident of its own, 0 to 100."""
        return self.noise_reduction_pct or 0.0


class FiguresTable(Wire):
    """The answer of `/insight/team` and `/insight/account`."""

    items: tuple[Figures, ...] | None = None


class NoisyCheck(Wire):
    """A check and how often it fired."""

    label: Text = None
    total_alert_cnt: Number = None
    total_alert_event_cnt: Number = None

    @property
    def name(self) -> str:
        """The check's name, untrusted."""
        return self.label or ""

    @property
    def alerts(self) -> int:
        """How many alerts it raised."""
        return self.total_alert_cnt or 0


class NoisyChecks(Wire):
    """The answer of `/insight/alert/topk-by-label`."""

    items: tuple[NoisyCheck, ...] | None = None


class Member(Wire):
    """Somebody in the list of members; their person is looked up with `persons`."""

    id: int = Field(alias="member_id")
    member_name: Text = None
    email: Text = Field(default=None, repr=False)
    status: Text = None


class Members(Wire):
    """A page of `/member/list`."""

    items: tuple[Member, ...] | None = None


@dataclass(frozen=True)
class InsightQuery:
    """Filters of the analytics operations.

    The window is at most a year; by days it covers 24 hours to 31 days, which count in `time_zone`.
    """

    start: datetime
    end: datetime
    team_ids: tuple[int, ...] = ()
    channel_ids: tuple[int, ...] = ()
    severities: tuple[Severity, ...] = ()
    by_day: bool = False
    by_hours: bool = False
    time_zone: str | None = None

    def body(self) -> dict[str, Any]:
        """Write it as the operations take it; what is empty is left out."""
        given: dict[str, Any] = {
            "start_time": int(self.start.timestamp()),
            "end_time": int(self.end.timestamp()),
            "team_ids": list(self.team_ids),
            "channel_ids": list(self.channel_ids),
            "severities": [severity.value for severity in self.severities],
            "aggregate_unit": "day" if self.by_day else None,
            "split_hours": self.by_hours,
            "time_zone": self.time_zone,
        }
        return {name: value for name, value in given.items() if value}
