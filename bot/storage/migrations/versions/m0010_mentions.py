"""Where a person is mentioned when an incident is assigned to them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.add_column("preferences", sa.Column("mention", sa.String(20)))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("preferences", "mention")
