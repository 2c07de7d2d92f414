"""Move the rows of revision 0003 into the tables of revision 0004.

Reads what version 0.1 wrote: kinds with their subject in one text, and JSON in `notes`. A row that cannot be read is
left behind: it stays in the renamed table.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.storage.migrations.from_0003 import deliveries, features
from bot.storage.migrations.from_0003.values import KeyedRows, Row, utc

_INSTANT: Final = sa.DateTime(timezone=True)

_LEDGER: Final = sa.table(
    "old_ledger",
    sa.column("team", sa.String),
    sa.column("kind", sa.String),
    sa.column("nominal", sa.Date),
    sa.column("window_ends", _INSTANT),
    sa.column("generation", sa.Integer),
    sa.column("owner", sa.String),
    sa.column("attempts", sa.Integer),
    sa.column("next_attempt", _INSTANT),
    sa.column("is_posting", sa.Boolean),
    sa.column("is_done", sa.Boolean),
    sa.column("is_reported", sa.Boolean),
    sa.column("channel", sa.String),
    sa.column("ts", sa.String),
    sa.column("trouble", sa.String),
)
_NOTES: Final = sa.table(
    "old_notes",
    sa.column("team", sa.String),
    sa.column("kind", sa.String),
    sa.column("name", sa.String),
    sa.column("body", sa.Text),
    sa.column("kept_until", _INSTANT),
)
_TURNS: Final = sa.table("old_turns", sa.column("name", sa.String), sa.column("free_at", sa.Float))

# In this order: what is read later completes or replaces what was read of the same row before.
_READERS: Final[tuple[tuple[str, str, Callable[[Row], KeyedRows]], ...]] = (
    ("slack person", "slack_profiles", features.read_profile),
    ("attribution", "acknowledgements", features.read_withdrawn),
    ("acknowledged", "acknowledgements", features.read_acknowledged),
    ("attribution", "acknowledgements", features.read_attribution),
    ("schedules", "schedule_snapshots", features.read_snapshot),
    ("take-overs", "shift_takeovers", features.read_takeover),
    ("thread", "outbox", deliveries.read_thread),
    ("charts to post", "outbox", deliveries.read_chart),
    ("admins to tell", "outbox", deliveries.read_message),
    ("told cause", "operator_alerts", deliveries.read_alert),
    ("watched plan", "watched_plans", deliveries.read_watched),
    ("group decision", "usergroup_decisions", features.read_decision),
    ("kept state", "sync_states", features.read_state),
    ("kept trouble", "problems", features.read_problem),
)


def move_rows(connection: sa.Connection, now: datetime) -> None:
    """Move everything; `now` counts for rows that do not say until when they are kept."""
    postings = [row for old in connection.execute(sa.select(_LEDGER)) if (row := deliveries.read_posting(old))]
    moved: dict[str, dict[tuple[Any, ...], Row]] = {"postings": {}}
    for row in postings:
        moved["postings"][row["team"], row["kind"], row["subject"], row["local_date"]] = row
    notes: dict[str, list[Row]] = {}
    for old in connection.execute(sa.select(_NOTES)):
        note = dict(old._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
        note["kept_until"] = utc(note["kept_until"]) or now + timedelta(days=31)
        notes.setdefault(note["kind"], []).append(note)
    for kind, table, read in _READERS:
        rows = moved.setdefault(table, {})
        for note in notes.get(kind, []):
            # A note that cannot be read is skipped.
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
