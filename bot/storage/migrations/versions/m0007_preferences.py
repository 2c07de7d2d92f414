"""What people chose for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "preferences",
        sa.Column("slack_user_id", sa.String(40), primary_key=True),
        sa.Column("language", sa.String(20), nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("preferences")
