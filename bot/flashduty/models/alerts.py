"""The alerts that an incident groups."""

from typing import Annotated

from pydantic import FailFast, Field

from bot.flashduty.models.incidents import Labels, Severity
from bot.flashduty.wire import Count, InvalidIs, NullIs, OptionalTime, Text, Wire


class Alert(Wire):
    """One alert of an incident; its texts are untrusted (schema AlertItem)."""

    id: Text = Field(validation_alias="alert_id")
    title: Text = Field(repr=False)
    severity: Annotated[Severity, InvalidIs(Severity.UNKNOWN)] = Field(validation_alias="alert_severity")
    status: Annotated[Severity, InvalidIs(Severity.UNKNOWN)] = Field(validation_alias="alert_status")
    started_at: OptionalTime = Field(validation_alias="start_time")
    ended_at: OptionalTime = Field(validation_alias="end_time")
    labels: Labels = Field(repr=False)

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def is_firing(self) -> bool:
        """Whether it has not recovered."""
        return self.status is not Severity.OK and self.ended_at is None


class AlertPage(Wire):
    """A page of `/incident/alert/list`, which counts all alerts and does not say whether there are more."""

    alerts: Annotated[tuple[Alert, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="items")
    total: Count
