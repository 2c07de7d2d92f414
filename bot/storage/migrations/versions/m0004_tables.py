"""A table for each thing, in place of a ledger, notes and turns.

The old tables are renamed: a replica of version 0.1 that still runs finds none, refuses the newer schema, and posts
nothing.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from bot.storage.migrations.from_0003.move import move_rows

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, rename the old ones, and move their rows."""
    _make_postings()
    _make_delivery()
    _make_incidents_and_shifts()
    _make_syncs()
    _make_replicas()
    # First of all: it waits for whatever a replica of version 0.1 is writing, and keeps out what comes after.
    for name in ("ledger", "notes", "turns"):
        op.rename_table(name, f"old_{name}")
    move_rows(op.get_bind(), datetime.now(UTC))


def _make_postings() -> None:
    op.create_table(
        "postings",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("local_date", sa.Date, primary_key=True),
        sa.Column("window_ends", INSTANT, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt", INSTANT),
        sa.Column("is_posting", sa.Boolean, nullable=False),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("is_reported", sa.Boolean, nullable=False),
        sa.Column("channel", sa.String(40)),
        sa.Column("ts", sa.String(40)),
        sa.Column("last_error", sa.Text),
        sa.Column("person_id", sa.BigInteger),
    )


def _make_delivery() -> None:
    op.create_table(
        "outbox",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("team", sa.String(60)),
        sa.Column("posting_kind", sa.String(40)),
        sa.Column("posting_subject", sa.String(200)),
        sa.Column("local_date", sa.Date),
        sa.Column("slack_user_id", sa.String(40)),
        sa.Column("payload", sa.JSON),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "operator_alerts",
        sa.Column("alert_key", sa.String(200), primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("team", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40)),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("alerted_at", INSTANT, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "watched_plans",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
    )


def _make_incidents_and_shifts() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("incident_id", sa.String(200), primary_key=True),
        sa.Column("press", sa.String(64)),
        sa.Column("slack_user_id", sa.String(40), nullable=False),
        sa.Column("slack_user_name", sa.Text, nullable=False),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("put_there_at", INSTANT),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_index("ix_acknowledgements_slack_user_id", "acknowledgements", ["slack_user_id"])
    op.create_table(
        "schedule_snapshots",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("local_date", sa.Date, primary_key=True),
        sa.Column("snapshot", sa.JSON, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "shift_takeovers",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("schedule_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("starts_at", INSTANT, primary_key=True),
        sa.Column("slack_user_id", sa.String(40), nullable=False),
        sa.Column("slack_user_name", sa.Text, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("is_theirs", sa.Boolean, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "slack_profiles",
        sa.Column("email_hash", sa.String(64), primary_key=True),
        sa.Column("slack_user_id", sa.String(40)),
        sa.Column("slack_user_name", sa.Text),
        sa.Column("kept_until", INSTANT, nullable=False),
    )


def _make_syncs() -> None:
    op.create_table(
        "usergroup_decisions",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("group_id", sa.String(40), primary_key=True),
        sa.Column("signature", sa.String(64), primary_key=True),
        sa.Column("handle", sa.Text, nullable=False),
        sa.Column("follows", sa.Boolean, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
    )
    op.create_table(
        "sync_states",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "problems",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("code", sa.String(200), primary_key=True),
        sa.Column("episode", sa.String(40), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("is_announced", sa.Boolean, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )


def _make_replicas() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("renewed_at", INSTANT, nullable=False),
    )
    op.create_table(
        "pending_actions",
        sa.Column("request_key", sa.String(64), primary_key=True),
        sa.Column("request_name", sa.Text, nullable=False),
        sa.Column("team", sa.String(60), nullable=False),
        sa.Column("incident_id", sa.String(200), nullable=False),
        sa.Column("slack_user_id", sa.String(40), nullable=False),
        sa.Column("slack_user_name", sa.Text, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("occasion", sa.String(40), nullable=False),
        sa.Column("in_doubt", sa.Text, nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("thread", sa.String(40)),
        sa.Column("response_url", sa.Text),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "seen_requests",
        sa.Column("request_key", sa.String(64), primary_key=True),
        sa.Column("kept_until", INSTANT, nullable=False),
    )
    op.create_table(
        "rate_limits",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("free_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables, and give the old ones their names and rows back, as they were."""
    for name in (
        "postings",
        "outbox",
        "operator_alerts",
        "watched_plans",
        "acknowledgements",
        "schedule_snapshots",
        "shift_takeovers",
        "slack_profiles",
        "usergroup_decisions",
        "sync_states",
        "problems",
        "leases",
        "pending_actions",
        "seen_requests",
        "rate_limits",
    ):
        op.drop_table(name)
    for name in ("ledger", "notes", "turns"):
        op.rename_table(f"old_{name}", name)
