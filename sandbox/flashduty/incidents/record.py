"""The record of an incident, as `/incident/list` returns it."""

from typing import Final

from sandbox.flashduty.model.account import NO_RULE, Account
from sandbox.flashduty.wire.checks import Record

CONSOLE: Final = "https://console.flashcat.example"
OPEN: Final = frozenset({"Triggered", "Processing"})


def incident_record(account: Account, channel: Record, incident_id: str, **fields: object) -> Record:
    """Build a complete incident from the given fields and defaults; times in Unix seconds.

    `fields` are wire names; raises KeyError for one the document does not have.
    """
    started = fields.get("start_time", 0)
    severity = fields.get("incident_severity", "Critical")
    record = {
        **_identity(account, channel, incident_id),
        **_state(),
        "start_time": started,
        "last_time": started,
        "created_at": started,
        "updated_at": started,
        "incident_severity": severity,
        "incident_status": severity,
        **_content(),
    }
    for name, value in fields.items():
        if name not in record:
            raise KeyError(name)
        record[name] = value
    return record


def _identity(account: Account, channel: Record, incident_id: str) -> Record:
    number = channel["channel_id"]
    return {
        "incident_id": incident_id,
        "num": incident_id[-6:].upper(),
        "account_id": account.account_id,
        "account_name": "",
        "account_locale": "",
        "account_time_zone": "",
        "channel_id": number,
        "channel_name": channel["channel_name"],
        "channel_status": channel["status"],
        "detail_url": f"{CONSOLE}/incident/detail/{incident_id}",
        "silence_url": f"{CONSOLE}/channel/detail/{number}?tab=alertSuppression&fromIncidentId={incident_id}",
        "integration_id": 9001,
        "integration_ids": [9001],
        "integration_type": "prometheus",
        "integration_types": ["prometheus"],
        "dedup_key": f"harbor:{incident_id[:12]}",
        "equals_md5": "",
    }


def _state() -> Record:
    return {
        "progress": "Triggered",
        "end_time": 0,
        "ack_time": 0,
        "close_time": 0,
        "snoozed_before": 0,
        "creator_id": 0,
        "closer_id": 0,
        "owner_id": 0,
        "ever_muted": False,
        "frequency": "frequent",
        "deleted_at": 0,
        "group_method": "p",
        "alert_cnt": 1,
        "active_alert_cnt": 1,
        "alert_event_cnt": 1,
        "assigned_to": None,
        "responders": [],
    }


def _content() -> Record:
    return {
        "title": "",
        "description": "",
        "ai_summary": "",
        "impact": "",
        "root_cause": "",
        "resolution": "",
        "labels": {},
        "fields": {},
        "post_mortem_id": "",
        "images": [],
        "manual_overrides": [],
        "reporter_email": "",
    }


def assignment(person_ids: list[int], at: int, *, rule: tuple[str, str] | None = None, level: int = 0) -> Record:
    """Return the document's `AssignedTo`: by a rule (its id and name) or, without one, to people directly."""
    rule_id, rule_name = rule or (NO_RULE, "")
    return {
        "person_ids": person_ids,
        "escalate_rule_id": rule_id,
        "escalate_rule_name": rule_name,
        "layer_idx": level,
        "type": "escalate" if rule else "assign",
        "assigned_at": at,
        "id": f"as{at:x}",
    }


def responder(person_id: int, assigned_at: int, acknowledged_at: int = 0) -> Record:
    """Return the document's `Responder`, without the fields that only `/incident/info` fills."""
    return {"person_id": person_id, "assigned_at": assigned_at, "acknowledged_at": acknowledged_at}


def acknowledgers(incident: Record) -> list[Record]:
    """Return the responders who have acknowledged."""
    return [one for one in incident["responders"] if one["acknowledged_at"]]


def is_open(incident: Record) -> bool:
    """Return whether it is not closed."""
    return incident["progress"] in OPEN
