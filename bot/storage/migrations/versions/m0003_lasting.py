"""How long notes are kept, and the queues in which all replicas stand for what is limited outside."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("notes", sa.Column("kept_until", sa.DateTime(timezone=True)))
    op.create_table(
        "turns",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("free_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("turns")
    op.drop_column("notes", "kept_until")
