"""`/insight/team`, `/insight/account` and `/insight/alert/topk-by-label`, computed from the incidents."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.flashduty.incidents.record import acknowledgers
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.wire.checks import DAY, Record, check_window
from sandbox.flashduty.wire.refusals import invalid

_LONGEST: Final = 366 * DAY
_LONGEST_BY_DAY: Final = 31 * DAY
_WORK: Final = range(9, 18)
_SLEEP: Final = (*range(23, 24), *range(8))

Group = tuple[object, ...]


def by_team(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/analytics/insight-by-team`."""
    teams = request.account.teams
    return {
        "items": [
            _identity(request, when, hours) | {"team_id": team, "team_name": teams[team]["team_name"]} | _metrics(rows)
            for (when, hours, team), rows in _grouped(request, _team_of).items()
            if team in teams
        ]
    }


def by_account(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/analytics/insight-by-account`."""
    groups = _grouped(request, lambda _account, _incident: None)
    return {"items": [_identity(request, when, hours) | _metrics(rows) for (when, hours, _), rows in groups.items()]}


def noisiest(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/analytics/insight-topk-alerts-by-label`."""
    body = request.body
    groups = _grouped(request, lambda _account, incident: incident["labels"].get(body["label"]))
    items = [
        {
            "label": value,
            "total_alert_cnt": sum(one["alert_cnt"] for one in rows),
            "total_alert_event_cnt": sum(one["alert_event_cnt"] for one in rows),
        }
        | ({"hours": hours} if hours else {})
        for (_, hours, value), rows in groups.items()
        if value
    ]
    items.sort(key=lambda one: one[body.get("orderby", "total_alert_cnt")], reverse=not body.get("asc", False))
    return {"items": items[: body.get("k", 10)]}


def _grouped(request: ApiRequest, dimension: Callable[[Account, Record], object]) -> dict[Group, list[Record]]:
    _check(request.body)
    groups: dict[Group, list[Record]] = {}
    for incident in sorted(request.account.incidents.values(), key=lambda one: one["start_time"]):
        if all(_matches(request, incident)):
            started = datetime.fromtimestamp(incident["start_time"], _zone(request))
            hours = _hours(started) if request.body.get("split_hours") else None
            group = (_bucket(started, request.body.get("aggregate_unit")), hours, dimension(request.account, incident))
            groups.setdefault(group, []).append(incident)
    return groups


def _check(body: Record) -> None:
    by_day = body.get("aggregate_unit") == "day"
    longest = _LONGEST_BY_DAY if by_day else _LONGEST
    check_window(body, "start_time", "end_time", longest=longest, or_exactly=True)
    if "aggregate_unit" in body and body["end_time"] - body["start_time"] < DAY:
        raise invalid("aggregate_unit", "the range must cover at least 24 hours", "时间范围至少为 24 小时")
    for what in ("ack", "close"):
        low, high = body.get(f"seconds_to_{what}_from"), body.get(f"seconds_to_{what}_to")
        if low is not None and high is not None and high <= low:
            raise invalid(f"seconds_to_{what}_to", "it must be greater than its lower bound", "必须大于下限")


def _zone(request: ApiRequest) -> ZoneInfo:
    name = request.body.get("time_zone") or request.account.time_zone
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise invalid("time_zone", "it must be an IANA name", "必须为 IANA 时区名") from unknown


def _matches(request: ApiRequest, incident: Record) -> Iterator[bool]:
    body = request.body
    yield body["start_time"] <= incident["start_time"] < body["end_time"]
    yield not body.get("severities") or incident["incident_severity"] in body["severities"]
    yield not body.get("channel_ids") or incident["channel_id"] in body["channel_ids"]
    yield not body.get("team_ids") or _team_of(request.account, incident) in body["team_ids"]
    yield not body.get("incident_ids") or incident["incident_id"] in body["incident_ids"]
    responders = {one["person_id"] for one in incident["responders"]}
    yield not body.get("responder_ids") or not responders.isdisjoint(body["responder_ids"])
    mine = request.account.teams_of(request.key.owner_id)
    yield not body.get("is_my_team") or _team_of(request.account, incident) in mine
    yield body.get("query", "").casefold() in f"{incident['title']}\n{incident['description']}".casefold()
    yield body.get("labels", {}).items() <= incident["labels"].items()
    yield all(incident["fields"].get(name) == value for name, value in body.get("fields", {}).items())
    yield _within(body, "ack", _seconds_to(incident, "ack_time"))
    yield _within(body, "close", _seconds_to(incident, "close_time"))


def _within(body: Record, what: str, took: int | None) -> bool:
    low, high = body.get(f"seconds_to_{what}_from"), body.get(f"seconds_to_{what}_to")
    if low is None and high is None:
        return True
    return took is not None and (low or 0) <= took and (high is None or took < high)


def _team_of(account: Account, incident: Record) -> int | None:
    channel = account.channels.get(incident["channel_id"])
    return channel["team_id"] if channel else None


def _seconds_to(incident: Record, what: str) -> int | None:
    return incident[what] - incident["start_time"] if incident[what] else None


def _bucket(started: datetime, unit: str | None) -> int | None:
    if unit is None:
        return None
    day = started.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        day -= timedelta(days=day.weekday())
    if unit == "month":
        day = day.replace(day=1)
    return int(day.timestamp())


def _hours(started: datetime) -> str:
    if started.hour in _SLEEP:
        return "sleep"
    return "work" if started.hour in _WORK and started.isoweekday() <= 5 else "off"  # noqa: PLR2004 - Friday


def _identity(request: ApiRequest, when: object, hours: object) -> Record:
    known = {"account_id": request.account.account_id}
    return known | ({"ts": when} if when else {}) | ({"hours": hours} if hours else {})


def _metrics(rows: list[Record]) -> Record:
    to_ack = [took for one in rows if (took := _seconds_to(one, "ack_time")) is not None]
    to_close = [took for one in rows if (took := _seconds_to(one, "close_time")) is not None]
    by_people = sum(1 for one in rows if one["close_time"] and one["closer_id"])
    escalated = sum(1 for one in rows if one["assigned_to"] and one["assigned_to"]["layer_idx"])
    alerts, events = (sum(one[name] for one in rows) for name in ("alert_cnt", "alert_event_cnt"))
    notified = sum(len(one["responders"]) for one in rows)
    return {
        "total_incident_cnt": len(rows),
        "total_incidents_acknowledged": len(to_ack),
        "total_incidents_closed": len(to_close),
        "total_incidents_auto_closed": len(to_close) - by_people,
        "total_incidents_manually_closed": by_people,
        "total_incidents_timeout_closed": 0,
        "total_incidents_escalated": escalated,
        "total_incidents_manually_escalated": 0,
        "total_incidents_timeout_escalated": escalated,
        "total_incidents_reassigned": 0,
        "total_interruptions": notified,
        "total_notifications": 2 * notified,
        "total_engaged_seconds": sum(to_close) - sum(to_ack) if sum(to_close) > sum(to_ack) else 0,
        "total_seconds_to_ack": sum(to_ack),
        "total_seconds_to_close": sum(to_close),
        "mean_seconds_to_ack": sum(to_ack) / len(to_ack) if to_ack else 0,
        "mean_seconds_to_close": sum(to_close) / len(to_close) if to_close else 0,
        "noise_reduction_pct": round(100 * (1 - len(rows) / events), 2) if events else 0,
        "acknowledgement_pct": round(100 * sum(1 for one in rows if acknowledgers(one)) / len(rows), 2),
        "total_alert_cnt": alerts,
        "total_alert_event_cnt": events,
    }
