"""Moves the rows of revision 0003 into the tables of revision 0004.

Reads what version 0.1 wrote: kinds with their subject in one text, and JSON in `notes`. A row that cannot be read is
left behind: it stays in the renamed table.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

INSTANT: Final = sa.DateTime(timezone=True)
SLACK_ID: Final = 40
SUBJECT: Final = 200

Row = dict[str, Any]

_LEDGER: Final = sa.table(
    "ledger",
    sa.column("team", sa.String),
    sa.column("kind", sa.String),
    sa.column("nominal", sa.Date),
    sa.column("window_ends", INSTANT),
    sa.column("generation", sa.Integer),
    sa.column("owner", sa.String),
    sa.column("attempts", sa.Integer),
    sa.column("next_attempt", INSTANT),
    sa.column("is_posting", sa.Boolean),
    sa.column("is_done", sa.Boolean),
    sa.column("is_reported", sa.Boolean),
    sa.column("channel", sa.String),
    sa.column("ts", sa.String),
    sa.column("trouble", sa.String),
)
_NOTES: Final = sa.table(
    "notes",
    sa.column("team", sa.String),
    sa.column("kind", sa.String),
    sa.column("name", sa.String),
    sa.column("body", sa.Text),
    sa.column("kept_until", INSTANT),
)
_TURNS: Final = sa.table("turns", sa.column("name", sa.String), sa.column("free_at", sa.Float))

_WORDS: Final = {
    "digest": "digest",
    "report": "report",
    "chart": "chart",
    "shift": "shift_notice",
    "reminder": "reminder",
    "group": "user_group",
    "topic": "topic",
    "schedules": "schedules",
    "oncall": "on_call",
}
_OF_THE_APP: Final = frozenset({"token_revoked", "account_inactive", "invalid_auth"})


def move_rows(connection: sa.Connection, now: datetime) -> None:
    """Move everything; `now` counts for rows that do not say until when they are kept."""
    postings = [row for old in connection.execute(sa.select(_LEDGER)) if (row := _posting(old))]
    moved: dict[str, dict[tuple[Any, ...], Row]] = {"postings": {}}
    for row in postings:
        moved["postings"][row["team"], row["kind"], row["subject"], row["local_date"]] = row
    notes: dict[str, list[Row]] = {}
    for old in connection.execute(sa.select(_NOTES)):
        note = dict(old._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
        note["kept_until"] = _utc(note["kept_until"]) or now + timedelta(days=31)
        notes.setdefault(note["kind"], []).append(note)
    for kind, table, read in _READERS:
        rows = moved.setdefault(table, {})
        for note in notes.get(kind, []):
            # A note nobody can read costs itself alone.
            with suppress(ValueError, KeyError, TypeError, AttributeError, OverflowError):
                for key, row in read(note):
                    rows[key] = {**rows.get(key, {}), **row}
    alert_keys = {row.pop("old_name"): row["alert_key"] for row in moved["operator_alerts"].values()}
    for row in moved["outbox"].values():
        row["subject"] = alert_keys.get(row["subject"], row["subject"])
    turns = connection.execute(sa.select(_TURNS))
    moved["rate_limits"] = {(name,): {"name": name, "free_at": free_at} for name, free_at in turns}
    for table, rows in moved.items():
        _insert(connection, table, list(rows.values()))


def _insert(connection: sa.Connection, table: str, rows: list[Row]) -> None:
    """Insert the rows that have what a row must have."""
    target = sa.Table(table, sa.MetaData(), autoload_with=connection)
    needed = [column.name for column in target.columns if not column.nullable]
    whole = [row for row in rows if all(row.get(name) is not None for name in needed)]
    if whole:
        names = [column.name for column in target.columns]
        connection.execute(sa.insert(target), [{name: row.get(name) for name in names} for row in whole])


def _posting(old: sa.Row[Any]) -> Row | None:
    found = posting_of(old.kind)
    if found is None:
        return None
    kind, subject = found
    return {
        "team": old.team,
        "kind": kind,
        "subject": subject,
        "local_date": old.nominal,
        "window_ends": _utc(old.window_ends),
        "generation": old.generation,
        "owner": old.owner,
        "attempts": old.attempts,
        "next_attempt": _utc(old.next_attempt),
        "is_posting": old.is_posting,
        "is_done": old.is_done,
        "is_reported": old.is_reported,
        "channel": old.channel,
        "ts": old.ts,
        "last_error": old.trouble,
        "person_id": _number(subject.rpartition(" ")[2]) if kind == "reminder" else None,
    }


def posting_of(kind: str) -> tuple[str, str] | None:
    """Take a kind of version 0.1 apart: what the message is, and its subject; None for a kind it did not have."""
    for old, new in (("digest by hand ", "digest_on_demand"), ("report by hand ", "report_on_demand")):
        if kind.startswith(old):
            return new, kind.removeprefix(old)
    if kind.startswith("report asked for ") and kind.endswith(" chart"):
        return "chart_on_demand", kind.removeprefix("report asked for ").removesuffix(" chart")
    if kind == "report chart":
        return "chart", ""
    word, _, rest = kind.partition(" ")
    return (_WORDS[word], rest) if word in _WORDS else None


def _profile(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    person = (_slack_id(held["id"]), _text(held["name"])) if held else (None, None)
    row = {"email_hash": note["name"], "slack_user_id": person[0], "slack_user_name": person[1]}
    yield (note["name"],), {**row, "kept_until": note["kept_until"]}


def _acknowledged(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    yield (
        (note["team"], note["name"]),
        {
            "team": note["team"],
            "incident_id": note["name"],
            "press": _fingerprint(str(held.get("press") or note["body"])),
            "slack_user_id": _slack_id(held["id"]),
            "slack_user_name": _text(held["name"]),
            "acknowledged_at": _utc(datetime.fromisoformat(held["at"])) if held["at"] else None,
            "kept_until": note["kept_until"],
        },
    )


def _attribution(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    """Read in whose name an acknowledgement is; without a press beside it, it was taken back."""
    held = json.loads(note["body"])
    row = {
        "team": note["team"],
        "incident_id": note["name"],
        "person_id": _number(held["as"]),
        "owner_id": _number(held["owner"]),
        "put_there_at": datetime.fromtimestamp(held["put_there"], UTC) if held["put_there"] is not None else None,
    }
    yield (note["team"], note["name"]), row


def _withdrawn(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    """Read who an attribution is of, for a row that no press completes afterwards."""
    held = json.loads(note["body"])
    yield (
        (note["team"], note["name"]),
        {
            "press": None,
            "slack_user_id": _slack_id(held["by"]),
            "slack_user_name": "",
            "acknowledged_at": None,
            "kept_until": note["kept_until"],
        },
    )


def _snapshot(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    on = date.fromisoformat(note["name"])
    row = {"team": note["team"], "local_date": on, "snapshot": json.loads(note["body"])}
    yield (note["team"], on), {**row, "kept_until": note["kept_until"]}


def _takeover(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    schedule, _, seconds = note["name"].partition(" ")
    starts_at = datetime.fromtimestamp(int(seconds), UTC)
    yield (
        (note["team"], _number(schedule), starts_at),
        {
            "team": note["team"],
            "schedule_id": _number(schedule),
            "starts_at": starts_at,
            "slack_user_id": _slack_id(held["id"]),
            "slack_user_name": _text(held["name"]),
            "taken_at": _utc(datetime.fromisoformat(held["at"])),
            "is_theirs": bool(held.get("theirs", True)),
            "kept_until": note["kept_until"],
        },
    )


def _thread(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    old_kind, _, on = note["name"].rpartition(" ")
    row = _owed("thread_reply", note, old_kind, date.fromisoformat(on))
    for number, payload in enumerate(held["messages"], 1):
        owed = {**row, "number": number, "payload": payload, "created_at": _utc(datetime.fromisoformat(held["at"]))}
        yield (row["kind"], row["subject"], number), owed


def _chart(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    row = _owed("chart", note, note["name"], date.fromisoformat(note["body"]))
    created_at = note["kept_until"] - timedelta(hours=3)
    yield (row["kind"], row["subject"], 1), {**row, "number": 1, "created_at": created_at}


def _owed(kind: str, note: Row, old_kind: str, on: date) -> Row:
    found = posting_of(old_kind)
    if found is None:
        raise ValueError(old_kind)
    name = _fingerprint(repr((note["team"], found[0], on.isoformat(), found[1])))
    return {
        "kind": kind,
        "subject": name,
        "team": note["team"],
        "posting_kind": found[0],
        "posting_subject": found[1],
        "local_date": on,
        "kept_until": note["kept_until"],
    }


def _message(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    for number, user in enumerate(held["users"], 1):
        yield (
            ("operator_message", note["name"], number),
            {
                "kind": "operator_message",
                "subject": note["name"],
                "number": number,
                "slack_user_id": _slack_id(user),
                "payload": held["message"],
                "created_at": _utc(datetime.fromisoformat(held["at"])),
                "kept_until": note["kept_until"],
            },
        )


def _alert(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    kind, code, team = _WORDS[held["word"]], str(held["code"]), str(held["team"])
    person = _number(held["person"]) if held["person"] is not None else None
    about = f" {person or held['channel'] or f'{team} {kind}'}"
    if code in _OF_THE_APP:
        about = ""
    if code == "no_responder":
        about = f" {person} {team}"
    key = f"{code}{about}"
    key = key if len(key) <= SUBJECT else _fingerprint(key)
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
            "person_name": _text(held["who"]),
            "alerted_at": _utc(datetime.fromisoformat(held["at"])),
            "kept_until": note["kept_until"],
        },
    )


def _watched(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    since, _, plan = note["body"].partition(" ")
    row = {"team": note["team"], "kind": note["name"], "plan": plan}
    yield (note["team"], note["name"]), {**row, "since": _utc(datetime.fromisoformat(since))}


def _decision(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held = json.loads(note["body"])
    group, _, signature = note["name"].partition(" ")
    yield (
        (note["team"], group, signature),
        {
            "team": note["team"],
            "group_id": group,
            "signature": signature,
            "handle": _text(held["handle"]),
            "follows": bool(held["follows"]),
            "decided_by": _text(held["who"]),
            "decided_at": _utc(datetime.fromisoformat(held["at"])),
        },
    )


def _state(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held, subject = json.loads(note["body"]), _sync_subject(note["name"])
    row = {"team": note["team"], "subject": subject, "state": _text(held["state"])}
    checked_at = _utc(datetime.fromisoformat(held["at"]))
    yield (note["team"], subject), {**row, "checked_at": checked_at, "kept_until": note["kept_until"]}


def _problem(note: Row) -> Iterator[tuple[tuple[Any, ...], Row]]:
    held, subject = json.loads(note["body"]), _sync_subject(note["name"])
    yield (
        (note["team"], subject, held["code"]),
        {
            "team": note["team"],
            "subject": subject,
            "code": held["code"],
            "episode": held["episode"],
            "since": _utc(datetime.fromisoformat(held["at"])),
            "is_announced": bool(held["told"]),
            "kept_until": note["kept_until"],
        },
    )


def _sync_subject(name: str) -> str:
    word, _, rest = name.partition(" ")
    return f"{_WORDS[word]} {rest}".strip()


def _utc(at: datetime | None) -> datetime | None:
    """Give SQLite's instants their zone."""
    return None if at is None else at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _text(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _slack_id(value: object) -> str:
    if not isinstance(value, str) or len(value) > SLACK_ID:
        raise ValueError("not an id of Slack")
    return value


def _number(value: object) -> int:
    number = int(str(value))
    if abs(number) >= 1 << 63:
        raise ValueError("more than 64 bits")
    return number


def _fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


# In this order: what is read later completes or replaces what was read of the same row before.
_READERS: Final[tuple[tuple[str, str, Callable[[Row], Iterator[tuple[tuple[Any, ...], Row]]]], ...]] = (
    ("slack person", "slack_profiles", _profile),
    ("attribution", "acknowledgements", _withdrawn),
    ("acknowledged", "acknowledgements", _acknowledged),
    ("attribution", "acknowledgements", _attribution),
    ("schedules", "schedule_snapshots", _snapshot),
    ("take-overs", "shift_takeovers", _takeover),
    ("thread", "outbox", _thread),
    ("charts to post", "outbox", _chart),
    ("admins to tell", "outbox", _message),
    ("told cause", "operator_alerts", _alert),
    ("watched plan", "watched_plans", _watched),
    ("group decision", "usergroup_decisions", _decision),
    ("kept state", "sync_states", _state),
    ("kept trouble", "problems", _problem),
)
