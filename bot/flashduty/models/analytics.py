"""Flashduty's analytics, as frozen values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import FailFast, Field

from bot.flashduty.models.incidents import Severity
from bot.flashduty.wire import MAX_DURATION_SECONDS, NullIs, StrictCount, StrictSeconds, Text, Timestamp, Wire

# /en/api-reference/on-call/analytics/insight-by-team: `work`, `off` and `sleep`, which is 23:00 to 08:00 every day.
NIGHT: Final = "sleep"

Percentage = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False), NullIs(float)]


class Figures(Wire):
    """One row of `/insight/team` or `/insight/account`: a team or the account, on one day, in one part of the day."""

    ts: Timestamp
    hours: Text
    incidents: StrictCount = Field(validation_alias="total_incident_cnt")
    """How many incidents began."""
    acknowledged: StrictCount = Field(validation_alias="total_incidents_acknowledged")
    """How many of them were acknowledged."""
    closed: StrictCount = Field(validation_alias="total_incidents_closed")
    """How many of them were closed."""
    interruptions: StrictCount = Field(validation_alias="total_interruptions")
    """How often somebody was interrupted: by text message, call or app, once a minute at most."""
    total_seconds_to_ack: StrictSeconds
    total_seconds_to_close: StrictSeconds
    mean_seconds_to_ack: StrictSeconds
    mean_seconds_to_close: StrictSeconds
    noise_reduction: Percentage = Field(validation_alias="noise_reduction_pct")
    """How much of the alerts did not become an incident of its own, 0 to 100."""
    total_alert_cnt: StrictCount
    total_alert_event_cnt: StrictCount

    @property
    def to_acknowledge(self) -> timedelta:
        """The sum of the times to acknowledge."""
        return _total(self.total_seconds_to_ack, self.mean_seconds_to_ack, self.acknowledged)

    @property
    def to_close(self) -> timedelta:
        """The sum of the times to close."""
        return _total(self.total_seconds_to_close, self.mean_seconds_to_close, self.closed)

    @property
    def is_at_night(self) -> bool:
        """Whether this row is about the night."""
        return self.hours == NIGHT

    @property
    def alerts(self) -> int:
        """How many alert events were received, or alerts where events are not counted."""
        return self.total_alert_event_cnt or self.total_alert_cnt


def _total(total: float, mean: float, count: int) -> timedelta:
    return timedelta(seconds=min(total or mean * count, MAX_DURATION_SECONDS))


class FiguresTable(Wire):
    """The response of `/insight/team` and `/insight/account`."""

    items: Annotated[tuple[Figures, ...], FailFast(), NullIs(tuple)]


class NoisyCheck(Wire):
    """A check, and how many alerts it raised."""

    name: Text = Field(validation_alias="label")
    """The check's name, untrusted."""
    alerts: StrictCount = Field(validation_alias="total_alert_cnt")
    """How many alerts it raised."""
    total_alert_event_cnt: StrictCount


class NoisyChecks(Wire):
    """The response of `/insight/alert/topk-by-label`."""

    items: Annotated[tuple[NoisyCheck, ...], FailFast(), NullIs(tuple)]


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
        """Build the request body; empty filters are left out."""
        filters: dict[str, Any] = {
            "start_time": int(self.start.timestamp()),
            "end_time": int(self.end.timestamp()),
            "team_ids": list(self.team_ids),
            "channel_ids": list(self.channel_ids),
            "severities": [severity.value for severity in self.severities],
            "aggregate_unit": "day" if self.by_day else None,
            "split_hours": self.by_hours,
            "time_zone": self.time_zone,
        }
        return {name: value for name, value in filters.items() if value}
