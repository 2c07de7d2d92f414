"""The ledger: one row for each message that must come exactly once."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("kind", sa.String(60), primary_key=True),
        sa.Column("nominal", sa.Date, primary_key=True),
        sa.Column("window_ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt", sa.DateTime(timezone=True)),
        sa.Column("is_posting", sa.Boolean, nullable=False),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("is_reported", sa.Boolean, nullable=False),
        sa.Column("channel", sa.String(40)),
        sa.Column("ts", sa.String(40)),
        sa.Column("trouble", sa.String(200)),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("ledger")
