"""The documented types of a timeline's entries, each with what its `detail` says."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from bot.flashduty.models.timeline_details import (
    AcknowledgedEntry,
    AlertMerged,
    Assigned,
    Closed,
    Commented,
    Created,
    DescriptionChanged,
    Detail,
    FieldChanged,
    ImpactChanged,
    Merged,
    Muted,
    Notified,
    Reopened,
    ReplyMuted,
    ResolutionChanged,
    RespondersAdded,
    RootCauseChanged,
    SeverityChanged,
    Snoozed,
    SomethingElse,
    Storm,
    TitleChanged,
    Unacknowledged,
    Woken,
)
from bot.flashduty.models.timeline_work import (
    ActionRun,
    CardRefreshed,
    WarRoomCreated,
    WarRoomDeleted,
    WorkItemAssigned,
    WorkItemBound,
    WorkItemCompleted,
    WorkItemConverted,
    WorkItemCreated,
    WorkItemDeleted,
    WorkItemUpdated,
)

DETAIL_TYPES: Final[Mapping[str, type[Detail]]] = MappingProxyType(
    {
        "i_new": Created,
        "i_assign": Assigned,
        "i_a_rspd": RespondersAdded,
        "i_notify": Notified,
        "i_storm": Storm,
        "i_snooze": Snoozed,
        "i_wake": Woken,
        "i_ack": AcknowledgedEntry,
        "i_unack": Unacknowledged,
        "i_comm": Commented,
        "i_rslv": Closed,
        "i_reopen": Reopened,
        "i_merge": Merged,
        "i_r_title": TitleChanged,
        "i_r_desc": DescriptionChanged,
        "i_r_impact": ImpactChanged,
        "i_r_rc": RootCauseChanged,
        "i_r_rsltn": ResolutionChanged,
        "i_r_severity": SeverityChanged,
        "i_r_field": FieldChanged,
        "i_m_flapping": Muted,
        "i_m_reply": ReplyMuted,
        "i_custom": ActionRun,
        "i_wr_create": WarRoomCreated,
        "i_wr_delete": WarRoomDeleted,
        "i_auto_refresh": CardRefreshed,
        "i_wi_created": WorkItemCreated,
        "i_wi_updated": WorkItemUpdated,
        "i_wi_assignees": WorkItemAssigned,
        "i_wi_completed": WorkItemCompleted,
        "i_wi_converted": WorkItemConverted,
        "i_wi_bound": WorkItemBound,
        "i_wi_deleted": WorkItemDeleted,
        "a_merge": AlertMerged,
    }
)


def read_detail(kind: str, detail: Mapping[str, Any] | None) -> Detail:
    """Read the detail of an entry of a type; SomethingElse for an unknown type, and where it cannot be read."""
    try:
        return DETAIL_TYPES.get(kind, SomethingElse).model_validate(detail or {})
    except ValidationError:
        return SomethingElse()
