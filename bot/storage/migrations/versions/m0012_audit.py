"""The audit trail, and when a message of the outbox is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and add the column."""
    op.create_table(
        "audit_attempts",
        sa.Column("attempt_id", sa.String(64), primary_key=True),
        sa.Column("attempted_at", _INSTANT, nullable=False),
        sa.Column("team", sa.String(60), nullable=False),
        sa.Column("workspace", sa.String(40), nullable=False),
        sa.Column("slack_user_id", sa.String(40), nullable=False),
        sa.Column("slack_user_name", sa.Text, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("incident_id", sa.String(200), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("request_key", sa.String(64), nullable=False),
        sa.Column("kept_until", _INSTANT, nullable=False),
    )
    op.create_index("ix_audit_attempts_attempted_at", "audit_attempts", ["attempted_at"])
    op.create_index("ix_audit_attempts_request_key", "audit_attempts", ["request_key"])
    op.create_table(
        "audit_outcomes",
        sa.Column("attempt_id", sa.String(64), primary_key=True),
        sa.Column("result", sa.String(40), primary_key=True),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("old_value", sa.Text, nullable=False),
        sa.Column("new_value", sa.Text, nullable=False),
        sa.Column("key_owner_id", sa.BigInteger),
        sa.Column("key_owner_name", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("kept_until", _INSTANT, nullable=False),
    )
    op.add_column("outbox", sa.Column("next_attempt", _INSTANT))


def downgrade() -> None:
    """Drop the column and the tables."""
    op.drop_column("outbox", "next_attempt")
    for name in ("audit_outcomes", "audit_attempts"):
        op.drop_table(name)
