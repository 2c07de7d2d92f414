"""The custom actions that timelines show to have been run."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "learnt_actions",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("flashduty_channel", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("last_run_at", _INSTANT, nullable=False),
        sa.Column("kept_until", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("learnt_actions")
