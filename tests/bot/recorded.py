"""Records in the shape Flashduty sends them, made for tests; a field that is not given has a plain value."""

from datetime import UTC, datetime, timedelta

from bot.config.team_settings import TeamSettings
from bot.flashduty import Incident, Person, Schedule
from bot.teams.team import Team

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ALICE, BOB, WANG, CAROL = 7001, 7002, 7003, 7004
NAMES = {ALICE: "Alice Chen", BOB: "Bob Müller", WANG: "王小明", CAROL: "Carol Diaz"}
PEOPLE = {
    number: Person.model_validate({"person_id": number, "person_name": name, "email": "x@harbor.example"})
    for number, name in NAMES.items()
}


def team_with(client=None, name="payments", **settings):
    """Make a team with some settings, as `FLASHDUTY_TEAMS__…` has them."""
    return Team(name, client, TeamSettings(app_key="never-asked-for-here", **settings))


def seconds(at):
    return int(at.timestamp())


def ago(**span):
    return seconds(NOW - timedelta(**span))


def ahead(**span):
    return seconds(NOW + timedelta(**span))


def incident_record(number=1, **given):
    identifier = f"69da451ef77b1b51f4{number:06x}"
    return {
        "incident_id": identifier,
        "num": identifier[-6:].upper(),
        "title": f"CPU usage high on web-{number:02d}",
        "description": "",
        "incident_severity": "Critical",
        "incident_status": "Critical",
        "progress": "Triggered",
        "channel_id": 5001,
        "channel_name": "Payments API",
        "start_time": ago(minutes=12),
        "end_time": 0,
        "ack_time": 0,
        "close_time": 0,
        "snoozed_before": 0,
        "labels": None,
        "responders": None,
        "alert_cnt": 3,
        "active_alert_cnt": 2,
        "assigned_to": {"escalate_rule_id": "0" * 24, "layer_idx": 0, "escalate_rule_name": ""},
        "detail_url": f"https://app.flashcat.cloud/incident/detail/{identifier}",
        "images": None,
    } | given


def incident(number=1, **given):
    return Incident.model_validate(incident_record(number, **given))


def responder(person, *, assigned=None, acknowledged=None):
    return {"person_id": person, "assigned_at": assigned or 0, "acknowledged_at": acknowledged or 0}


def shift(start, end, *people, role=1):
    members = [{"role_id": role, "person_ids": list(people)}] if people else None
    return {"start": start, "end": end, "index": 0, "group": {"group_name": "g", "name": "g", "members": members}}


def schedule(name, *shifts, number=1):
    return Schedule.model_validate(
        {
            "id": number,
            "schedule_id": number,
            "name": name,
            "schedule_name": name,
            "team_id": 4001,
            "disabled": 0,
            "final_schedule": {"layer_name": "", "name": "", "mode": 0, "schedules": list(shifts) or None},
            "cur_oncall": None,
            "next_oncall": None,
        }
    )
