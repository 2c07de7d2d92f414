"""The operations that are served, with their fields and permissions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.flashduty import channels, customs, people, roles, schedules
from sandbox.flashduty.incidents import actions, alerts, assigning, dispatching, insight, past, queries, timeline
from sandbox.flashduty.incidents import customs as incident_customs
from sandbox.flashduty.model import comments
from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.webhooks import history
from sandbox.flashduty.wire.checks import (
    Field,
    Fields,
    array,
    boolean,
    comma_separated,
    identifier,
    integer,
    mapping,
    milliseconds,
    object_id,
    one_of,
    required,
    seconds,
    text,
    trimmed_text,
)

_FLAG: Final = Field(boolean)
_TEXT: Final = Field(text())
_NOTE: Final = Field(text(1_024))
_IDS: Final = Field(array(identifier))
_PAGE: Final = Field(integer(0))
_SEVERITIES: Final = ("Critical", "Warning", "Info")
_MOST_CHANNELS: Final = 1_000
# Of a close, newer than its notes.
_LONGEST_DESCRIPTION: Final = 6_144

_SOME_INCIDENTS: Final[Fields] = {"incident_ids": required(array(object_id, least=1))}
_INCIDENT_QUERY: Final[Fields] = {
    "start_time": required(seconds),
    "end_time": required(seconds),
    **dict.fromkeys(("asc", "is_snoozed", "is_my_team", "is_my_channel", "ever_muted", "is_rare"), _FLAG),
    "progress": Field(comma_separated("Triggered", "Processing", "Closed")),
    "incident_severity": Field(comma_separated(*_SEVERITIES)),
    "query": _TEXT,
    **dict.fromkeys(("channel_ids", "team_ids", "responder_ids", "acker_ids", "creator_ids", "closer_ids"), _IDS),
    "incident_ids": Field(array(object_id)),
    "nums": Field(array(text(may_be_blank=False))),
    "p": _PAGE,
    "limit": Field(integer(0, 100)),
    "search_after_ctx": _TEXT,
}
_TIMELINE_QUERY: Final[Fields] = {
    "incident_id": required(object_id),
    "p": Field(integer(1)),
    "limit": Field(integer(1, 100)),
    "search_after_ctx": _TEXT,
    "asc": _FLAG,
    "types": Field(array(one_of(*timeline.ENTRY_TYPES))),
}
_ALERT_QUERY: Final[Fields] = {
    "incident_id": required(object_id),
    **dict.fromkeys(("include_events", "is_active"), _FLAG),
    "p": _PAGE,
    "limit": Field(integer(0, 1_000)),
}
_PAST_QUERY: Final[Fields] = {"incident_id": required(object_id), "limit": Field(integer(0, 100))}
_HISTORY_QUERY: Final[Fields] = {
    "start_time": required(milliseconds),
    "end_time": required(milliseconds),
    "limit": required(integer(1, 100)),
    "asc": _FLAG,
    "orderby": Field(one_of("event_time")),
    "ref_id": Field(text(128)),
    "integration_id": Field(identifier),
    "event_types": Field(array(text())),
    "status": Field(one_of("success", "failed")),
    "search_after_ctx": _TEXT,
}
_SCHEDULE_QUERY: Final[Fields] = {
    "query": _TEXT,
    "p": Field(integer(1)),
    "limit": Field(integer(1, 100)),
    "is_my_team": _FLAG,
    "is_my_manage": _FLAG,
    "team_ids": _IDS,
    "start": Field(seconds),
    "end": Field(seconds),
}
_CHANNEL_QUERY: Final[Fields] = {
    "p": Field(integer(1)),
    "limit": Field(integer(1, 100)),
    "orderby": Field(one_of("ranking", "created_at", "updated_at", "channel_name", "last_incident_at")),
    **dict.fromkeys(("asc", "is_my_managed", "is_my_starred", "is_brief", "is_my_team"), _FLAG),
    "team_ids": _IDS,
    "query": _TEXT,
    "channel_ids": _IDS,
    "channel_name": _TEXT,
}
_MEMBER_QUERY: Final[Fields] = {
    "role_id": Field(identifier),
    "p": Field(integer(1)),
    "limit": Field(integer(1, 100)),
    "orderby": Field(one_of("created_at", "updated_at")),
    "asc": _FLAG,
    "query": _TEXT,
}
_INSIGHT_QUERY: Final[Fields] = {
    "start_time": required(seconds),
    "end_time": required(seconds),
    **dict.fromkeys(("team_ids", "channel_ids", "responder_ids"), _IDS),
    "severities": Field(array(one_of(*_SEVERITIES, "Ok"), most=3)),
    "incident_ids": Field(array(object_id)),
    "query": _TEXT,
    "labels": Field(mapping(text())),
    "fields": Field(mapping()),
    "orderby": Field(one_of("created_at")),
    **dict.fromkeys(("asc", "is_my_team", "description_html_to_text", "split_hours"), _FLAG),
    "time_zone": _TEXT,
    **{f"seconds_to_{what}_{edge}": Field(integer(0)) for what in ("close", "ack") for edge in ("from", "to")},
    "export_fields": Field(array(text(), most=50)),
    "aggregate_unit": Field(one_of("day", "week", "month")),
}
_NOISIEST_QUERY: Final[Fields] = {
    **_INSIGHT_QUERY,
    "label": required(one_of("check", "resource")),
    "k": Field(integer(1, 100)),
    "orderby": Field(one_of("total_alert_cnt", "total_alert_event_cnt")),
}
_SCHEDULE_WINDOW: Final[Fields] = {
    "schedule_id": required(identifier),
    "start": required(seconds),
    "end": required(seconds),
}


@dataclass(frozen=True)
class Operation:
    """One operation: its handler, its fields and its permissions (one of them suffices; none means any key).

    `limits` are calls a minute and a second where they are lower than those of the account.
    """

    answer: Callable[[ApiRequest], object]
    fields: Fields
    permissions: frozenset[str] = frozenset()
    limits: tuple[int, int] | None = None


_READ: Final = frozenset({"Incidents Read"})
_MANAGE: Final = frozenset({"Incidents Manage"})
_SCHEDULES: Final = frozenset({"Schedules Read", "Schedules Manage"})
_CHANNELS: Final = frozenset({"Channels Read"})
_INTEGRATIONS: Final = frozenset({"Integrations Read"})
_ANALYTICS: Final = frozenset({"Analytics Read"})

OPERATIONS: Final[Mapping[str, Operation]] = {
    "/incident/list": Operation(queries.list_incidents, _INCIDENT_QUERY, _READ),
    "/incident/info": Operation(queries.incident_info, {"incident_id": required(object_id)}, _READ),
    "/incident/list-by-ids": Operation(queries.list_by_ids, _SOME_INCIDENTS, _READ),
    "/incident/feed": Operation(timeline.read_timeline, _TIMELINE_QUERY, _READ),
    "/incident/alert/list": Operation(alerts.list_alerts, _ALERT_QUERY, _READ),
    "/incident/past/list": Operation(past.list_past_incidents, _PAST_QUERY, _READ, limits=(100, 20)),
    "/incident/ack": Operation(actions.ack_incidents, {**_SOME_INCIDENTS, **incident_customs.FORM}, _MANAGE),
    "/incident/unack": Operation(actions.unack_incidents, _SOME_INCIDENTS, _MANAGE),
    "/incident/resolve": Operation(
        actions.resolve_incidents,
        {
            **_SOME_INCIDENTS,
            **incident_customs.FORM,
            "root_cause": _NOTE,
            "resolution": _NOTE,
            "description": Field(text(_LONGEST_DESCRIPTION)),
        },
        _MANAGE,
    ),
    "/incident/snooze": Operation(
        actions.snooze_incidents, {**_SOME_INCIDENTS, "minutes": required(integer(1, 1_440))}, _MANAGE
    ),
    "/incident/wake": Operation(actions.wake_incidents, _SOME_INCIDENTS, _MANAGE),
    "/incident/comment": Operation(
        actions.comment_incidents,
        {
            **_SOME_INCIDENTS,
            "comment": required(trimmed_text(comments.LONGEST)),
            "mute_reply": _FLAG,
            "comment_type_id": Field(object_id),
        },
        _MANAGE,
    ),
    "/incident/reopen": Operation(actions.reopen_incidents, {**_SOME_INCIDENTS, "reason": _NOTE}, _MANAGE),
    "/incident/assign": Operation(dispatching.assign_incidents, dispatching.ASSIGNMENT, _MANAGE),
    "/incident/responder/add": Operation(dispatching.responder_add, dispatching.RESPONDERS, _MANAGE),
    "/incident/custom-action/do": Operation(incident_customs.custom_action_do, incident_customs.ACTION, _MANAGE),
    "/incident/field/reset": Operation(incident_customs.field_reset, incident_customs.FIELD_VALUE, _MANAGE),
    "/incident/comment-type/list": Operation(customs.comment_type_list, {}),
    "/field/list": Operation(customs.field_list, customs.FIELD_QUERY),
    "/schedule/list": Operation(schedules.list_schedules, _SCHEDULE_QUERY),
    "/schedule/info": Operation(schedules.schedule_info, _SCHEDULE_WINDOW, _SCHEDULES),
    "/person/infos": Operation(people.person_infos, {"person_ids": required(array(identifier, least=1))}),
    "/member/info": Operation(people.member_info, {}),
    "/member/list": Operation(people.member_list, _MEMBER_QUERY),
    "/team/infos": Operation(people.team_infos, {"team_ids": required(array(identifier, most=100, least=1))}),
    "/role/permission/list": Operation(
        roles.permission_list, {"role_ids": Field(array(identifier)), "with_all": _FLAG}
    ),
    "/channel/escalate/rule/list": Operation(
        assigning.escalation_rules, {"channel_id": required(identifier)}, _CHANNELS
    ),
    "/channel/info": Operation(channels.channel_info, {"channel_id": required(identifier)}),
    "/channel/infos": Operation(
        channels.channel_infos, {"channel_ids": required(array(identifier, most=_MOST_CHANNELS, least=1))}
    ),
    "/channel/list": Operation(channels.channel_list, _CHANNEL_QUERY),
    "/webhook/history/list": Operation(history.list_history, _HISTORY_QUERY, _INTEGRATIONS),
    "/webhook/history/detail": Operation(
        history.history_detail,
        {"event_id": required(text(may_be_blank=False)), "integration_id": required(integer(1))},
        _INTEGRATIONS,
    ),
    "/insight/team": Operation(insight.by_team, _INSIGHT_QUERY, _ANALYTICS),
    "/insight/account": Operation(insight.by_account, _INSIGHT_QUERY, _ANALYTICS),
    "/insight/alert/topk-by-label": Operation(insight.noisiest, _NOISIEST_QUERY, _ANALYTICS),
}
