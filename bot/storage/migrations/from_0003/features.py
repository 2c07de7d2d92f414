"""Read the notes of version 0.1 about people, incidents, schedules and user groups."""

import json
from datetime import UTC, date, datetime

from bot.storage.migrations.from_0003.values import (
    KeyedRows,
    Row,
    hashed,
    number,
    read_slack_id,
    sync_subject,
    text,
    utc,
)


def read_profile(note: Row) -> KeyedRows:
    """Read the Slack profile of an address; an empty note means that there is none."""
    held = json.loads(note["body"])
    person = (read_slack_id(held["id"]), text(held["name"])) if held else (None, None)
    row = {"email_hash": note["name"], "slack_user_id": person[0], "slack_user_name": person[1]}
    yield (note["name"],), {**row, "kept_until": note["kept_until"]}


def read_acknowledged(note: Row) -> KeyedRows:
    """Read who pressed Acknowledge."""
    held = json.loads(note["body"])
    yield (
        (note["team"], note["name"]),
        {
            "team": note["team"],
            "incident_id": note["name"],
            "press": hashed(str(held.get("press") or note["body"])),
            "slack_user_id": read_slack_id(held["id"]),
            "slack_user_name": text(held["name"]),
            "acknowledged_at": utc(datetime.fromisoformat(held["at"])) if held["at"] else None,
            "kept_until": note["kept_until"],
        },
    )


def read_attribution(note: Row) -> KeyedRows:
    """Read in whose name an acknowledgement is; without a press beside it, it was withdrawn."""
    held = json.loads(note["body"])
    row = {
        "team": note["team"],
        "incident_id": note["name"],
        "person_id": number(held["as"]),
        "owner_id": number(held["owner"]),
        "put_there_at": datetime.fromtimestamp(held["put_there"], UTC) if held["put_there"] is not None else None,
    }
    yield (note["team"], note["name"]), row


def read_withdrawn(note: Row) -> KeyedRows:
    """Read who an attribution is of, for a row that no press completes afterwards."""
    held = json.loads(note["body"])
    yield (
        (note["team"], note["name"]),
        {
            "press": None,
            "slack_user_id": read_slack_id(held["by"]),
            "slack_user_name": "",
            "acknowledged_at": None,
            "kept_until": note["kept_until"],
        },
    )


def read_snapshot(note: Row) -> KeyedRows:
    """Read the schedules as a digest saw them."""
    on = date.fromisoformat(note["name"])
    row = {"team": note["team"], "local_date": on, "snapshot": json.loads(note["body"])}
    yield (note["team"], on), {**row, "kept_until": note["kept_until"]}


def read_takeover(note: Row) -> KeyedRows:
    """Read who took a shift over."""
    held = json.loads(note["body"])
    schedule, _, seconds = note["name"].partition(" ")
    starts_at = datetime.fromtimestamp(int(seconds), UTC)
    yield (
        (note["team"], number(schedule), starts_at),
        {
            "team": note["team"],
            "schedule_id": number(schedule),
            "starts_at": starts_at,
            "slack_user_id": read_slack_id(held["id"]),
            "slack_user_name": text(held["name"]),
            "taken_at": utc(datetime.fromisoformat(held["at"])),
            "is_theirs": bool(held.get("theirs", True)),
            "kept_until": note["kept_until"],
        },
    )


def read_decision(note: Row) -> KeyedRows:
    """Read the decision on a proposal to sync a user group."""
    held = json.loads(note["body"])
    group, _, signature = note["name"].partition(" ")
    yield (
        (note["team"], group, signature),
        {
            "team": note["team"],
            "group_id": group,
            "signature": signature,
            "handle": text(held["handle"]),
            "follows": bool(held["follows"]),
            "decided_by": text(held["who"]),
            "decided_at": utc(datetime.fromisoformat(held["at"])),
        },
    )


def read_state(note: Row) -> KeyedRows:
    """Read what was last written to a user group or a topic."""
    held, subject = json.loads(note["body"]), sync_subject(note["name"])
    row = {"team": note["team"], "subject": subject, "state": text(held["state"])}
    checked_at = utc(datetime.fromisoformat(held["at"]))
    yield (note["team"], subject), {**row, "checked_at": checked_at, "kept_until": note["kept_until"]}


def read_problem(note: Row) -> KeyedRows:
    """Read a problem of a sync."""
    held, subject = json.loads(note["body"]), sync_subject(note["name"])
    yield (
        (note["team"], subject, held["code"]),
        {
            "team": note["team"],
            "subject": subject,
            "code": held["code"],
            "episode": held["episode"],
            "since": utc(datetime.fromisoformat(held["at"])),
            "is_announced": bool(held["told"]),
            "kept_until": note["kept_until"],
        },
    )
