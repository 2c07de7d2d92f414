"""The alerts of an incident: `/incident/alert/list`, alerts that join it, and alerts that recover.

Grouping joins alerts to an open incident of their channel (the guide's `/en/on-call/channel/noise-reduction`).
"""

import hashlib
from typing import Final

from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.wire.checks import Record

_DEFAULT_LIMIT: Final = 1_000
# The numbers of alerts at which a channel announces a storm.
STORMS: Final = (10, 100, 1_000)
_WORST_FIRST: Final = ("Critical", "Warning", "Info", "Ok")


def list_alerts(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-alert-list`; there is no `has_next_page`."""
    body = request.body
    incident = incident_with_id(request.account, body["incident_id"])
    short = {name: incident[name] for name in ("incident_id", "title", "progress")}
    found = [
        alert | {"incident": short} | ({"events": [_event(alert)]} if body.get("include_events") else {})
        for alert in reversed(alerts_of(request.account, incident))
        if body.get("is_active") in {None, is_active(alert)}
    ]
    limit = body.get("limit") or _DEFAULT_LIMIT
    first = (max(body.get("p", 1), 1) - 1) * limit
    return {"items": found[first : first + limit], "total": len(found)}


def is_active(alert: Record) -> bool:
    """Return whether an alert has not recovered."""
    return bool(alert["alert_status"] != "Ok")


def alerts_of(account: Account, incident: Record) -> list[Record]:
    """Return the alerts of an incident, the oldest first; one without any gets as many as its record counts."""
    number = incident["incident_id"]
    if number not in account.alerts:
        count, active = incident["alert_cnt"], incident["active_alert_cnt"]
        made = [_alert(account, incident, index, at=incident["start_time"]) for index in range(count)]
        for alert in made[: count - active]:
            alert.update(alert_status="Ok", end_time=incident["end_time"] or incident["last_time"])
        account.alerts[number] = made
    return account.alerts[number]


def join(change: Change, *, severity: str | None = None, title: str = "", labels: Record | None = None) -> Record:
    """Let an alert join an open incident; one that is worse than the incident raises its severity, silently.

    Returns the alert. Raises ValueError for a closed incident: there an alert starts another one.
    """
    account, incident = change.account, change.incident
    if not is_open(incident):
        raise ValueError("no alert joins a closed incident")
    alerts = alerts_of(account, incident)
    alert = _alert(account, incident, len(alerts), at=change.at)
    given = severity or incident["incident_severity"]
    alert.update(alert_severity=given, alert_status=given)
    alert.update({"title": title} if title else {})
    alert.update({"labels": alert["labels"] | labels} if labels else {})
    alerts.append(alert)
    _count(change)
    if given != incident["incident_severity"] and "incident_severity" not in incident["manual_overrides"]:
        incident["incident_severity"] = min(given, incident["incident_severity"], key=_WORST_FIRST.index)
    account.tell_of_alert("a_new", alert)
    account.tell_of_alert("a_merge", alert)
    change.note("a_merge", ref_id=alert["alert_id"])
    if incident["alert_cnt"] in STORMS:
        change.note("i_storm", {"threshold": incident["alert_cnt"]})
    return alert


def recover(change: Change, *, count: int) -> int:
    """Let the oldest active alerts recover, and close the incident with the last; returns how many were active."""
    active = [one for one in alerts_of(change.account, change.incident) if is_active(one)][:count]
    for alert in active:
        alert.update(alert_status="Ok", end_time=change.at, last_time=change.at, updated_at=change.at)
        change.account.tell_of_alert("a_close", alert)
    _count(change)
    if active and not change.incident["active_alert_cnt"]:
        end(change)
    return len(active)


def end(change: Change) -> bool:
    """Close an incident whose alerts have all recovered, by nobody; False where it is closed already."""
    if not is_open(change.incident):
        return False
    for alert in alerts_of(change.account, change.incident):
        if is_active(alert):
            alert.update(alert_status="Ok", end_time=change.at, updated_at=change.at)
            change.account.tell_of_alert("a_close", alert)
    _count(change)
    change.incident.update(progress="Closed", close_time=change.at, end_time=change.at, closer_id=0, snoozed_before=0)
    change.note("i_rslv", {"from": "event"})
    return True


def _count(change: Change) -> None:
    """Let the incident tell of its alerts what they are now."""
    alerts = alerts_of(change.account, change.incident)
    active = [one for one in alerts if is_active(one)]
    worst = min((one["alert_status"] for one in active), key=_WORST_FIRST.index, default="Ok")
    change.incident.update(
        alert_cnt=len(alerts),
        active_alert_cnt=len(active),
        alert_event_cnt=max(change.incident["alert_event_cnt"] + 1, len(alerts)),
        incident_status=worst,
        last_time=change.at,
        updated_at=change.at,
    )


def _alert(account: Account, incident: Record, index: int, *, at: int) -> Record:
    """Build the document's `AlertInfo`; the first one looks like its incident, the others have hosts of their own."""
    number = hashlib.sha256(f"{incident['incident_id']} {index}".encode()).hexdigest()
    resource = incident["labels"].get("resource") or "node"
    labels = incident["labels"] | ({"resource": f"{resource}-{index + 1}"} if index else {})
    severity = incident["incident_severity"]
    return {
        "alert_id": f"{at:08x}{number[:16]}",
        "integration_id": incident["integration_id"],
        "data_source_id": incident["integration_id"],
        "channel_id": incident["channel_id"],
        "account_id": account.account_id,
        "description": incident["description"],
        "title": f"{incident['title']} ({labels['resource']})" if index else incident["title"],
        "title_rule": "",
        "alert_key": number[16:48],
        "alert_severity": severity,
        "alert_status": severity,
        "start_time": at,
        "last_time": at,
        "end_time": 0,
        "labels": labels,
        "ever_muted": False,
        "created_at": at,
        "updated_at": at,
        "integration_name": "Prometheus",
        "integration_type": incident["integration_type"],
        "integration_ref_id": "",
        "channel_name": incident["channel_name"],
        "channel_status": incident["channel_status"],
        "responder_name": "",
        "responder_email": "",
        "event_cnt": 1,
        "images": [],
        "data_source_name": "Prometheus",
        "data_source_type": incident["integration_type"],
        "data_source_ref_id": "",
    }


def _event(alert: Record) -> Record:
    same = ("alert_id", "account_id", "channel_id", "integration_id", "integration_type", "data_source_id")
    texts = ("title", "title_rule", "description", "alert_key", "labels", "images", "created_at", "updated_at")
    return {name: alert[name] for name in (*same, *texts)} | {
        "event_id": alert["alert_id"][::-1],
        "event_severity": alert["alert_severity"],
        "event_status": alert["alert_status"],
        "event_time": alert["last_time"],
    }
