"""Read the ledger of version 0.1, its messages to be sent later, and its alerts to operators."""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.storage.migrations.from_0003.values import (
    LONGEST_KEY,
    WORDS,
    KeyedRows,
    Row,
    hashed,
    number,
    posting_of,
    read_slack_id,
    text,
    utc,
)

_OF_THE_APP: Final = frozenset({"token_revoked", "account_inactive", "invalid_auth"})


def read_posting(old: sa.Row[Any]) -> Row | None:
    """Read a row of the ledger; None for a kind version 0.1 did not have."""
    found = posting_of(old.kind)
    if found is None:
        return None
    kind, subject = found
    return {
        "team": old.team,
        "kind": kind,
        "subject": subject,
        "local_date": old.nominal,
        "window_ends": utc(old.window_ends),
        "generation": old.generation,
        "owner": old.owner,
        "attempts": old.attempts,
        "next_attempt": utc(old.next_attempt),
        "is_posting": old.is_posting,
        "is_done": old.is_done,
        "is_reported": old.is_reported,
        "channel": old.channel,
        "ts": old.ts,
        "last_error": old.trouble,
        "person_id": number(subject.rpartition(" ")[2]) if kind == "reminder" else None,
    }


def read_thread(note: Row) -> KeyedRows:
    """Read the messages for the thread of a posting."""
    held = json.loads(note["body"])
    old_kind, _, on = note["name"].rpartition(" ")
    row = _owed("thread_reply", note, old_kind=old_kind, on=date.fromisoformat(on))
    for place, payload in enumerate(held["messages"], 1):
        owed = {**row, "number": place, "payload": payload, "created_at": utc(datetime.fromisoformat(held["at"]))}
        yield (row["kind"], row["subject"], place), owed


def read_chart(note: Row) -> KeyedRows:
    """Read the entry of a report without its chart."""
    row = _owed("chart", note, old_kind=note["name"], on=date.fromisoformat(note["body"]))
    created_at = note["kept_until"] - timedelta(hours=3)
    yield (row["kind"], row["subject"], 1), {**row, "number": 1, "created_at": created_at}


def _owed(kind: str, note: Row, *, old_kind: str, on: date) -> Row:
    found = posting_of(old_kind)
    if found is None:
        raise ValueError(old_kind)
    name = hashed(repr((note["team"], found[0], on.isoformat(), found[1])))
    return {
        "kind": kind,
        "subject": name,
        "team": note["team"],
        "posting_kind": found[0],
        "posting_subject": found[1],
        "local_date": on,
        "kept_until": note["kept_until"],
    }


def read_message(note: Row) -> KeyedRows:
    """Read the messages that were not delivered to operators yet."""
    held = json.loads(note["body"])
    for place, user in enumerate(held["users"], 1):
        yield (
            ("operator_message", note["name"], place),
            {
                "kind": "operator_message",
                "subject": note["name"],
                "number": place,
                "slack_user_id": read_slack_id(user),
                "payload": held["message"],
                "created_at": utc(datetime.fromisoformat(held["at"])),
                "kept_until": note["kept_until"],
            },
        )


def read_alert(note: Row) -> KeyedRows:
    """Read a cause of which the operators were alerted."""
    held = json.loads(note["body"])
    kind, code, team = WORDS[held["word"]], str(held["code"]), str(held["team"])
    person = number(held["person"]) if held["person"] is not None else None
    about = f" {person or held['channel'] or f'{team} {kind}'}"
    if code in _OF_THE_APP:
        about = ""
    if code == "no_responder":
        about = f" {person} {team}"
    key = f"{code}{about}"
    key = key if len(key) <= LONGEST_KEY else hashed(key)
    yield (
        (key,),
        {
            "old_name": note["name"],
            "alert_key": key,
            "code": code,
            "team": team,
            "kind": kind,
            "channel": held["channel"],
            "person_id": person,
            "person_name": text(held["who"]),
            "alerted_at": utc(datetime.fromisoformat(held["at"])),
            "kept_until": note["kept_until"],
        },
    )


def read_watched(note: Row) -> KeyedRows:
    """Read since when a team has a plan."""
    since, _, plan = note["body"].partition(" ")
    row = {"team": note["team"], "kind": note["name"], "plan": plan}
    yield (note["team"], note["name"]), {**row, "since": utc(datetime.fromisoformat(since))}
