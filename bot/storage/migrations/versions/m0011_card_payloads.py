"""What the cards of incidents show, so that a line can be added to them while Flashduty cannot be read."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cards", sa.Column("payload", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("cards", "payload")
